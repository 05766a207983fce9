"""Scenario S13 over the wire: an expert is asked while the caller holds, and nobody is left alone on the line."""

from __future__ import annotations

import pytest
from wire_center import connected, details, ended, heard, let, nobody_is_left, phones, silence, times
from wire_rig import SCRIPTS, Wire, play, wire

from interpreter.routing.protocol import AgentAsks, Person

S13 = SCRIPTS / "s13_expert.ivr"
ONE_MOMENT = "One moment, I am checking with a colleague."
EXPERT = "network_expert"


async def called(rig: Wire) -> str:
    """The caller's phone, once its call is answered."""
    phone = rig.people.dial(rig.lines[0], "wait 3000s")
    await rig.run_until(lambda: bool(times(rig, phone, "connected")))
    return phone


def audible(rig: Wire, phone: str, other: str) -> bool:
    """Whether the two hear each other."""
    hearing = rig.emulator.hearing(phone)
    one, two = (rig.emulator.call(each).me.label for each in (phone, other))
    return two in hearing.get(one, set()) and one in hearing.get(two, set())


def test_an_expert_who_takes_the_call_talks_to_the_caller_at_once() -> None:
    async def run() -> None:
        async with wire(S13) as rig:
            let(rig, EXPERT, "accept after 20 s")
            phone = await called(rig)
            await rig.run_until(
                lambda: bool(phones(rig, EXPERT)) and bool(times(rig, phones(rig, EXPERT)[0].id, "connected"))
            )
            [expert] = phones(rig, EXPERT)
            await rig.advance(2.0)
            assert audible(rig, phone, expert.id)
            assert ONE_MOMENT not in heard(rig, phone), "it is said every thirty seconds, and it took twenty"
            assert silence(rig, phone, connected(rig, phone), connected(rig, expert.id)) <= 2.0
            rig.emulator.hang_up(expert.id)
            await rig.finish(phone)
            assert rig.state(phone).result == "helped"
            nobody_is_left(rig)

    play(run)


REASONS = {
    "decline": ("declined", "Our expert is busy."),
    "busy": ("declined", "Our expert is busy."),
    "ignore": ("no answer", "Our expert is busy."),
    "fail": ("failed", ""),
}


@pytest.mark.parametrize("behaviour", REASONS)
def test_without_an_expert_the_caller_waits_for_an_agent(behaviour: str) -> None:
    async def run() -> None:
        async with wire(S13) as rig:
            _, sentence = REASONS[behaviour]
            let(rig, EXPERT, behaviour)
            let(rig, "maria", "accept after 2 s, hang up after 20 s")
            phone = await called(rig)
            await rig.run_until(lambda: rig.state(phone).block == "line")
            await rig.advance(1.0)
            [expert] = phones(rig, EXPERT)
            assert expert.state == "ended"
            assert not sentence or sentence in heard(rig, phone)
            assert (ONE_MOMENT in heard(rig, phone)) == (behaviour == "ignore"), "it is said after thirty seconds"
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            await rig.advance(60.0)
            [maria] = phones(rig, "maria")
            assert times(rig, maria.id, "connected")
            assert silence(rig, phone, connected(rig, phone), connected(rig, maria.id)) <= 2.0
            nobody_is_left(rig)

    play(run)


def test_a_caller_who_hangs_up_on_an_expert_ends_the_call_for_both() -> None:
    async def run() -> None:
        async with wire(S13) as rig:
            let(rig, EXPERT, "accept after 5 s")
            phone = await called(rig)
            await rig.run_until(
                lambda: bool(phones(rig, EXPERT)) and bool(times(rig, phones(rig, EXPERT)[0].id, "connected"))
            )
            await rig.advance(10.0)
            gone = rig.clock.now()
            rig.emulator.hang_up(phone)
            await rig.advance(3.0)
            [expert] = phones(rig, EXPERT)
            assert expert.state == "ended"
            assert times(rig, expert.id, "ended")[0] - gone <= 2.0
            assert rig.state(phone).ending == "transferred"
            nobody_is_left(rig)

    play(run)


def test_a_caller_who_hangs_up_while_the_expert_rings_stops_the_ringing() -> None:
    async def run() -> None:
        async with wire(S13) as rig:
            let(rig, EXPERT, "ignore")
            phone = await called(rig)
            await rig.run_until(lambda: bool(phones(rig, EXPERT)))
            await rig.advance(4.0)
            gone = rig.clock.now()
            rig.emulator.hang_up(phone)
            await rig.advance(3.0)
            [expert] = phones(rig, EXPERT)
            assert times(rig, expert.id, "ended")[0] - gone <= 2.0
            assert rig.state(phone).ending == "abandoned"
            nobody_is_left(rig)

    play(run)


# --------------------------------------------------------------------------------------------------------------------
# An agent asks


COLLEAGUE = Person("8:orgid:5a9e2f71-3c60-4d8b-9b12-7e4f1a6d2c35", "teams_user")
SUPPORT = SCRIPTS / "s8_survey.ivr"


async def consulting(rig: Wire, behaviour: str, unhold: str = "by agent") -> tuple[str, str]:
    """A caller on hold, while the agent asks somebody: both phones."""
    let(rig, "maria", "accept after 2 s")
    let(rig, "tom", "ignore")
    rig.emulator.behave(COLLEAGUE.address, behaviour)
    phone = rig.people.dial(rig.lines[0], "press 2; wait 3600s")
    await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "maria")))
    await rig.advance(5.0)
    asked = AgentAsks(rig.clock.now(), "maria", "consult", COLLEAGUE, 30.0, unhold=unhold)  # type: ignore[arg-type]
    await rig.runtime.floors.post(asked)
    await rig.settle()
    return phone, phones(rig, "maria")[0].id


ENDS = {
    "decline": "declined",
    "busy": "busy",
    "ignore": "no answer",
    "fail": "invalid",
}


@pytest.mark.parametrize("behaviour", ENDS)
def test_a_colleague_who_does_not_come_ends_the_hold_at_once_and_the_reason_is_kept(behaviour: str) -> None:
    async def run() -> None:
        async with wire(SUPPORT) as rig:
            phone, maria = await consulting(rig, behaviour)
            assert times(rig, phone, "held")
            assert not audible(rig, phone, maria)
            await rig.run_until(lambda: bool(times(rig, phone, "resumed")))
            [rung] = [each for each in rig.emulator.calls() if each.me.label == COLLEAGUE.address]
            assert times(rig, phone, "resumed")[0] - ended(rig, rung.id).t <= 2.0
            assert audible(rig, phone, maria), "the caller stays with the agent"
            [leg] = [each for each in await details(rig) if each["kind"] == "expert"]
            assert leg["outcome"] in (ENDS[behaviour], "missed" if behaviour == "ignore" else "")
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_when_the_colleague_leaves_the_two_go_on_and_when_the_agent_leaves_the_caller_is_with_the_colleague() -> None:
    async def run() -> None:
        async with wire(SUPPORT) as rig:
            phone, maria = await consulting(rig, "accept after 2 s", "automatically")
            await rig.advance(6.0)
            [first] = [each for each in rig.emulator.calls() if each.me.label == COLLEAGUE.address]
            assert audible(rig, phone, first.id)
            assert audible(rig, phone, maria)
            rig.emulator.hang_up(first.id)
            await rig.advance(5.0)
            assert audible(rig, phone, maria)
            await rig.runtime.floors.post(AgentAsks(rig.clock.now(), "maria", "consult", COLLEAGUE))
            await rig.advance(6.0)
            [_, second] = [each for each in rig.emulator.calls() if each.me.label == COLLEAGUE.address]
            assert not audible(rig, phone, second.id), "by the agent: the caller is on hold still"
            assert audible(rig, maria, second.id), "the two talk alone"
            rig.emulator.hang_up(maria)
            await rig.advance(5.0)
            assert audible(rig, phone, second.id)
            rig.emulator.hang_up(phone)
            await rig.advance(5.0)
            assert second.state == "ended", "the caller leaves: it is over for both"
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_the_same_person_is_not_rung_twice_into_a_call() -> None:
    async def run() -> None:
        async with wire(SUPPORT) as rig:
            phone, _ = await consulting(rig, "accept after 2 s")
            await rig.advance(6.0)
            await rig.runtime.floors.post(AgentAsks(rig.clock.now(), "maria", "consult", COLLEAGUE))
            await rig.advance(6.0)
            assert len([each for each in rig.emulator.calls() if each.me.label == COLLEAGUE.address]) == 1
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)
