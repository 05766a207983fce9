"""Scenario S12 over the wire: a supervisor listens unheard, or speaks to both, and leaves; the call goes on."""

from __future__ import annotations

import pytest
from wire_center import address, details, let, phones, times
from wire_rig import SCRIPTS, Wire, play, wire

from interpreter.routing.protocol import Person, Watch

S8 = SCRIPTS / "s8_survey.ivr"
SUPERVISOR = Person("8:orgid:2b1f6c1e-53a4-4d0f-9c39-6d6c0f0b7a11", "teams_user")


async def talking(rig: Wire) -> str:
    """A caller who talks to an agent."""
    let(rig, "maria", "accept after 2 s")
    let(rig, "tom", "ignore")
    rig.emulator.behave(SUPERVISOR.address, "accept after 1 s")
    phone = rig.people.dial(rig.lines[0], "press 2; wait 3600s")
    await rig.run_until(lambda: any(times(rig, each.id, "connected") for each in phones(rig, "maria")))
    await rig.advance(5.0)
    return phone


async def watch(rig: Wire, phone: str, how: str, tone: bool = False) -> None:
    call = rig.state(phone).call_id
    await rig.runtime.floors.post(Watch(rig.clock.now(), "eva", SUPERVISOR, call, how, tone))  # type: ignore[arg-type]
    await rig.advance(4.0)


def matrix(rig: Wire, phone: str) -> dict[str, set[str]]:
    """Whom each of the three hears."""
    names = {
        rig.emulator.call(phone).me.label: "caller",
        address(rig, "maria"): "agent",
        SUPERVISOR.address: "supervisor",
    }
    hearing = rig.emulator.hearing(phone)
    return {
        names[who]: {names[each] for each in whom if each in names} for who, whom in hearing.items() if who in names
    }


def test_a_supervisor_who_monitors_hears_both_and_is_heard_by_none() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "monitor")
            assert matrix(rig, phone) == {
                "caller": {"agent"},
                "agent": {"caller"},
                "supervisor": {"caller", "agent"},
            }
            await watch(rig, phone, "leave")
            assert matrix(rig, phone) == {"caller": {"agent"}, "agent": {"caller"}}
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_a_supervisor_who_barges_is_heard_by_both() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "barge")
            everybody = {"caller", "agent", "supervisor"}
            assert matrix(rig, phone) == {each: everybody - {each} for each in everybody}
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()
            assert not rig.emulator.hearing(phone)

    play(run)


def tones(rig: Wire, phone: str) -> list[float]:
    """When the soft tone was heard here."""
    return [each.t for each in rig.emulator.transcript(phone) if each.text.endswith("/tones/join.wav")]


def test_a_caller_hears_a_soft_tone_when_a_supervisor_barges_in() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "barge", tone=True)
            [boss] = [each for each in rig.emulator.calls() if each.me.label == SUPERVISOR.address]
            [heard] = tones(rig, phone)
            assert 0.0 < heard - times(rig, boss.id, "connected")[0] <= 1.0
            await watch(rig, phone, "barge", tone=True)
            assert len(tones(rig, phone)) == 1
            rig.emulator.hang_up(phone)
            await rig.finish(phone)

    play(run)


def test_a_caller_hears_the_tone_when_a_supervisor_who_listened_is_to_be_heard() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "monitor", tone=True)
            assert tones(rig, phone) == []
            asked = rig.clock.now()
            await watch(rig, phone, "barge", tone=True)
            [heard] = tones(rig, phone)
            assert 0.0 < heard - asked <= 1.0
            rig.emulator.hang_up(phone)
            await rig.finish(phone)

    play(run)


def test_a_supervisor_goes_from_listening_to_speaking_and_back() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            everybody = {"caller", "agent", "supervisor"}
            await watch(rig, phone, "monitor")
            [boss] = [each for each in rig.emulator.calls() if each.me.label == SUPERVISOR.address]
            await watch(rig, phone, "barge")
            rig.emulator.unmute(boss.id)  # the host has no request for it: it is the client's own
            await rig.advance(1.0)
            assert matrix(rig, phone) == {each: everybody - {each} for each in everybody}
            await watch(rig, phone, "monitor")
            assert matrix(rig, phone)["caller"] == {"agent"}
            assert len([each for each in rig.emulator.calls() if each.me.label == SUPERVISOR.address]) == 1
            rig.emulator.hang_up(phone)
            await rig.finish(phone)

    play(run)


def test_an_agent_who_leaves_a_monitored_call_leads_the_caller_on() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "monitor")
            [maria] = phones(rig, "maria")
            rig.emulator.hang_up(maria.id)
            await rig.finish(phone)
            assert rig.state(phone).result == "handled"
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_an_agent_who_leaves_a_barged_call_leaves_the_caller_with_the_supervisor() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "barge")
            [maria] = phones(rig, "maria")
            rig.emulator.hang_up(maria.id)
            await rig.advance(20.0)
            assert matrix(rig, phone) == {"caller": {"supervisor"}, "supervisor": {"caller"}}
            [boss] = [each for each in rig.emulator.calls() if each.me.label == SUPERVISOR.address]
            rig.emulator.hang_up(boss.id)
            await rig.finish(phone)
            assert rig.state(phone).result == "handled"
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


@pytest.mark.parametrize("behaviour", ["decline", "ignore"])
def test_a_supervisor_who_does_not_come_changes_nothing(behaviour: str) -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            rig.emulator.behave(SUPERVISOR.address, behaviour)
            await watch(rig, phone, "monitor")
            await rig.advance(60.0)
            assert matrix(rig, phone) == {"caller": {"agent"}, "agent": {"caller"}}
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_who_was_there_stands_in_the_details() -> None:
    async def run() -> None:
        async with wire(S8) as rig:
            phone = await talking(rig)
            await watch(rig, phone, "monitor")
            await watch(rig, phone, "leave")
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            await rig.advance(60.0)
            kinds = sorted(each["kind"] for each in await details(rig))
            assert kinds == ["agent", "supervisor"]

    play(run)
