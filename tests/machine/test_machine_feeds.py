"""Transcript and audio of a call: what the script asks for, what the host confirms, and that a secret meets neither."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from machine_rig import MONDAY, program

from dsl import Program
from interpreter.machine import Call, begin, step
from interpreter.protocol import (
    ActionRefused,
    Answer,
    Assessed,
    CallOffered,
    CancelMedia,
    ClearTimer,
    Connected,
    Effect,
    Event,
    Play,
    PlayEnded,
    PlayStreams,
    Recognize,
    Recognized,
    Reported,
    Request,
    Secret,
    SetTimer,
    TimerFired,
    Utterance,
    VoiceHeard,
)

HEAD = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    {record}on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
{opening}
    go to pin

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> second
    after 1 tries -> more

collect second
    into secret code
    prompt "Enter your code."
    digits 4
    check crm.pin_ok(caller.number, code) otherwise "That code is not right."
    no input "I did not get any digits."
    no match "Your code has four digits."
    accepted      -> more
    after 1 tries -> more

menu more
    prompt "Press 2 to end."
    press 2 -> sorry
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

step sorry
    say "Goodbye."
    finish done

data crm
    check pin_ok(id text, pin secret)
"""


def script(opening: str, record: str = "") -> Program:
    """A call that begins so, then asks for two secrets, then for a key."""
    lines = "\n".join(f"    {line}" for line in opening.split("; "))
    return program(HEAD.format(opening=lines, record=f'record call notice "{record}"\n    ' if record else ""))


@dataclass
class Talk:
    """A call that is fed event by event."""

    script: Program
    call: Call = field(default_factory=lambda: begin("c"))
    at: float = MONDAY
    effects: list[Effect] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    """What was asked of the host about recording, transcript and audio, and each question with `?`."""

    def give(self, event: Event) -> None:
        moved = step(self.script, self.call, event)
        self.call = moved.call
        self.effects = list(moved.effects)
        for effect in moved.effects:
            if isinstance(effect, Request):
                self.log.append(f"{effect.verb} {effect.name}")
            elif isinstance(effect, Recognize):
                self.log.append("?")

    def begin(self) -> Talk:
        self.give(CallOffered(self.at, "+14255550100", "+18005550100"))
        [answer] = [each for each in self.effects if isinstance(each, Answer)]
        self.give(Connected(self.at, answer.op))
        return self

    @property
    def op(self) -> str:
        """The operation of the latest request."""
        return next(each.op for each in reversed(self.effects) if isinstance(each, Request))

    def becomes(self, outcome: str) -> None:
        """The host answers what was asked for last."""
        self.give(Reported(self.at, self.op, outcome))

    def refused(self, status: int = 400) -> None:
        self.give(ActionRefused(self.at, self.op, status, "8578"))

    def late(self) -> None:
        """Nothing is answered in time."""
        [armed] = [each for each in self.call.armed if each[0] == "limit"]
        self.give(TimerFired(self.at + 3.0, *armed))


STARTED = "transcribe call start; stream audio start"


def test_the_host_is_told_when_it_answers_what_may_be_asked_for() -> None:
    def answer(opening: str) -> Answer:
        talk = Talk(script(opening))
        talk.give(CallOffered(MONDAY, "+14255550100", "+18005550100"))
        [found] = [each for each in talk.effects if isinstance(each, Answer)]
        return found

    assert (answer(STARTED).transcribes, answer(STARTED).streams) == ("en-US", True)
    assert (answer("stream audio stop").transcribes, answer("stream audio stop").streams) == ("", True)
    assert (answer('say "Hello."').transcribes, answer('say "Hello."').streams) == ("", False)


def test_each_of_the_three_is_confirmed_to_be_off_before_a_secret_and_comes_back_behind() -> None:
    talk = Talk(script("transcribe call start", record="This call may be recorded.")).begin()
    play = next(each for each in talk.effects if isinstance(each, Play))
    assert talk.log == ["record start"]
    talk.give(PlayEnded(talk.at, play.op))
    assert talk.log == ["record start", "transcribe start", "transcribe stop"]
    talk.becomes("started")
    assert talk.log[3:] == ["record pause"], "one after the other"
    assert talk.call.transcript.state == "off"
    talk.becomes("started")
    assert talk.log[4:] == ["?"]


@pytest.mark.parametrize("outcome", ["failed", "refused"])
def test_a_secret_is_not_asked_for_while_it_is_not_known_that_nobody_listens(outcome: str) -> None:
    talk = Talk(script("transcribe call start")).begin()
    talk.becomes(outcome)
    assert "?" not in talk.log
    assert talk.call.block == "sorry"
    assert talk.call.transcript.state == "on", "what did not stop runs"
    silent = Talk(script("transcribe call start")).begin()
    silent.late()
    assert "?" not in silent.log
    assert silent.log[-1] == "transcribe start", "whatever has become of the stop, the script wants it to run"
    assert silent.call.transcript.doubt
    silent.refused()
    assert silent.call.transcript.state == "on", "it may have run all the time"


def test_two_secrets_in_a_row_stop_it_once_and_it_comes_back_once() -> None:
    talk = Talk(script("transcribe call start")).begin()
    talk.becomes("started")
    for _ in range(2):
        [asked] = [each for each in talk.effects if isinstance(each, Recognize)]
        talk.give(Recognized(talk.at, asked.op, 200, 8531, secret=Secret("r", 4)))
        talk.becomes("yes")
    wanted = ["transcribe start", "transcribe stop", "?", "check crm.pin_ok", "?", "check crm.pin_ok"]
    assert talk.log == [*wanted, "transcribe start", "?"]
    assert talk.call.transcript.state == "starting"


def test_a_feed_that_comes_up_in_the_middle_of_a_secret_is_stopped_at_once() -> None:
    talk = Talk(script("stream audio stop; transcribe call start")).begin()
    start = next(each.op for each in talk.effects if isinstance(each, Request) and each.name == "start")
    talk.give(Reported(talk.at, talk.op, "started"))  # it is known to be off
    talk.give(Reported(talk.at, start, "started"))  # an old answer, of an operation that nobody asks about any more
    assert talk.call.transcript.state == "off"
    again = Talk(script("transcribe call start")).begin()
    again.refused()  # the stop: nothing to stop
    assert again.call.block == "sorry"


def test_a_transcript_that_failed_long_after_it_began_does_not_run() -> None:
    talk = Talk(program(PLAIN)).begin()
    op = talk.op
    talk.give(Reported(talk.at, op, "started"))
    assert talk.call.transcript.state == "on"
    talk.give(Reported(talk.at, op, "failed"))
    assert (talk.call.transcript.state, talk.call.transcribing) == ("off", False)
    talk.give(Reported(talk.at, op, "started"))
    assert (talk.call.transcript.state, talk.call.transcribing) == ("on", True), "the service has connected again"


def test_the_answer_to_the_request_may_be_lost_when_the_host_has_confirmed_it() -> None:
    talk = Talk(program(PLAIN)).begin()
    op = talk.op
    talk.give(Reported(talk.at, op, "started"))
    talk.give(ActionRefused(talk.at, op, 400, "8523"))
    assert talk.call.transcript.state == "on"


def test_what_is_so_already_is_not_asked_for_again() -> None:
    talk = Talk(
        program(PLAIN.replace("    wait 60s", "    transcribe call start\n    stream audio stop\n    wait 60s"))
    )
    talk.begin()
    assert talk.log == ["transcribe start"]


def test_a_refusal_that_means_that_it_may_not_be_takes_that_route() -> None:
    routed = PLAIN.replace(
        "    transcribe call start\n    wait 60s\n    go to sorry",
        '    transcribe call start\n        started -> sorry\n        refused "It may not be." -> sorry\n'
        '        failed "It did not work." -> sorry',
    )

    def heard(status: int) -> str:
        talk = Talk(program(routed)).begin()
        talk.refused(status)
        [play] = [each for each in talk.effects if isinstance(each, Play)]
        return getattr(play.prompts[0], "text", "")

    assert heard(403) == "It may not be."
    assert heard(400) == "It did not work."


def test_an_utterance_changes_nothing() -> None:
    talk = Talk(program(PLAIN)).begin()
    before = talk.call
    talk.give(Utterance(talk.at, "caller", "Hello.", "en-US"))
    assert talk.call == before
    assert talk.effects == []


PLAIN = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    transcribe call start
    wait 60s
    go to sorry

step sorry
    say "Goodbye."
    finish done
"""


BARGE_IN = """\
ivr 1
flow main for "Contoso"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    stream audio start
    say "This may be interrupted."
    say "This may not." cannot be interrupted
    go to sorry

step sorry
    say "Goodbye."
    finish done
"""


def test_a_voice_interrupts_what_may_be_interrupted_while_the_audio_is_known_to_come() -> None:
    talk = Talk(program(BARGE_IN)).begin()
    op = next(each.op for each in talk.effects if isinstance(each, Request))
    talk.give(VoiceHeard(talk.at))
    assert talk.effects == [], "nobody can have heard a voice: the host has not confirmed that it streams"
    talk.give(Reported(talk.at, op, "started"))
    talk.give(VoiceHeard(talk.at))
    assert [type(each) for each in talk.effects if isinstance(each, CancelMedia | Play)] == [CancelMedia, Play]
    talk.give(VoiceHeard(talk.at))
    assert talk.effects == []


def test_what_is_made_of_a_call_is_there_for_the_script() -> None:
    talk = Talk(program(PLAIN)).begin()
    talk.give(Assessed(talk.at, "negative", "invoice"))
    assert (talk.call.heard_sentiment, talk.call.heard_topic) == ("negative", "invoice")


def test_what_is_streamed_into_the_call_ends_by_its_length_alone() -> None:
    talk = Talk(program(BARGE_IN)).begin()
    [play] = [each for each in talk.effects if isinstance(each, Play)]
    talk.give(PlayStreams(talk.at, play.op, 6.0))
    [timer] = [each for each in talk.effects if isinstance(each, SetTimer)]
    assert timer.due == talk.at + 6.0
    fired = TimerFired(timer.due, timer.timer, timer.generation)
    talk.give(fired)
    assert [type(each) for each in talk.effects if isinstance(each, CancelMedia | Play)] == [Play], "the next sentence"
    before = talk.call
    talk.give(fired)
    assert talk.call == before, "a timer that fires twice"


def test_what_was_cut_off_does_not_end_again() -> None:
    talk = Talk(program(BARGE_IN)).begin()
    start = next(each.op for each in talk.effects if isinstance(each, Request))
    [play] = [each for each in talk.effects if isinstance(each, Play)]
    talk.give(Reported(talk.at, start, "started"))
    talk.give(PlayStreams(talk.at, play.op, 6.0))
    [timer] = [each for each in talk.effects if isinstance(each, SetTimer)]
    talk.give(VoiceHeard(talk.at + 1.0))
    assert any(isinstance(each, ClearTimer) and each.timer == timer.timer for each in talk.effects)
    waits = talk.call.waiting
    talk.give(TimerFired(timer.due, timer.timer, timer.generation))
    assert talk.call.waiting == waits, "the sentence behind it is still being said"
