"""Scenario S13 over the wire: an expert is asked while the caller holds, and nobody is left alone on the line."""

from __future__ import annotations

import pytest
from wire_center import connected, heard, let, nobody_is_left, phones, silence, times
from wire_rig import SCRIPTS, Wire, play, wire

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
