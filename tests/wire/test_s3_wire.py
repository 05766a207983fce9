"""Scenario S3 over the wire: a caller keeps the place, hangs up, and is called back when an agent is there."""

from __future__ import annotations

import itertools

import pytest
from wire_center import address, doing, heard, let, phones, times
from wire_rig import MONDAY_TEN, SCRIPTS, Wire, play, wire

from emulator import Phone
from interpreter.routing.protocol import Wanted

S3 = SCRIPTS / "s3_callback.ivr"
OFFER = "To keep your place and be called back, press 1."
KNOWN = "Press 1 to use it, 2 to enter another."
ENTER = "Enter the ten digit number that we should call, then press pound."
PROMISED = "You are number 1. We will call before 5 p.m. Goodbye."
ALREADY = "You already have a callback in line."
TEAM = ("maria", "tom")


async def wants(rig: Wire, state: str, *names: str) -> None:
    for name in names:
        await rig.runtime.floors.post(Wanted(rig.clock.now(), name, state))  # type: ignore[arg-type]


def last(rig: Wire, phone: str, text: str) -> bool:
    found = heard(rig, phone)
    return bool(found) and text in found[-1]


async def promised(rig: Wire, caller: str, keys: str = "1") -> str:
    """A caller who is promised a call; the phone, which has hung up."""
    phone = rig.people.dial(rig.lines[0], "wait 3600s", caller=caller)
    await rig.run_until(lambda: last(rig, phone, OFFER))
    rig.emulator.press(phone, "1")
    await rig.run_until(lambda: last(rig, phone, KNOWN))
    rig.emulator.press(phone, keys)
    await rig.finish(phone)
    return phone


def calls_to(rig: Wire, number: str) -> list[Phone]:
    """Every time that this number was called by us."""
    return [each for each in rig.emulator.calls() if each.me.label == number and each.role == "target"]


def over(rig: Wire) -> bool:
    floor = rig.runtime.floors.floor
    return not floor.promises and not floor.legs


CALLER = "+14255560001"


def test_the_place_is_kept_and_a_person_is_called_back() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            first = await promised(rig, CALLER)
            assert PROMISED in heard(rig, first)
            assert rig.state(first).result == "callback_scheduled"
            second = rig.people.dial(rig.lines[0], "wait 3600s", caller="+14255560002")
            await rig.advance(5.0)
            [promise] = rig.runtime.floors.floor.promises.values()
            floor = rig.runtime.floors.floor
            assert floor.callers[promise.entry].rank < min(
                each.rank for each in floor.callers.values() if each.entry != promise.entry
            )
            let(rig, "maria", "accept after 3 s, hang up after 90 s", plan=[{"press": "1", "after": 2}])
            rig.emulator.behave(CALLER, "accept after 4 s", plan=[{"press": "1", "after": 2}])
            await wants(rig, "available", "maria")
            await rig.run_until(lambda: bool(calls_to(rig, CALLER)))
            [agent], [customer] = phones(rig, "maria"), calls_to(rig, CALLER)
            assert times(rig, agent.id, "rang")[0] < times(rig, customer.id, "rang")[0], "the agent first"
            assert heard(rig, agent.id)[0] == "A caller asked to be called back. Press 1 to call."
            await rig.advance(20.0)
            hearing = rig.emulator.hearing(agent.id)
            assert CALLER in hearing[address(rig, "maria")]
            await rig.run_until(lambda: over(rig))
            await rig.advance(2.0)
            assert customer.state == "ended"
            assert rig.emulator.call(second).state == "connected", "whoever waits, waits on"
            rig.emulator.hang_up(second)
            await rig.finish(second)
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


@pytest.mark.parametrize("behaviour", ["voicemail after 5 s", "ignore", "busy"])
def test_who_is_not_reached_is_called_three_times(behaviour: str) -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            await promised(rig, CALLER)
            let(rig, "maria", "accept after 3 s, hang up after 300 s", plan=[{"press": "1", "after": 2}] * 3)
            rig.emulator.behave(CALLER, behaviour)
            await wants(rig, "available", "maria")
            await rig.run_until(lambda: over(rig))
            called = [times(rig, each.id, "rang")[0] for each in calls_to(rig, CALLER)]
            assert len(called) == 3
            for earlier, later in itertools.pairwise(called):
                assert later - earlier >= 900.0, "fifteen minutes apart"
            assert doing(rig, "maria") in ("available", "wrap-up")
            await rig.advance(60.0)
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_an_agent_who_does_not_press_is_not_connected_and_the_next_one_is_asked() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            await promised(rig, CALLER)
            let(rig, "maria", "voicemail after 5 s")
            let(rig, "tom", "accept after 3 s, hang up after 60 s", plan=[{"press": "1", "after": 2}])
            rig.emulator.behave(CALLER, "accept after 4 s", plan=[{"press": "1", "after": 2}])
            await wants(rig, "available", *TEAM)
            await rig.run_until(lambda: over(rig))
            [tom] = phones(rig, "tom")
            assert times(rig, tom.id, "connected")
            assert len(calls_to(rig, CALLER)) == 1

    play(run)


def test_one_open_callback_for_a_number() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            await promised(rig, CALLER)
            again = rig.people.dial(rig.lines[0], "wait 3600s", caller=CALLER)
            await rig.run_until(lambda: last(rig, again, OFFER))
            rig.emulator.press(again, "1")
            await rig.run_until(lambda: last(rig, again, KNOWN))
            rig.emulator.press(again, "1")
            await rig.run_until(lambda: any(ALREADY in text for text in heard(rig, again)))
            assert len(rig.runtime.floors.floor.promises) == 1
            rig.emulator.hang_up(again)
            await rig.run_until(lambda: rig.emulator.call(again).finished)

    play(run)


def test_who_hangs_up_before_it_is_promised_is_not_called() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            phone = rig.people.dial(rig.lines[0], "wait 3600s", caller=CALLER)
            await rig.run_until(lambda: last(rig, phone, OFFER))
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: last(rig, phone, KNOWN))
            rig.emulator.hang_up(phone)
            await rig.finish(phone)
            assert rig.runtime.floors.floor.promises == {}
            await wants(rig, "available", *TEAM)
            await rig.advance(600.0)
            assert not calls_to(rig, CALLER)

    play(run)


def test_a_position_is_told_only_when_it_is_better() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            ahead = rig.people.dial(rig.lines[0], "wait 3600s", caller="+14255560002")
            await rig.advance(5.0)
            phone = rig.people.dial(rig.lines[0], "wait 3600s", caller=CALLER)
            await rig.advance(200.0)
            told = [text for text in heard(rig, phone) if text.startswith("You are number")]
            assert told == ["You are number 2 in line."]
            rig.emulator.hang_up(ahead)
            await rig.advance(120.0)
            told = [text for text in heard(rig, phone) if text.startswith("You are number")]
            assert told == ["You are number 2 in line.", "You are number 1 in line."]
            rig.emulator.hang_up(phone)
            await rig.finish(phone)

    play(run)


def test_a_withheld_number_is_asked_for_and_called() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            phone = rig.emulator.dial("4:anonymous", rig.lines[0])
            await rig.run_until(lambda: last(rig, phone, OFFER))
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: last(rig, phone, ENTER))
            assert not any(KNOWN in text for text in heard(rig, phone))
            rig.emulator.press(phone, "4255560007#")
            await rig.run_until(lambda: last(rig, phone, "press 1 if that is right, 2 to enter it again."))
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: rig.emulator.call(phone).finished)
            [promise] = rig.runtime.floors.floor.promises.values()
            assert promise.number == "+14255560007"

    play(run)


def test_who_enters_no_number_is_back_in_the_same_place() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            phone = rig.people.dial(rig.lines[0], "wait 3600s", caller=CALLER)
            await rig.run_until(lambda: last(rig, phone, OFFER))
            [before] = rig.runtime.floors.floor.callers.values()
            later = rig.people.dial(rig.lines[0], "wait 3600s", caller="+14255560002")
            await rig.advance(5.0)
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: last(rig, phone, KNOWN))
            rig.emulator.press(phone, "2")
            await rig.run_until(lambda: rig.state(phone).block == "line")
            await rig.advance(1.0)
            assert sum(ENTER in text for text in heard(rig, phone)) == 3, "three attempts"
            floor = rig.runtime.floors.floor
            [mine] = [each for each in floor.callers.values() if each.number == CALLER]
            assert (mine.rank, mine.at) == (before.rank, before.at)
            assert floor.waiting.place(mine.entry) == 1
            for each in (phone, later):
                rig.emulator.hang_up(each)
            await rig.finish(phone, later)

    play(run)


def test_the_offer_comes_at_two_minutes_and_again_every_two_minutes() -> None:
    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            phone = rig.people.dial(rig.lines[0], "wait 3600s", caller=CALLER)
            await rig.advance(5.0)
            [caller] = rig.runtime.floors.floor.callers.values()
            await rig.advance(400.0)
            offers = [e.t - caller.at for e in rig.emulator.transcript(phone) if e.text == OFFER]
            assert offers == pytest.approx([120.0, 240.0, 360.0], abs=2.5), "one voice at a time"
            rig.emulator.hang_up(phone)
            await rig.finish(phone)

    play(run)


async def waiting(rig: Wire, number: int) -> list[str]:
    """So many callers, one after the other."""
    found = []
    for each in range(number):
        found.append(rig.people.dial(rig.lines[0], "wait 3600s", caller=f"+1425557{each:04d}"))
        await rig.advance(5.0)
    return found


async def leave(rig: Wire, phones: list[str]) -> None:
    for each in phones:
        rig.emulator.hang_up(each)
    await rig.finish(*phones)


def test_who_would_wait_for_more_than_five_minutes_is_offered_a_call_at_once() -> None:
    """Two agents, five minutes a talk: two and a half for the first in line, more than five for the third."""

    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            callers = await waiting(rig, 3)
            assert [OFFER in heard(rig, each) for each in callers] == [False, False, True]
            await leave(rig, callers)

    play(run)


def test_a_call_that_would_come_after_closing_is_not_offered() -> None:
    async def run() -> None:
        async with wire(S3, at=MONDAY_TEN + 6.9 * 3600) as rig:
            await wants(rig, "not ready", *TEAM)
            callers = await waiting(rig, 3)
            await rig.advance(150.0)
            assert [OFFER in heard(rig, each) for each in callers] == [True, False, False]
            rig.emulator.press(callers[2], "1")
            await rig.advance(5.0)
            assert rig.state(callers[2]).block == "line"
            await leave(rig, callers)

    play(run)


def test_a_number_that_cannot_be_called_is_asked_for_once_more() -> None:
    """The script takes what has the length of a number; the site refuses what no country has."""

    async def run() -> None:
        async with wire(S3) as rig:
            await wants(rig, "not ready", *TEAM)
            phone = rig.people.dial(rig.lines[0], "wait 3600s", caller="8:acs:visitor")
            await rig.run_until(lambda: last(rig, phone, OFFER))
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: last(rig, phone, KNOWN))
            rig.emulator.press(phone, "1")
            await rig.run_until(lambda: last(rig, phone, ENTER))
            assert "We cannot call that number." in heard(rig, phone)
            assert rig.runtime.floors.floor.promises == {}
            rig.emulator.hang_up(phone)
            await rig.finish(phone)

    play(run)
