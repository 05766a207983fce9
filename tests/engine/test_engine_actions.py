"""What is performed, in which order, how often, and what the script hears of it; and timers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from engine_rig import Rig, run
from engine_toy import NOON

from interpreter.engine import Limits
from interpreter.engine.retry import LONGEST_DELAY, delay
from interpreter.ports import Performance, Performed, Refused, TryLater
from interpreter.protocol import (
    ActionFailed,
    Connected,
    Disconnected,
    Event,
    PlayEnded,
    Recognized,
    TimerFired,
    ToneHeard,
)

THROTTLED = TryLater(0.0, "429")
GONE = Refused(404, "8522", "call not found", gone=True)
INVALID = Refused(400, "8523", "invalid")


@pytest.mark.parametrize("verb", ["StartTones", "Play", "CancelMedia", "Transfer"])
def test_actions_of_a_call_keep_their_order_when_one_must_wait(verb: str) -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {f"a {verb}": [THROTTLED, TryLater(3.0, "503")]}
        await rig.ring("a")
        await rig.deliver_callbacks()
        begun = rig.clock.time
        await rig.ring("b")  # not held up by the other
        await rig.drive()
        order = ["Answer", "StartTones", "Play", "CancelMedia", "Transfer"]
        expected = [each for each in order for _ in range(3 if each == verb else 1)]
        assert [line.split()[1] for line in rig.sent("a")] == expected
        tries = [sent.request for sent in rig.service.sent if (sent.call_id, sent.verb) == ("a", verb)]
        assert [each.attempt for each in tries] == [1, 2, 3]
        assert len({(each.request_id, each.first_sent) for each in tries}) == 1
        assert rig.clock.time - begun >= 3.0
        assert [line.split()[1] for line in rig.sent("b")] == order
        assert rig.log.having("ended") == ["b ended transferred", "a ended transferred"]

    run(body, lambda: Rig(text="burst"))


def test_a_retry_outlives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"
    first_sent: list[tuple[str, float]] = []

    async def first(rig: Rig) -> None:
        rig.service.answers = {"Play": [TryLater(4.0, "503")]}
        await rig.ring()
        await rig.deliver_callbacks()
        request = rig.service.sent[-1].request
        first_sent.append((request.request_id, request.first_sent))
        assert await rig.actions() == ["op1 done 0", "op2 waiting 1"]

    async def second(rig: Rig) -> None:
        rig.clock.time = NOON + 1
        await rig.engine.start()
        assert rig.engine.gauges().waiting == 1
        due = rig.engine.next_due()
        assert due == NOON + 4
        await rig.engine.fire_due()
        assert rig.sent() == []
        await rig.drive()
        request = rig.service.sent[0].request
        assert first_sent == [(request.request_id, request.first_sent)]
        assert request.attempt == 2
        assert rig.log.having("ended hung_up") == ["a ended hung_up"]

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


@pytest.mark.parametrize(
    ("verb", "seconds", "ending"),
    [
        # Not an event more than the ring, the caller's patience, or ours.
        ("Answer", 30.0, "failed"),
        ("Play", 10.0, "failed"),
        ("Recognize", 10.0, "failed"),
        ("HangUp", 900.0, "hung_up"),
    ],
)
def test_an_action_that_never_gets_through_is_given_up(verb: str, seconds: float, ending: str) -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {verb: [THROTTLED] * 500}
        await rig.ring()
        await rig.drive()
        tries = [sent for sent in rig.service.sent if sent.verb == verb]
        assert 4 <= len(tries) < 250
        assert seconds - LONGEST_DELAY <= rig.clock.time - NOON <= seconds
        assert rig.log.having("given_up") == [f"a {tries[0].op} given_up {len(tries)}"]
        assert rig.log.having("ended f") + rig.log.having("ended h") == [f"a ended {ending}"]
        refused = [row for row in await rig.store.journal("a") if '"ActionRefused"' in row.event]
        assert len(refused) == (0 if verb == "HangUp" else 1)

    run(body)


def test_the_hosts_wish_to_wait_longer_than_the_caller_would_is_not_waited_for() -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {"Play": [TryLater(60.0, "429")]}
        await rig.ring()
        await rig.drive()
        assert rig.clock.time == NOON
        assert rig.sent() == ["op1 Answer", "op2 Play", "op3 HangUp"]

    run(body)


def test_after_a_long_outage_a_waiting_prompt_gets_its_full_patience(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.answers = {"Play": [THROTTLED]}
        await rig.ring()
        await rig.deliver_callbacks()

    async def second(rig: Rig) -> None:
        rig.clock.time = NOON + 100
        rig.service.answers = {"Play": [THROTTLED] * 2}
        await rig.engine.start()
        await rig.drive()
        assert rig.log.having("given_up") == []
        assert rig.log.having("op2") == ["a op2 retried 2", "a op2 retried 3", "a op2 performed 4"]

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


@pytest.mark.parametrize(
    ("answers", "journal", "actions"),
    [
        ({"Play": [INVALID]}, "ActionRefused", ["op1 done 0", "op2 refused 0", "op3 done 0"]),
        ({"Play": [RuntimeError("bug")]}, "ActionRefused", ["op1 done 0", "op2 refused 0", "op3 done 0"]),
        ({"Play": [GONE]}, "Disconnected", ["op1 done 0", "op2 refused 0"]),
        ({"Answer": [INVALID]}, "ActionRefused", ["op1 refused 0", "op2 done 0"]),
        ({"Answer": [GONE]}, "Disconnected", ["op1 refused 0"]),
        # The script has ended by then: whatever the host says changes nothing any more. But nobody else ends the call.
        ({"HangUp": [GONE]}, "Recognized", ["op1 done 0", "op2 done 0", "op3 done 0", "op4 gone 0"]),
        ({"HangUp": [INVALID] * 2}, "Recognized", ["op1 done 0", "op2 done 0", "op3 done 0", "op4 done 2"]),
        ({"HangUp": [RuntimeError("bug")]}, "Recognized", ["op1 done 0", "op2 done 0", "op3 done 0", "op4 done 1"]),
    ],
)
def test_what_the_host_refuses(
    answers: dict[str, list[Performance | Exception]], journal: str, actions: list[str]
) -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = answers
        await rig.ring()
        await rig.drive()
        assert f'"$":"{journal}"' in (await rig.store.journal("a"))[-1].event
        assert await rig.actions() == actions
        assert (await rig.row()).call.status == "ended"
        assert rig.engine.gauges().waiting == 0

    run(body)


def test_what_an_answer_reports_is_an_event_of_now() -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {"Play": [Performed(reports=Disconnected(0.0, 200, 7000, "told at once"))]}
        await rig.ring()
        await rig.drive()
        row = (await rig.store.journal("a"))[-1]
        assert '"$":"Disconnected"' in row.event
        assert row.at >= NOON, "its time is the engine's"
        assert (await rig.row()).call.status == "ended"
        assert rig.engine.gauges().waiting == 0

    run(body)


@pytest.mark.parametrize(
    "answer", [Performed("c \ud800"), TryLater(0.0, "t \ud800"), Refused(400, "c \ud800", "r \udfff")]
)
def test_whatever_the_host_answers_can_be_kept(answer: Performance) -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {"Answer": [answer]}
        await rig.ring()
        await rig.drive()
        assert rig.log.having("trouble") == []
        assert (await rig.actions())[0].split()[1] == ("refused" if isinstance(answer, Refused) else "done")
        assert "\ud800" not in (await rig.row()).call.connection_id

    run(body)


@pytest.mark.parametrize("answer", [INVALID, TryLater(60.0, "503")], ids=["refused", "given up"])
def test_a_call_that_is_connected_after_all_is_not_left_in_silence(answer: Performance) -> None:
    """The service took the answer although it said otherwise: the script is over, and somebody hears nothing."""

    async def body(rig: Rig) -> None:
        rig.service.answers = {"Answer": [answer]}
        await rig.ring()
        await rig.drive()
        assert (await rig.row()).call.status == "ended"
        sent = len(rig.sent())
        for event_id in ("late", "late again"):
            await rig.give(Connected(NOON, "op1"), event_id=event_id)
            await rig.drive()
        assert rig.sent()[sent:] == ["late-connection HangUp"]
        assert rig.service.sent[-1].connection_id == "connection-a"
        assert rig.engine.gauges().waiting == 0

    run(body, lambda: Rig(text="silent refusal"))


def test_a_repeated_connection_does_not_end_a_call_that_was_handed_over() -> None:
    async def body(rig: Rig) -> None:
        await rig.ring()
        await rig.drive()
        sent = rig.sent()
        assert "Transfer" in sent[-1]
        await rig.give(Connected(NOON, "op1"), event_id="again")
        await rig.drive()
        assert rig.sent() == sent

    run(body, lambda: Rig(text="burst"))


def test_the_age_of_the_oldest_waiting_action(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        assert rig.engine.gauges().oldest == 0.0
        rig.service.answers = {"a Play": [TryLater(4.0, "503")], "b Play": [TryLater(9.0, "503")]}
        await rig.ring("a")
        await rig.deliver_callbacks()
        rig.clock.time = NOON + 3
        await rig.ring("b")
        await rig.deliver_callbacks()
        assert (rig.engine.gauges().waiting, rig.engine.gauges().oldest) == (2, 3.0)
        rig.clock.time = NOON + 5
        await rig.engine.fire_due()
        await rig.deliver_callbacks()
        assert (rig.engine.gauges().waiting, rig.engine.gauges().oldest) == (1, 2.0)

    async def second(rig: Rig) -> None:
        rig.clock.time = NOON + 20
        await rig.engine.start()
        assert rig.engine.gauges().oldest == 8.0  # since it was due: the row itself is not loaded yet
        await rig.drive()
        assert rig.engine.gauges().oldest == 0.0

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


def test_what_waits_is_cancelled_when_the_caller_is_gone_but_for_the_hang_up() -> None:
    async def body(rig: Rig) -> None:
        rig.service.answers = {"Play": [TryLater(5.0, "503")]}
        await rig.ring("a")
        await rig.deliver_callbacks()
        assert await rig.actions("a") == ["op1 done 0", "op2 done 0", "op3 waiting 1", "op4 waiting 0", "op5 waiting 0"]
        await rig.give(Disconnected(NOON, 200, 540000), "a")
        await rig.drive()
        cancelled = ["op3 cancelled 1", "op4 cancelled 0", "op5 cancelled 0"]
        assert await rig.actions("a") == ["op1 done 0", "op2 done 0", *cancelled]
        assert rig.sent("a") == ["op1 Answer", "op2 StartTones", "op3 Play"]
        rig.programs.text = "goodbye"
        rig.service.answers = {"HangUp": [TryLater(5.0, "503")]}
        await rig.ring("b")
        await rig.deliver_callbacks()
        await rig.give(Disconnected(rig.clock.time, 200, 540000), "b")
        await rig.drive()
        assert await rig.actions("b") == ["op1 done 0", "op2 done 0", "op3 done 1"]

    run(body, lambda: Rig(text="burst"))


@pytest.mark.parametrize(
    "answer", [Performed(), TryLater(0.0, "time-out"), INVALID, GONE], ids=lambda answer: type(answer).__name__
)
def test_an_event_that_comes_before_the_answer_proves_the_request(answer: Performance) -> None:
    """The next action goes out at once, and whatever the answer says, the first is not sent again."""

    async def body(rig: Rig) -> None:
        reached = {"before Recognize": asyncio.Event(), "after Play": asyncio.Event()}
        opened = asyncio.Event()

        async def gate(where: str) -> None:
            if where in reached:
                reached[where].set()
            if where == "after Play":
                await opened.wait()

        rig.service.gate = gate
        rig.service.silent = True
        rig.service.late = {"Play": answer}
        await rig.ring()
        await rig.engine.idle()
        await rig.give(Connected(NOON, "op1"))
        await reached["after Play"].wait()
        await rig.give(PlayEnded(NOON, "op2"))
        await reached["before Recognize"].wait()
        opened.set()
        await rig.engine.idle()
        assert rig.sent() == ["op1 Answer", "op2 Play", "op3 Recognize"]
        assert await rig.actions() == ["op1 done 0", "op2 done 0", "op3 done 0"]
        assert (await rig.state()).log == ("CallOffered", "Connected", "PlayEnded:op2")

    run(body)


def test_a_call_has_one_request_in_flight_whatever_comes_meanwhile() -> None:
    async def body(rig: Rig) -> None:
        held = asyncio.Event()
        opened = asyncio.Event()

        async def gate(where: str) -> None:
            if where == "after Play" and not opened.is_set():
                held.set()
                await opened.wait()

        rig.service.gate = gate
        rig.service.silent = True
        await rig.ring()
        await rig.engine.idle()
        await rig.give(Connected(NOON, "op1"))
        await held.wait()
        await rig.give(ToneHeard(NOON, 1, "5"))
        await rig.give(ActionFailed(NOON, "another", 500, 9999))  # the script gives up: a hang-up waits
        assert rig.sent() == ["op1 Answer", "op2 Play"]
        opened.set()
        await rig.engine.idle()
        assert rig.sent() == ["op1 Answer", "op2 Play", "op3 HangUp"]

    run(body)


def test_an_event_of_a_later_action_proves_the_earlier_ones(tmp_path: Path) -> None:
    """For all that the new process knows, two requests were never answered; the second one's outcome arrives first."""
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        await rig.engine.idle()
        rig.service.answers = {"StartTones": [TryLater(1.0, "")]}
        await rig.give(Connected(NOON, "op1"))
        await rig.engine.idle()

    async def second(rig: Rig) -> None:
        await rig.engine.start()
        await rig.give(PlayEnded(NOON, "op3"))
        await rig.engine.idle()
        assert await rig.actions() == ["op1 done 0", "op2 done 1", "op3 done 0", "op4 done 0", "op5 done 0"]
        assert rig.sent() == ["op4 CancelMedia", "op5 Transfer"]

    run(first, lambda: Rig(path, text="burst"))
    run(second, lambda: Rig(path))


def test_what_stands_in_line_is_not_sent_when_it_became_moot() -> None:
    async def body(rig: Rig) -> None:
        opened = asyncio.Event()
        entered = asyncio.Event()

        async def gate(where: str) -> None:
            if where == "before Play":
                entered.set()
                await opened.wait()

        rig.service.gate = gate
        rig.service.silent = True
        for name in ("a", "b"):
            await rig.ring(name)
        await rig.engine.idle()
        for name in ("a", "b"):
            await rig.give(Connected(NOON, "op1"), name)
        await entered.wait()
        await rig.give(Disconnected(NOON, 200, 0), "b")
        opened.set()
        await rig.engine.idle()
        assert (rig.sent("a"), rig.sent("b")) == (["op1 Answer", "op2 Play"], ["op1 Answer"])

    run(body, lambda: Rig(limits=Limits(parallel=1)))


def test_timers_fire_once_and_only_while_they_are_set() -> None:
    async def body(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        assert rig.engine.next_due() == NOON + 60
        await rig.engine.idle()
        await rig.give(Connected(NOON + 1, "op1"))  # clears the watch
        assert rig.engine.next_due() is None
        await rig.give(PlayEnded(NOON + 2, "op2"))
        await rig.give(PlayEnded(NOON + 4, "op3"))  # sets the same timer anew
        assert rig.engine.next_due() == NOON + 14
        rig.clock.time = NOON + 13
        assert await rig.engine.fire_due() == 0
        rig.clock.time = NOON + 14
        assert await rig.engine.fire_due() == 1
        assert await rig.engine.fire_due() == 0
        events = [row.event for row in await rig.store.journal("a") if "TimerFired" in row.event]
        assert events == ['{"$":"TimerFired","at":1800000014.0,"timer":"input","generation":3}']
        assert (await rig.row()).timers == ()

    run(body)


@pytest.mark.parametrize(
    ("event", "timer_first", "log", "dropped", "due"),
    [
        (Recognized(NOON + 10, "op3", 200, 8531, tones="1"), True, ("TimerFired", "Recognized"), False, None),
        (Recognized(NOON + 10, "op3", 200, 8531, tones="1"), False, ("PlayEnded:op2", "Recognized"), True, None),
        # The event sets the timer anew: what is due is the old one.
        (PlayEnded(NOON + 10, "op3"), False, ("PlayEnded:op2", "PlayEnded:op3"), True, NOON + 20),
    ],
)
def test_a_timer_and_an_event_at_the_same_moment(
    event: Event, timer_first: bool, log: tuple[str, ...], dropped: bool, due: float | None
) -> None:
    """Both are in one turn. The one that came first decides; a timer that is cleared or replaced does not fire."""

    async def body(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()
        await rig.engine.idle()
        await rig.give(Connected(NOON, "op1"))
        await rig.give(PlayEnded(NOON, "op2"))
        await rig.engine.idle()
        rig.clock.time = NOON + 10
        tasks = [rig.engine.fire_due(), rig.give(event)]
        await asyncio.gather(*(tasks if timer_first else reversed(tasks)))
        await rig.engine.idle()
        assert (await rig.state()).log[-2:] == log
        assert rig.log.having("stale") == (["a dropped stale_timer TimerFired"] if dropped else [])
        assert rig.engine.next_due() == due
        assert [timer.due for timer in (await rig.row()).timers] == ([] if due is None else [due])

    run(body)


def test_an_overdue_timer_fires_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"

    async def first(rig: Rig) -> None:
        rig.service.silent = True
        await rig.ring()

    async def second(rig: Rig) -> None:
        rig.clock.time = NOON + 500
        await rig.engine.start()
        assert rig.engine.next_due() == NOON + 60
        assert await rig.engine.fire_due() == 1
        assert rig.log.having("step") == ["a step TimerFired"]
        assert TimerFired.__name__ in (await rig.state()).log

    run(first, lambda: Rig(path))
    run(second, lambda: Rig(path))


def test_delays_grow_spread_and_honour_the_host() -> None:
    spread = {delay(f"rid-{number}", 3, 0.0) for number in range(200)}
    assert len(spread) > 190
    assert 0.5 <= min(spread) < 0.6
    assert 0.9 < max(spread) <= 1.0
    assert max(delay("rid", attempt, 0.0) for attempt in range(1, 2000)) <= LONGEST_DELAY
    assert delay("rid", 1, 7.5) == 7.5
