"""A queue as a lobby, over the wire: an agent who talks lets callers who wait into the talk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from wire_center import heard, let, nobody_is_left, phones
from wire_people import LINE
from wire_rig import Wire, play, wire

from emulator import Misbehaviour
from emulator.misbehave import Failure, Fault

SCRIPT = """\
ivr 1
flow main
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    say "Welcome."
    go to meeting

queue meeting
    music "hold"
    answered                                  -> finish met
    waited 10m or no agents or full or failed -> sorry

step sorry
    say "Please try again later."
    finish not_met
"""
TOKEN = "token-of-anna-in-a-test"
SITE: dict[str, dict[str, object]] = {
    "agents": {
        "anna": {"number": "+14255550170", "queues": ["meeting"], "signed_in": "always", "token": TOKEN},
        "ben": {"number": "+14255550171", "queues": ["other"], "signed_in": "always", "token": "token-of-ben"},
    },
    "numbers": {"shown": "+14255550199"},
}


@asynccontextmanager
async def hosted() -> AsyncIterator[tuple[Wire, str, str]]:
    """The agent talks to the first caller, the second one waits: the phones of the two."""
    async with wire(SCRIPT, sections=SITE) as rig:
        let(rig, "anna", "accept after 2 s")
        first = rig.people.dial(LINE, "wait 3600s")
        await rig.run_until(lambda: any(each.state == "connected" for each in phones(rig, "anna")))
        second = rig.people.dial(LINE, "wait 3600s")
        await rig.advance(20.0)
        assert [each.entry for each in rig.runtime.floors.floor.callers.values() if not each.connected]
        yield rig, first, second


async def admit(rig: Wire, phone: str, body: dict[str, str], token: str = TOKEN) -> int:
    """Ask as the agent's desktop does, for the talk with this phone."""
    call = rig.state(phone).call_id
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session:
        address = f"{rig.server_url}/agents/me/calls/{call}/admit"
        async with session.post(address, json=body, headers=headers) as answer:
            await answer.read()
            status = answer.status
    await rig.settle()
    return status


def talk(rig: Wire, first: str, second: str) -> bool:
    """Whether the two callers hear each other, and the agent."""
    one, two = (rig.emulator.call(each).me.label for each in (first, second))
    hearing = rig.emulator.hearing(first)
    return hearing.get(one, set()) >= {two, "+14255550170"} and hearing.get(two, set()) >= {one, "+14255550170"}


def test_a_caller_who_waits_is_let_in_and_all_three_talk() -> None:
    async def run() -> None:
        async with hosted() as (rig, first, second):
            assert await admit(rig, first, {"queue": "meeting"}) == 200
            await rig.advance(1.0)
            assert talk(rig, first, second)
            assert rig.state(second).result == "met", "its own call has ended well"
            assert not rig.runtime.floors.floor.waiting.count("meeting")
            [anna] = phones(rig, "anna")
            rig.emulator.hang_up(anna.id, after=30.0)
            await rig.finish(first, second)
            await rig.advance(60.0)
            assert rig.state(first).result == "met"
            assert {rig.emulator.call(each).state for each in (first, second)} == {"ended"}
            nobody_is_left(rig)

    play(run)


def test_a_caller_who_was_let_in_may_leave_again() -> None:
    async def run() -> None:
        async with hosted() as (rig, first, second):
            assert await admit(rig, first, {"caller": rig.state(second).call_id}) == 200
            await rig.advance(1.0)
            rig.emulator.hang_up(second)
            await rig.advance(5.0)
            assert rig.emulator.call(first).state == "connected"
            assert phones(rig, "anna")[0].state == "connected"
            rig.emulator.hang_up(first)
            await rig.finish(first)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_where_the_move_fails_the_caller_waits_on_in_its_place() -> None:
    async def run() -> None:
        async with hosted() as (rig, first, second):
            rig.emulator.misbehave(Misbehaviour(failures=(Failure("moveHere"),)))
            third = rig.people.dial(LINE, "wait 3600s")
            await rig.advance(5.0)
            assert await admit(rig, first, {"queue": "meeting"}) == 200
            await rig.advance(1.0)
            assert not talk(rig, first, second)
            assert rig.emulator.call(second).state == "connected"
            line = list(rig.runtime.floors.floor.waiting.of("meeting"))
            assert [each.partition("/")[0] for each in line] == [
                rig.state(second).call_id, rig.state(third).call_id,
            ]  # fmt: skip
            rig.emulator.hang_up(second)
            await rig.finish(second)
            assert rig.state(second).result == "abandoned"
            for each in (first, third):
                rig.emulator.hang_up(each)
            await rig.finish(first, third)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_the_end_of_the_callers_own_call_may_be_known_before_the_move() -> None:
    async def run() -> None:
        async with hosted() as (rig, first, second):
            # The news of the move comes late, and the end of the call that the caller has left does not.
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("delay", "MoveParticipantSucceeded"),)))
            assert await admit(rig, first, {"queue": "meeting"}) == 200
            await rig.advance(5.0)
            assert talk(rig, first, second)
            assert rig.state(second).result == "met"
            rig.emulator.hang_up(first)
            await rig.finish(first, second)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_a_move_of_which_nothing_is_heard_costs_the_caller_nothing() -> None:
    async def run() -> None:
        async with hosted() as (rig, first, second):
            rig.emulator.misbehave(
                Misbehaviour(failures=(Failure("moveHere"),), faults=(Fault("drop", "MoveParticipantFailed"),))
            )
            assert await admit(rig, first, {"queue": "meeting"}) == 200
            await rig.advance(15.0)
            assert rig.runtime.floors.floor.waiting.count("meeting") == 1
            assert "Please try again later." not in heard(rig, second)
            for each in (first, second):
                rig.emulator.hang_up(each)
            await rig.finish(first, second)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)


def test_who_may_not_or_cannot_be_let_in_is_told() -> None:
    async def run() -> None:
        async with hosted() as (rig, first, second):
            waiting = {"caller": rig.state(second).call_id}
            assert await admit(rig, first, waiting, token="token-of-ben") == 403, "ben does not talk in this call"
            assert await admit(rig, first, {"caller": "nobody"}) == 404
            assert await admit(rig, first, {"queue": "other"}) == 409
            assert await admit(rig, first, {}) == 422
            assert await admit(rig, first, {"caller": rig.state(first).call_id}) == 409, "is talking already"
            assert await admit(rig, first, waiting) == 200
            await rig.advance(1.0)
            assert await admit(rig, first, waiting) == 404, "waits no more"
            rig.emulator.hang_up(first)
            await rig.finish(first, second)
            await rig.advance(60.0)
            nobody_is_left(rig)

    play(run)
