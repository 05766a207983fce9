"""Calls that an agent's client makes on behalf of a line, over the wire: answered, the callee added, nobody left."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from wire_center import connected, ended, nobody_is_left
from wire_people import LINE
from wire_rig import Wire, play, wire

from interpreter.store import Kept

ACCOUNT = "5b2d1c8e-6f0a-4b7e-9c41-2f6d8a3e7b10"
RESOURCE = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
ANNA = "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"
AGENT = f"8:acs:{RESOURCE}_{ANNA}_{ANNA}"
CALLEE = "+14255550155"

SCRIPT = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    when callee is known -> out
    say "Thank you for calling Contoso."
    finish told

transfer out
    to callee
    ring 20s
    music "hold"
    answered                                    -> finish connected
    busy "The line is busy."                    -> goodbye
    no answer "Nobody answers."                 -> goodbye
    declined "The call was refused."            -> goodbye
    not allowed "This number may not be called." -> goodbye
    failed "The call could not be made."        -> goodbye

step goodbye
    say "Goodbye."
    finish not_connected

step sorry
    say "Please try again later."
    hang up
"""


def site(**policy: str) -> dict[str, dict[str, object]]:
    return {
        "lines": {f"28:orgid:{ACCOUNT}": "test.ivr"},
        "agents": {"anna": {"user": ANNA, "tenant": ANNA}, "desk": {"number": "+14255550170"}},
        "on_behalf_of": dict(policy) or {"callers": "agents"},
        "calling": {"countries": ["US"], "deny": ["+1900"], "opt_out": "no_calls"},
    }


@asynccontextmanager
async def rigged(behaviour: str = "accept after 3 s", **more: Any) -> AsyncIterator[Wire]:
    habits = {"account": ACCOUNT, **more.pop("habits", {})}
    async with wire(SCRIPT, sections=more.pop("sections", site()), habits=habits) as rig:
        rig.emulator.behave(CALLEE, behaviour)
        yield rig


def dial(rig: Wire, callee: str = CALLEE, caller: str = AGENT) -> str:
    """The agent's client dials on behalf of the line."""
    return rig.people.dial(LINE, "wait 3600s", caller=caller, callee=callee)


def heard(rig: Wire, phone: str) -> list[str]:
    """What a phone has heard, but for music."""
    return [e.text for e in rig.emulator.transcript(phone) if e.kind == "heard" and not e.text.endswith("/hold")]


def rung(rig: Wire, number: str = CALLEE) -> list[str]:
    return [phone.id for phone in rig.emulator.calls() if phone.role == "target" and phone.me.label == number]


@pytest.mark.parametrize(
    ("place", "at"),
    [("data", "data"), ("customContext", "custom context"), ("voipHeaders", "voip headers")],
)
def test_the_callee_is_added_wherever_the_service_names_them(place: str, at: str) -> None:
    async def run() -> None:
        async with rigged(sections=site(callee_at=at), habits={"callee_at": place}) as rig:
            agent = dial(rig)
            await rig.run_until(lambda: any(rig.emulator.call(each).state == "connected" for each in rung(rig)))
            [callee] = rung(rig)
            assert rig.emulator.hearing(agent)[CALLEE] == {AGENT}
            assert rig.emulator.hearing(agent)[AGENT] == {CALLEE}
            # The resource account calls: no number of ours goes with it.
            assert rig.emulator.call(callee).other.label == AGENT
            assert heard(rig, agent) == []
            rig.emulator.hang_up(agent, after=10.0)
            await rig.finish(agent)
            await rig.advance(60.0)
            assert rig.heard(agent).end == ("transferred", "connected", "out")
            assert ended(rig, callee).t - connected(rig, callee) == pytest.approx(10.0, abs=2.0)
            nobody_is_left(rig)

    play(run)


def test_when_the_callee_hangs_up_the_agent_is_let_go() -> None:
    async def run() -> None:
        async with rigged("accept after 3 s, hang up after 40 s") as rig:
            agent = dial(rig)
            await rig.finish(agent)
            await rig.advance(60.0)
            assert rig.emulator.call(agent).state == "ended"
            nobody_is_left(rig)

    play(run)


ENDS = [
    ("busy after 2 s", "The line is busy."),
    ("decline after 2 s", "The call was refused."),
    ("no answer", "Nobody answers."),
    ("fail after 1 s", "The call could not be made."),
    ("no permission after 1 s", "This number may not be called."),
]


@pytest.mark.parametrize(("behaviour", "said"), ENDS)
def test_the_agent_hears_what_went_wrong(behaviour: str, said: str) -> None:
    async def run() -> None:
        async with rigged(behaviour) as rig:
            agent = dial(rig)
            await rig.finish(agent)
            await rig.advance(200.0)
            assert heard(rig, agent) == [said, "Goodbye."]
            assert rig.heard(agent).end == ("hung_up", "not_connected", "goodbye")
            nobody_is_left(rig)

    play(run)


def test_an_agent_who_hangs_up_while_it_rings_leaves_nobody_ringing() -> None:
    async def run() -> None:
        async with rigged("accept after 15 s") as rig:
            agent = dial(rig)
            await rig.run_until(lambda: bool(rung(rig)))
            rig.emulator.hang_up(agent)
            await rig.finish(agent)
            await rig.advance(2.0)
            assert [rig.emulator.call(each).state for each in rung(rig)] == ["ended"]
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


@pytest.mark.parametrize("number", ["+19005550123", "+442079460123", "8:acs:somebody_else"])
def test_whom_the_site_does_not_call_is_not_called_for_an_agent(number: str) -> None:
    async def run() -> None:
        async with rigged() as rig:
            agent = dial(rig, number)
            await rig.finish(agent)
            assert "This number may not be called." in " ".join(rig.heard(agent).texts)
            assert not [phone for phone in rig.emulator.calls() if phone.role == "target"]
            nobody_is_left(rig)

    play(run)


def test_whoever_wants_no_more_calls_is_not_called_for_an_agent_either() -> None:
    async def run() -> None:
        async with rigged() as rig:
            await rig.store.keep(Kept("value", "no_calls", CALLEE, "{}", rig.clock.now() + 3600.0))
            agent = dial(rig)
            await rig.finish(agent)
            assert "This number may not be called." in heard(rig, agent)
            assert not rung(rig)

    play(run)


def test_an_emergency_call_is_left_to_the_service() -> None:
    async def run() -> None:
        async with rigged() as rig:
            dial(rig, "4:911")
            await rig.advance(5.0)
            assert not list(rig.emulator.requests), "neither answered nor refused"

    play(run)


@pytest.mark.parametrize("caller", ["+14255550170", "+14255550199", f"8:acs:{RESOURCE}_{ANNA}_{ACCOUNT}"])
def test_nobody_but_an_agent_is_called_for(caller: str) -> None:
    async def run() -> None:
        async with rigged() as rig:
            phone = dial(rig, caller=caller)
            await rig.finish(phone)
            assert rig.heard(phone).texts == ["Thank you for calling Contoso."]
            assert not rung(rig)

    play(run)


def test_every_agent_of_the_resource_may_call_where_the_site_says_so() -> None:
    async def run() -> None:
        async with rigged(sections=site(callers="resource")) as rig:
            agent = dial(rig, caller=f"8:acs:{RESOURCE}_{ANNA}_{ACCOUNT}")
            await rig.run_until(lambda: any(rig.emulator.call(each).state == "connected" for each in rung(rig)))
            rig.emulator.hang_up(agent)
            await rig.finish(agent)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_the_first_call_is_logged_in_full_and_a_callee_elsewhere_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        with caplog.at_level(logging.INFO):
            async with rigged(habits={"callee_at": "voipHeaders"}) as rig:
                for _ in range(2):
                    phone = dial(rig)
                    await rig.finish(phone)
                    assert heard(rig, phone) == ["Thank you for calling Contoso."]
        shown = [each for each in caplog.records if "the first call of an agent's client" in each.getMessage()]
        assert len(shown) == 1
        assert CALLEE in str(shown[0].__dict__)
        assert "eyJ" not in str(shown[0].__dict__), "the call could be taken with it"
        assert "set callee_at of [on_behalf_of]" in caplog.text

    play(run)
