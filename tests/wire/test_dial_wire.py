"""Calls that the site makes, over the wire: orders, attempts, hours, and who is never called."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from wire_center import heard, times
from wire_outbound import (
    ACCOUNT,
    ANA,
    AT_TEN,
    CLINIC,
    S10,
    VALUES,
    ask,
    attempts,
    created,
    order,
    over,
    phones,
    site,
    told,
)
from wire_rig import play, wire

from dsl.emergency import WHY
from emulator.misbehave import Fault, Misbehaviour

HELLO = "Hello, this is Contoso Clinic with a message for Ana. Press 1 to hear it. Press 9 to stop these calls."
CONFIRMS = [{"press": "1"}, {"press": "1"}]


def test_an_order_becomes_a_call_from_the_lines_account() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "accept after 5 s", plan=CONFIRMS)
            call = await order(rig)
            assert await over(rig, call) == ("hung_up", "confirmed", "confirmed")
            [phone] = phones(rig)
            assert heard(rig, phone.id)[0] == HELLO
            assert phone.other.label == ACCOUNT, "the service takes no number to show of a resource account"
            assert await attempts(rig, call) == ["answered"]
            view = await told(rig, call)
            assert (view["status"], view["ending"], view["result"]) == ("ended", "hung_up", "confirmed")
            assert view["caller"] == "…0111"
            assert view["called"] == ACCOUNT

    play(run)


def test_a_plain_line_shows_the_number_that_the_script_names() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site("+18005550100")) as rig:
            rig.emulator.behave(ANA, "accept after 5 s", plan=CONFIRMS)
            assert await over(rig, await order(rig)) == ("hung_up", "confirmed", "confirmed")
            [phone] = phones(rig)
            assert phone.other.label == CLINIC

    play(run)


def test_the_same_key_makes_one_call() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "accept after 5 s", plan=CONFIRMS)
            body = {"flow": "reminder", "number": ANA, "key": "appointment 7", "with": VALUES}
            first = await ask(rig, "POST", "/calls", body)
            again = await ask(rig, "POST", "/calls", body)
            assert first == (201, {"call": first[1]["call"], "made": True})
            assert again == (201, {"call": first[1]["call"], "made": False})
            await rig.restart()
            assert await ask(rig, "POST", "/calls", body) == again
            status, answer = await ask(rig, "POST", "/calls", {**body, "with": {**VALUES, "name": "Ben"}})
            assert (status, answer["error"]) == (409, "this key was used for another order")
            await over(rig, first[1]["call"])
            assert len(phones(rig)) == 1

    play(run)


def test_nobody_is_called_before_the_time_of_the_order_nor_forgotten_in_a_restart() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "accept after 5 s", plan=CONFIRMS)
            call = await order(rig, not_before=AT_TEN + 3600.0)
            await rig.advance(1800.0)
            assert not phones(rig)
            assert (await told(rig, call))["outbound"] == {"attempts": [], "next_attempt": AT_TEN + 3600.0}
            await rig.restart()
            assert await over(rig, call) == ("hung_up", "confirmed", "confirmed")
            [phone] = phones(rig)
            assert times(rig, phone.id, "rang")[0] == pytest.approx(AT_TEN + 3600.0, abs=1.0)

    play(run)


def test_who_does_not_answer_is_called_three_times_two_hours_apart_also_after_a_restart() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "ignore")
            call = await order(rig)
            await rig.advance(60.0)
            await rig.restart()
            assert await over(rig, call) == ("hung_up", "not_reached", "give_up")
            rang = [times(rig, phone.id, "rang")[0] for phone in phones(rig)]
            ended = [times(rig, phone.id, "ended")[0] for phone in phones(rig)]
            assert [end - ring for ring, end in zip(rang, ended, strict=True)] == [pytest.approx(25.0, abs=0.5)] * 3
            assert [later - earlier for earlier, later in zip(ended[:-1], rang[1:], strict=True)] == [
                pytest.approx(7200.0, abs=1.0)
            ] * 2
            assert await attempts(rig, call) == ["no answer"] * 3
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_who_is_busy_is_called_again_and_may_answer_then() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "busy after 2 s")
            call = await order(rig)
            await rig.run_until(lambda: bool(phones(rig)) and phones(rig)[0].state == "ended")
            rig.emulator.behave(ANA, "accept after 2 s", plan=CONFIRMS)
            assert await over(rig, call) == ("hung_up", "confirmed", "confirmed")
            assert await attempts(rig, call) == ["busy", "answered"]

    play(run)


@pytest.mark.parametrize(("does", "ends"), [("decline after 2 s", "busy"), ("fail after 2 s", "invalid")])
def test_other_ends_of_an_attempt(does: str, ends: str) -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, does)
            call = await order(rig)
            await over(rig, call)
            assert set(await attempts(rig, call)) == {ends}
            assert len(phones(rig)) == (1 if ends == "invalid" else 3), "who is not there at all is not called again"

    play(run)


def test_hours_are_those_of_whoever_is_called() -> None:
    """Nine in New York, where the flow is at home, is six in Seattle."""

    async def run() -> None:
        early = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("America/New_York")).timestamp()
        nine_in_seattle = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("America/Los_Angeles")).timestamp()
        async with wire(S10, at=early, sections=site()) as rig:
            rig.emulator.behave(ANA, "accept after 2 s", plan=CONFIRMS)
            call = await order(rig)
            await rig.advance(60.0)
            assert await attempts(rig, call) == ["later"]
            assert (await told(rig, call))["outbound"]["next_attempt"] == nine_in_seattle
            await rig.restart()
            await over(rig, call)
            [phone] = phones(rig)
            assert times(rig, phone.id, "rang")[0] == pytest.approx(nine_in_seattle, abs=1.0)
            assert await attempts(rig, call) == ["later", "answered"]

    play(run)


def test_nine_stops_these_calls_also_those_that_were_ordered_before() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "accept after 2 s", plan=[{"press": "9"}])
            waits = await order(rig, "tomorrow", not_before=AT_TEN + 4 * 3600.0)
            first = await order(rig, "today")
            assert await over(rig, first) == ("hung_up", "opted_out", "removed")
            assert await ask(rig, "GET", f"/opt-outs/{ANA}") == (200, {"number": ANA, "opted_out": True})
            refused = await ask(rig, "POST", "/calls", {"flow": "reminder", "number": ANA, "key": "b", "with": VALUES})
            assert refused[0] == 422
            assert refused[1]["problems"] == [{"field": "number", "problem": "this number wants no more calls"}]
            await over(rig, waits)
            [attempt] = (await told(rig, waits))["outbound"]["attempts"]
            assert (attempt["state"], attempt["reason"]) == ("invalid", "this number wants no more calls")
            assert len(phones(rig)) == 1
            await ask(rig, "DELETE", f"/opt-outs/{ANA}")
            await over(rig, await order(rig, "again"))
            assert len(phones(rig)) == 2

    play(run)


REFUSED = {
    "911": WHY,
    "+1911": WHY,
    "+112": WHY,
    "+442071234567": "[calling] countries does not name GB",
    "+18765551234": "[calling] countries does not name JM",
    "+14255559999": "[calling] deny names +1425555999",
    "+19005551234": "numbers of this kind are dialled only where the site file names them",
    "+1425": "expected: a number in E.164 form, such as +14255550123",
}


@pytest.mark.parametrize("number", REFUSED)
def test_whom_the_site_does_not_call_is_refused_before_anything_is_kept(number: str) -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site(deny=["+1425555999"])) as rig:
            body = {"flow": "reminder", "number": number, "key": "a", "with": VALUES}
            status, answer = await ask(rig, "POST", "/calls", body)
            assert (status, answer["problems"]) == (422, [{"field": "number", "problem": REFUSED[number]}])
            await rig.advance(60.0)
            assert not created(rig)
            assert not rig.calls

    play(run)


def test_what_is_wrong_with_an_order_is_told_field_by_field() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            assert (await ask(rig, "POST", "/calls", {}, token=False))[0] == 401
            status, answer = await ask(rig, "POST", "/calls", {"flow": "remindr", "number": ANA, "key": "a"})
            assert status == 422
            assert "did you mean reminder?" in answer["problems"][0]["problem"]
            wrong = {"day": "tomorrow", "nam": "Ana", "time": "10:00"}
            status, answer = await ask(
                rig, "POST", "/calls", {"flow": "reminder", "number": ANA, "key": "a", "with": wrong}
            )
            assert status == 422
            assert {each["field"]: each["problem"] for each in answer["problems"]} == {
                "with.day": 'expected: a date, such as "2026-11-26"',
                "with.nam": "is no parameter of the flow; did you mean name?",
                "with.name": "is missing: text",
            }
            body = {"flow": "reminder", "number": ANA, "key": "a", "with": VALUES}
            status, answer = await ask(rig, "POST", "/calls", {**body, "line": "+14255550177"})
            assert answer["problems"] == [{"field": "line", "problem": "the site file names no such line"}]
            status, answer = await ask(rig, "POST", "/calls", {**body, "not_before": "next week"})
            assert (status, answer["problems"][0]["field"]) == (422, "not_before")
            assert not rig.calls

    play(run)


def test_an_answer_of_the_service_that_is_lost_makes_no_second_call() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "accept after 20 s", plan=CONFIRMS)
            lost = Fault("fail_after", "create")
            rig.emulator.misbehave(Misbehaviour(faults=(lost, lost)))
            assert await over(rig, await order(rig)) == ("hung_up", "confirmed", "confirmed")
            assert len(phones(rig)) == 1

    play(run)


def test_an_order_that_is_taken_back_while_it_rings_stops_the_ringing() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "ignore")
            call = await order(rig)
            await rig.run_until(lambda: bool(phones(rig)))
            await rig.advance(4.0)
            assert (await ask(rig, "POST", f"/calls/{call}/end"))[0] == 202
            await rig.advance(3.0)
            [phone] = phones(rig)
            assert phone.state == "ended"
            assert rig.calls[call].ending == "abandoned"
            await rig.advance(10_000.0)
            assert len(phones(rig)) == 1
            assert not rig.emulator.legs_left_behind()

    play(run)


def test_an_order_that_is_taken_back_between_attempts_is_over() -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.behave(ANA, "busy")
            call = await order(rig)
            await rig.run_until(lambda: bool(phones(rig)) and phones(rig)[0].state == "ended")
            await rig.advance(60.0)
            assert (await ask(rig, "POST", f"/calls/{call}/end"))[0] == 202
            await rig.advance(10_000.0)
            assert len(phones(rig)) == 1
            assert rig.calls[call].finished

    play(run)


@pytest.mark.parametrize("seed", range(6))
def test_a_service_that_repeats_delays_and_swaps_what_it_tells_makes_no_call_more_or_less(seed: int) -> None:
    async def run() -> None:
        async with wire(S10, at=AT_TEN, sections=site()) as rig:
            rig.emulator.misbehave(
                Misbehaviour(seed, duplicate=0.4, reorder=0.4, delay=0.4, late_event=0.6, fail_after=0.2, throttle=0.2)
            )
            rig.emulator.behave(ANA, "busy after 2 s")
            call = await order(rig)
            for _ in range(2):
                await rig.run_until(lambda: bool(phones(rig)) and phones(rig)[-1].state == "ended")
                await rig.advance(3600.0)
                rig.emulator.behave(ANA, "decline after 2 s")
                await rig.advance(3700.0)
            rig.emulator.behave(ANA, "accept after 2 s", plan=[{"hang_up": True, "when": "prompt", "after": 1.0}])
            await over(rig, call)
            ends = await attempts(rig, call)
            assert len(phones(rig)) == len(ends) <= 3
            assert set(ends[:-1]) <= {"busy"}
            assert not rig.emulator.legs_left_behind()

    play(run)
