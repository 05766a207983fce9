"""Recording a call: the notice with outcomes, and a pause that is refused, late, or answered too early."""

from __future__ import annotations

import pytest
from machine_rig import Fed, call, of, program, seconds

from interpreter.machine import recording
from interpreter.protocol import (
    ActionRefused,
    Play,
    PlayEnded,
    Recognize,
    RecordingChanged,
    Reported,
    Request,
    SetTimer,
    TimerFired,
)

NOTICE = "This call is recorded from now on."
SCRIPT = f"""\
ivr 1

flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish left
    on system error  -> broken

step first
    record call start notice "{NOTICE}"
        started -> on
        refused -> off
        failed  -> broken

step on
    say "It runs."
    finish started

step off
    say "It does not."
    finish refused

step broken
    say "Sorry."
    finish failed
"""
PAUSES = """\
ivr 1

flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    record call
    on caller hangup -> finish left
    on system error  -> sorry

step first
    record call pause
        started           -> card
        refused or failed -> sorry

collect card
    into secret number
    prompt "Card?"
    digits 16
    no input "Hello?"
    no match "Sorry?"
    accepted      -> sorry
    after 3 tries -> sorry

step sorry
    record call resume
    say "Sorry."
    finish done
"""


def the(fed: Fed, action: str) -> str:
    """The operation of the latest request of this kind."""
    return [each.op for each in of(fed.effects, Request) if each.verb == "record" and each.name == action][-1]


def fire(fed: Fed, timer: str) -> None:
    found = [each for each in of(fed.effects, SetTimer) if each.timer == timer][-1]
    fed.now = found.due
    fed.give(TimerFired(fed.now, timer, found.generation))


def begun(text: str) -> Fed:
    fed = Fed(program(text)).connect()
    fed.now += 1.0
    return fed


def test_the_notice_is_said_while_the_host_is_asked_and_to_its_end() -> None:
    simulation = call(program(SCRIPT))
    prompts = [(line.t, line.text) for line in simulation.lines if line.who == "ivr"]
    assert [text for _, text in prompts] == [NOTICE, "It runs."]
    assert prompts[1][0] == pytest.approx(prompts[0][0] + seconds(NOTICE))


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("started", "started"),
        ("refused", "refused"),
        ("failed", "failed"),
    ],
)
def test_what_the_host_says_is_taken_behind_the_notice(answer: str, outcome: str) -> None:
    fed = begun(SCRIPT)
    [notice] = of(fed.effects, Play)
    assert NOTICE in str(notice.prompts)
    fed.give(Reported(fed.now, the(fed, "start"), answer))
    assert fed.took() == [], "it is said to its end first"
    fed.give(PlayEnded(fed.now + seconds(NOTICE), notice.op))
    assert fed.took()[:1] == [outcome]


def test_a_notice_that_ends_first_holds_nothing_up() -> None:
    fed = begun(SCRIPT)
    [notice] = of(fed.effects, Play)
    fed.give(PlayEnded(fed.now, notice.op))
    fed.give(Reported(fed.now, the(fed, "start"), "started"))
    assert fed.took() == ["started"]


def test_silence_of_the_host_is_a_failure_behind_the_notice() -> None:
    fed = begun(SCRIPT)
    [notice] = of(fed.effects, Play)
    fed.give(PlayEnded(fed.now, notice.op))
    fire(fed, "limit")
    assert fed.took()[-1] == "failed"


REFUSALS = [
    (ActionRefused(0.0, "", 400, "8553", "a recording is in progress"), "refused"),
    (ActionRefused(0.0, "", 400, "8559", "a duplicate"), "refused"),
    (ActionRefused(0.0, "", 403, "7605", "unauthorised"), "refused"),
    (ActionRefused(0.0, "", 403, "Forbidden", "no"), "refused"),
    (ActionRefused(0.0, "", 400, "8573", "not now"), "failed"),
    (ActionRefused(0.0, "", 0, "unreachable", ""), "failed"),
    (RecordingChanged(0.0, "rec", "failed", 500, 9999, "Unknown internal server error."), "failed"),
    (RecordingChanged(0.0, "rec", "failed", 400, 8553, "A duplicate."), "refused"),
    (RecordingChanged(0.0, "rec", "failed"), "failed"),
]


@pytest.mark.parametrize(("event", "outcome"), REFUSALS, ids=[f"{e}"[:60] for e, _ in REFUSALS])
def test_what_the_host_does_not_allow_is_refused_and_the_rest_has_failed(
    event: ActionRefused | RecordingChanged, outcome: str
) -> None:
    fed = begun(SCRIPT)
    [notice] = of(fed.effects, Play)
    fed.give(PlayEnded(fed.now, notice.op))
    op = the(fed, "start")
    if isinstance(event, ActionRefused):
        fed.give(ActionRefused(fed.now, op, event.status, event.code, event.reason))
    else:
        fed.give(RecordingChanged(fed.now, event.recording, event.state, event.code, event.sub_code, event.reason))
    assert fed.took()[-1] == outcome
    assert fed.state.recording == "", "nothing runs that would have to be paused"


def test_a_refused_pause_leaves_the_recording_as_it_is() -> None:
    fed = begun(PAUSES)
    fed.give(RecordingChanged(fed.now, "rec", "active"))
    fed.give(ActionRefused(fed.now, the(fed, "pause"), 500, "9999", "no"))
    assert fed.took()[0] == "failed"
    assert fed.state.recording == "on"
    resumes = [each for each in of(fed.effects, Request) if each.name == "resume"]
    assert resumes == [], "it goes on all the time"


def test_a_pause_that_comes_too_late_is_taken_back() -> None:
    fed = begun(PAUSES)
    fed.give(RecordingChanged(fed.now, "rec", "active"))
    began = fed.now
    fire(fed, "limit")
    assert fed.now - began <= recording.CONFIRMED_WITHIN
    assert fed.took()[-1] == "failed"
    the(fed, "resume")
    fed.give(RecordingChanged(fed.now, "rec", "inactive"))
    fed.give(RecordingChanged(fed.now, "rec", "active"))
    assert fed.state.recording == "on"
    assert of(fed.effects, Recognize) == [], "nothing secret was asked for"


def test_a_secret_behind_a_pause_that_was_refused_is_paused_for_again() -> None:
    # The script looks at no outcome: the secret itself still does.
    text = PAUSES.replace("        started           -> card\n        refused or failed -> sorry\n", "    go to card\n")
    fed = begun(text)
    fed.give(RecordingChanged(fed.now, "rec", "active"))
    first = the(fed, "pause")
    fed.give(ActionRefused(fed.now, first, 400, "8573", "no"))
    second = the(fed, "pause")
    assert second != first
    assert of(fed.effects, Recognize) == []
    fed.give(RecordingChanged(fed.now, "rec", "inactive"))
    assert len(of(fed.effects, Recognize)) == 1
