"""The attempts of a call that we make, event by event: what the host tells in whatever order, late, or not at all."""

from __future__ import annotations

import pytest
from machine_rig import MONDAY, Fed, of, program, sample

from interpreter.journal import CALLS, PROTOCOL, replay
from interpreter.protocol import (
    ActionRefused,
    CallStarted,
    Connected,
    Day,
    Disconnected,
    HangUp,
    LineEnded,
    Play,
    Recognize,
    Reported,
    Request,
    SetTimer,
    TimeOfDay,
    TimerFired,
    UseLine,
    Withdraw,
)

REMINDER = program(sample("s10_reminder"))
ANA = "+14255550111"
VALUES = (("name", "Ana"), ("number", ANA), ("day", Day("2026-03-04")), ("time", TimeOfDay(600)))


def started(**more: float) -> Fed:
    fed = Fed(REMINDER)
    fed.give(CallStarted(fed.now, VALUES, (), "+14255550115", **more))
    return fed


def ringing(connection: str = "c-1") -> Fed:
    fed = started()
    fed.give(Reported(fed.now, fed.op, "ringing", (("connection", connection),)))
    return fed


def ended(fed: Fed, op: str, why: str, connection: str = "c-1") -> None:
    fed.give(LineEnded(fed.now, op, connection, 480, 0, why))  # type: ignore[arg-type]


def due(fed: Fed, name: str) -> None:
    """A timer of this name fires, as it was set last."""
    timer = [each for each in of(fed.effects, SetTimer) if each.timer == name][-1]
    fed.now = timer.due
    fed.give(TimerFired(timer.due, timer.timer, timer.generation))


def asked(fed: Fed) -> list[Request]:
    return [each for each in of(fed.effects, Request) if each.verb == "dial"]


def test_who_answers_is_the_line() -> None:
    fed = ringing()
    op = fed.op
    fed.give(Connected(fed.now, op, "c-1"))
    assert of(fed.steps[-1].effects, UseLine) == [UseLine("c-1", ANA)]
    assert of(fed.steps[-1].effects, Recognize)
    assert (fed.state.caller, fed.state.called, fed.state.block) == (ANA, "+14255550115", "who_is_there")
    fed.give(LineEnded(fed.now, op, "c-1", 200, 560000, "failed"))
    assert fed.end is not None
    assert (fed.end.ending, fed.end.result) == ("abandoned", "abandoned")
    assert not of(fed.steps[-1].effects, HangUp), "nobody is there any more"


@pytest.mark.parametrize("times", [1, 2])
def test_a_failure_that_is_told_twice_counts_once(times: int) -> None:
    fed = ringing()
    op = fed.op
    for _ in range(times):
        ended(fed, op, "busy")
    assert len(asked(fed)) == 1
    due(fed, "again")
    assert fed.now == MONDAY + 7200.0
    assert len(asked(fed)) == 2
    assert asked(fed)[0].arguments == asked(fed)[1].arguments
    assert fed.took() == []


def test_attempts_are_counted_and_end() -> None:
    fed = started()
    for _ in range(3):
        ended(fed, fed.op, "no answer")
        if not fed.state.finished:
            due(fed, "again")
    assert len(asked(fed)) == 3
    assert fed.end is not None
    assert fed.end.result == "not_reached"


@pytest.mark.parametrize("why", ["invalid", "failed"])
def test_what_the_next_hour_does_not_cure_is_not_tried_again(why: str) -> None:
    fed = ringing()
    ended(fed, fed.op, why)
    assert fed.took()[0] == why
    assert len(asked(fed)) == 1


def test_ringing_is_limited_and_whoever_picks_up_too_late_is_not_the_line() -> None:
    fed = ringing()
    op = fed.op
    due(fed, "ring")
    assert fed.now == MONDAY + 25.0
    assert [each.connection for each in of(fed.steps[-1].effects, HangUp)] == ["c-1"]
    fed.give(Connected(fed.now, op, "c-1"))
    assert not of(fed.effects, UseLine)
    ended(fed, op, "failed")
    due(fed, "again")
    assert len(asked(fed)) == 2, "it counts as unanswered, whatever the host calls it"


def test_an_end_that_the_host_never_tells_is_waited_for_in_vain_but_not_for_ever() -> None:
    fed = ringing()
    due(fed, "ring")
    due(fed, "watch")
    due(fed, "again")
    assert len(asked(fed)) == 2


def test_an_earlier_attempt_that_is_answered_after_all_is_hung_up() -> None:
    fed = ringing()
    op = fed.op
    ended(fed, op, "busy")
    fed.give(Connected(fed.now, op, "c-1"))
    assert [each.connection for each in of(fed.steps[-1].effects, HangUp)] == ["c-1"]
    due(fed, "again")
    fed.give(Connected(fed.now, fed.op, "c-2"))
    assert of(fed.effects, UseLine) == [UseLine("c-2", ANA)]
    ended(fed, op, "busy", "c-1")
    assert not fed.state.finished, "the end of an earlier attempt is not the end of the line"


def test_an_answer_before_the_reply_of_the_request_is_an_answer() -> None:
    fed = started()
    op = fed.op
    fed.give(Connected(fed.now, op, "c-1"))
    fed.give(Reported(fed.now, op, "ringing", (("connection", "c-1"),)))
    assert of(fed.effects, UseLine) == [UseLine("c-1", ANA)]
    assert fed.state.block == "who_is_there"


def test_what_is_too_early_waits_and_counts_as_no_attempt() -> None:
    fed = started()
    for hour in (1.0, 2.0):
        fed.give(Reported(fed.now, fed.op, "later", (("at", MONDAY + hour * 3600.0),)))
        due(fed, "again")
        assert fed.now == MONDAY + hour * 3600.0
    for _ in range(3):
        ended(fed, fed.op, "busy")
        if not fed.state.finished:
            due(fed, "again")
    assert len(asked(fed)) == 5


def test_a_refusal_of_the_host_is_a_failure_and_one_of_the_policy_says_so() -> None:
    fed = started()
    fed.give(ActionRefused(fed.now, fed.op, 403, "7504"))
    assert fed.took()[0] == "failed"
    fed = started()
    fed.give(Reported(fed.now, fed.op, "invalid", reason="this number wants no more calls"))
    assert fed.took()[0] == "invalid"


def test_nothing_is_asked_before_its_time() -> None:
    fed = started(not_before=MONDAY + 60.0)
    assert not asked(fed)
    due(fed, "start")
    assert fed.now == MONDAY + 60.0
    assert len(asked(fed)) == 1


def test_a_call_that_is_taken_back_stops_its_ringing() -> None:
    fed = ringing()
    fed.give(Disconnected(fed.now, 0, 0, "ended by the operator"))
    assert [each.connection for each in of(fed.effects, HangUp)] == ["c-1"]
    fed = started()
    op = fed.op
    fed.give(Disconnected(fed.now, 0, 0, "ended by the operator"))
    assert [each.request for each in of(fed.effects, Withdraw)] == [op], "the request may be on its way"
    assert not of(fed.effects, Play)


def test_a_journal_of_attempts_is_kept_and_replays() -> None:
    fed = ringing()
    ended(fed, fed.op, "busy")
    due(fed, "again")
    fed.give(Connected(fed.now, fed.op, "c-2"))
    kept = [PROTOCOL.decode(PROTOCOL.encode(event)) for event in fed.events]
    assert replay(REMINDER, "c", kept)[-1].call == fed.state  # type: ignore[arg-type]
    assert CALLS.decode(CALLS.encode(fed.state)) == fed.state
