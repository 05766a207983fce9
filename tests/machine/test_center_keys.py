"""Keys that hold anywhere in the flow, while a caller waits for somebody or answers a survey."""

from __future__ import annotations

import pytest
from machine_rig import Fed, call, of, program

from interpreter.protocol import (
    ActionFailed,
    Recognize,
    Recognized,
    Reported,
    StartTones,
    StopTones,
    ToneHeard,
    Withdraw,
)

HEAD = """\
ivr 1
flow main
    timezone "America/New_York"
    press 9 anywhere -> out
    on caller hangup -> finish abandoned
    on system error  -> out

"""
TAIL = """
step out
    say "You are removed."
    finish removed
"""
QUEUE = """\
queue line
    music "hold"
    press 1 from 30s "To leave, press 1." -> out
    answered                                  -> out
    waited 10m or no agents or full or failed -> out
"""
PLAIN = QUEUE.replace('    press 1 from 30s "To leave, press 1." -> out\n', "")
CONSULT = """\
consult colleague
    with expert sme
    music "hold"
    joined                                         -> out
    declined or no answer or not allowed or failed -> out
"""
ACCEPT = """\
transfer ask
    to teams user anna
    accept "A call. Press 1 to accept, 2 to decline."
    music "hold"
    answered                                -> finish handled
    no answer or busy or declined or failed -> out
"""
SURVEY = """\
survey questions
    ask rating "On a scale from 1 to 5, how was it?" keys 1 to 5
    done    -> out
    skipped -> out
"""
WAITING = {"queue": QUEUE, "queue without keys": PLAIN, "consult": CONSULT, "transfer": ACCEPT}


def live(block: str) -> Fed:
    return Fed(program(HEAD + block + TAIL)).connect()


@pytest.mark.parametrize("block", WAITING)
def test_the_key_leads_away_and_takes_the_request_back(block: str) -> None:
    waiting = live(WAITING[block])
    request = waiting.op
    assert len(of(waiting.effects, StartTones)) == 1
    waiting.give(ToneHeard(waiting.now + 5.0, 1, "9"))
    assert [each.request for each in of(waiting.effects, Withdraw)] == [request]
    assert len(of(waiting.effects, StopTones)) == 1
    assert waiting.state.block == "out"
    assert "press 9 anywhere" in waiting.took()


@pytest.mark.parametrize("block", WAITING)
def test_the_same_key_told_twice_and_another_key_change_nothing(block: str) -> None:
    waiting = live(WAITING[block])
    waiting.give(ToneHeard(waiting.now + 5.0, 1, "7"))
    waiting.give(ToneHeard(waiting.now + 6.0, 1, "9"))
    assert of(waiting.effects, Withdraw) == [], "this one was taken before"
    waiting.give(ToneHeard(waiting.now + 7.0, 2, "9"))
    waiting.give(ToneHeard(waiting.now + 7.0, 2, "9"))
    assert len(of(waiting.effects, Withdraw)) == 1


@pytest.mark.parametrize("block", ["queue", "queue without keys", "consult"])
def test_nothing_is_heard_while_somebody_talks(block: str) -> None:
    waiting = live(WAITING[block])
    waiting.give(Reported(waiting.now, waiting.op, "connected"))
    assert len(of(waiting.effects, StopTones)) == 1
    waiting.give(ToneHeard(waiting.now + 5.0, 1, "9"))
    assert of(waiting.effects, Withdraw) == []
    assert waiting.state.block != "out"


@pytest.mark.parametrize("outcome", ["answered", "declined"])
def test_tones_are_not_heard_any_more_when_the_target_has_decided(outcome: str) -> None:
    waiting = live(ACCEPT)
    waiting.give(Reported(waiting.now, waiting.op, outcome))
    assert len(of(waiting.effects, StopTones)) == 1


def test_a_survey_takes_the_key_that_is_no_answer() -> None:
    asked = live(SURVEY)
    [question] = of(asked.effects, Recognize)
    asked.give(Recognized(asked.now + 3.0, question.op, 200, 8531, tones="9"))
    assert asked.state.block == "out"


def test_a_key_that_is_an_answer_is_one() -> None:
    asked = Fed(program(HEAD.replace("press 9", "press 5") + SURVEY + TAIL)).connect()
    [question] = of(asked.effects, Recognize)
    asked.give(ActionFailed(asked.now + 8.0, question.op, 400, 8510))
    again = of(asked.effects, Recognize)[-1]
    asked.give(Recognized(asked.now + 9.0, again.op, 200, 8531, tones="5"))
    assert dict(asked.state.variables)["rating"] == 5.0


def test_a_queue_to_which_the_key_leads_is_not_left_by_it() -> None:
    text = HEAD.replace("press 9 anywhere -> out", "press 9 anywhere -> line") + PLAIN + TAIL
    waiting = Fed(program(text)).connect()
    assert of(waiting.effects, StartTones) == [], "no key means anything"


def test_the_simulator_and_go_back() -> None:
    back = TAIL + '\nstep help\n    say "Please wait a little longer."\n    go back\n'
    text = HEAD.replace("press 9 anywhere -> out", "press 9 anywhere -> help") + PLAIN + back
    done = call(program(text), "wait 20s; press 9; wait 60s; queue no agents")
    blocks = [trace.block for trace in done.trace if trace.kind == "entered"]
    assert blocks[:3] == ["line", "help", "line"]
