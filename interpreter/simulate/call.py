"""A whole call on a virtual clock: the machine, its other side (`host`), and people who do what is asked.

The definition of time is that of the scenarios: a spoken word takes 0.35 s; the first-input timer starts when the
prompt ends or is interrupted without complete input; the between-digits timer starts after each digit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from interpreter.assessing import Spoken
from interpreter.assessing.words import assess
from interpreter.protocol import (
    ActionFailed,
    Assessed,
    Disconnected,
    Recognize,
    Reported,
    Request,
    ToneHeard,
    Transfer,
    Utterance,
    Value,
    VoiceHeard,
)
from interpreter.simulate.host import Host
from interpreter.simulate.media import key, silence, spoken
from interpreter.simulate.people import TransferEnd, message, seconds_of, usual
from interpreter.simulate.transcript import WORD

UNKNOWN = (500, 9999)
"""Codes of a result that the machine does not know."""
KEY_GAP = 0.2
"""Seconds between keys that are pressed in one action."""


@dataclass(slots=True)
class Simulation(Host):
    """A call, with what the caller and the others in it can do."""

    _message: float = 0.0
    """Seconds that the caller has spoken in a recording."""

    # ---------------------------------------------------------------------------------------------- where it stands

    @property
    def ringing(self) -> str | None:
        """The name of the target that a transfer rings, if the call waits for one."""
        awaited = self._awaited
        return awaited.name if awaited else None

    @property
    def listening(self) -> bool:
        """Whether an input is asked for and the prompt is over."""
        return self._media is not None and self._media.listens and self._media.ends <= self.now

    @property
    def last_prompt_end(self) -> float:
        """When, in seconds since the answer, the last thing said was over."""
        return max((line.end for line in self.lines if line.who == "ivr"), default=0.0)

    @property
    def _awaited(self) -> Transfer | None:
        """The transfer that rings, unless the script has given it up: then it rings on without being waited for."""
        waiting = self.call.waiting
        return self._ringing if self._ringing and waiting and waiting.op == self._ringing.op else None

    # ---------------------------------------------------------------------------------------------- the caller

    def go_on(self) -> bool:
        """Take the next thing that happens by itself. False when nothing does: the caller, or somebody else, has to do
        something first, or the call is over."""
        if not self._begun:
            self._begin()
            return True
        if self._media is not None and self._media.listens and self._media.ends > self.now:
            self._advance(self._media.ends)  # the prompt of a question is said
            return True
        if self.over or self.ringing or self.listening or self._recorder is not None:
            return False
        return self._next()

    def settle(self) -> None:
        """Let the caller listen until an input is asked for, a transfer rings, or the call is over."""
        self._begin()
        while not self.over and not self.ringing and not self.listening and self.asked is None:
            if self._media is not None and self._media.listens:
                self._advance(self._media.ends)
            elif not self._next():
                raise AssertionError("the call waits for nothing")

    def reach(self, into: float | None) -> None:
        """Move to the moment of an action: ``into`` seconds after what is being said began, at once where nothing is
        said; without it once the caller is asked for something."""
        self._begin()
        if into is None:
            self.settle()
        elif self._media is not None:
            self._advance(max(self.now, self._media.started + into))

    def press(self, keys: str, into: float | None = None) -> None:
        """Press keys, one after the other. ``into`` seconds after the current prompt began, else once it is over."""
        self.reach(into)
        secret = self._media is not None and self._media.is_secret
        self._say("caller", f"presses {'*' * len(keys) if secret else keys}")
        for number, each in enumerate(keys):
            if number:
                self._advance(self.now + KEY_GAP)
            if self.over:
                return
            self._key(each)

    def _key(self, pressed: str) -> None:
        if self._tones_on:
            self._tones += 1
            self._later(self.now, ToneHeard(self.now, self._tones, pressed))
        if self._recorder is not None and dict(self._recorder.arguments).get("stop") == pressed:
            self._end_message(self._message_length)
        effect = self._answered()
        if effect is not None and self._media is not None:
            ended = key(self._media, effect, pressed, self.now)
            if ended.at > self.now:
                self._later(ended.at, ended, self._media.number)
            else:
                self._end_media(ended)
        self._due_now()

    def _answered(self) -> Recognize | None:
        """The question that an input counts for now; it stops a prompt that may be interrupted."""
        media = self._media
        if media is None or not isinstance(media.effect, Recognize):
            return None
        if media.ends > self.now:
            if not media.effect.barge_in:
                return None
            self._silence()
            media.ends = self.now
            media.number += 1
            self._later(self.now + media.effect.first, silence(media.effect, self.now), media.number)
        return media.effect

    def speak(self, text: str, into: float | None = None) -> None:
        """Say something. Nobody hears it unless speech is listened for; what is recorded takes its time."""
        self.reach(into)
        if self._recorder is not None:
            self._say("caller", f'says "{text}"')
            self._message += WORD * len(text.split())
            self._advance(self.now + WORD * len(text.split()))
            return
        transcribed = self.call.transcript.state == "on"
        if transcribed:
            self._transcribe(text)
        media = self._media
        waiting = self.call.waiting
        if self.call.audio.state == "on" and waiting is not None and waiting.kind == "prompt" and waiting.interruptible:
            self._say("caller", f'says "{text}"')
            self._give(VoiceHeard(self.now))
            return
        heard = media is not None and media.hears_speech()
        self._say("caller", f'says "{text}"{"" if heard or transcribed else " (nothing listens for speech here)"}')
        effect = self._answered() if heard else None
        if effect is not None:
            self._end_media(spoken(effect, text, self.now))

    def _transcribe(self, text: str) -> None:
        """What a caller says stands in the transcript, and is judged by the word lists, without a site's topics."""
        self._give(Utterance(self.now, "caller", text, self.call.language or self.program.language))
        said = [Spoken(each.who == "caller", each.text) for each in self.events if isinstance(each, Utterance)]
        found = assess(said, self.program.language, {})
        if (found.sentiment, found.topic) != (self.call.heard_sentiment, self.call.heard_topic):
            self._give(Assessed(self.now, found.sentiment, found.topic))

    def speech_fails(self) -> None:
        """The host's recogniser breaks while it listens."""
        self.settle()
        if self._media is None or not self._media.listens:
            return
        self._say("call", "the speech recogniser fails")
        self._end_media(ActionFailed(self.now, self._media.effect.op, 400, 8565, "speech service"))

    def host_fails(self) -> bool:
        """What is being said or asked ends with an error that nobody knows. False where nothing is."""
        self.reach(0.0)
        media = self._media
        if media is None or self.over:
            return False
        self._silence()
        self._say("call", "the telephone service fails")
        self._end_media(ActionFailed(self.now, media.effect.op, *UNKNOWN))
        self._due_now()
        return True

    def silent(self) -> None:
        """Stay silent until the next thing is said, asked or rung, or the call is over."""
        self.settle()
        if self.over:
            return
        waits, rings, asked = self._media, self._awaited, self.asked
        self._say("caller", "stays silent")
        if self._recorder is not None:
            self._hear_nothing(self._recorder.op)
        while (
            not self.over and self._media is waits and self._awaited is rings and self.asked is asked and self._next()
        ):
            pass

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._advance(self.now + seconds)

    def hang_up(self, into: float | None = None) -> None:
        """Hang up: ``into`` seconds after the current prompt began, else once it is over."""
        self.reach(into)
        if self.over:
            return
        if self.is_outbound and self.asked is not None and self.asked.verb == "dial":
            self._say("call", "(hang up: nobody is on the line yet)")
            return
        self._silence()
        self._say("caller", "hangs up")
        records, length = self._recorder is not None, self._message_length
        self._give(Disconnected(self.now, 200, 540000, "ended by the caller"))
        if records and not self.over:  # who records keeps what is long enough, whatever ended it
            self._end_message(length)
        self._due_now()

    # ---------------------------------------------------------------------------------------------- a recorder

    @property
    def _recorder(self) -> Request | None:
        """The recorder that listens to the caller."""
        asked = self.asked
        return asked if asked is not None and asked.verb == "voicemail" else None

    @property
    def _message_length(self) -> float:
        """Seconds of the message: what was said, or, when a test says no words, all the time."""
        if self._recorder is None:
            return 0.0
        return self._message or self.now - self._asked[self._recorder.op][1]

    def _end_message(self, length: float) -> None:
        """What records ends: it reports what it has."""
        self._message = 0.0
        found = [op for op, (request, _) in self._asked.items() if request.verb == "voicemail"]
        if found:
            self._conclude(found[-1], message(length), ())

    def _hear_nothing(self, op: str) -> None:
        """The recorder hears nothing more: it stops after the silence that the script gives, else when it is full."""
        request, began = self._asked[op]
        pause, up_to = seconds_of(request, "silence"), seconds_of(request, "up_to")
        due = self.now + pause if pause is not None else began + (up_to or 0.0)
        length, self._message = self._message, 0.0
        self._later(max(due, self.now), Reported(max(due, self.now), op, message(length)))

    # ---------------------------------------------------------------------------------------------- the others

    def report(self, verb: str, outcome: str, values: tuple[tuple[str, Value], ...] = (), after: float = 0.0) -> bool:
        """Something becomes of what the call has asked the center for, ``after`` seconds from now. False when it waits
        for nothing of that verb."""
        self._begin()
        if not self.over and self.asked is None:
            self.settle()
        found = [op for op, (request, _) in self._asked.items() if request.verb == verb]
        if not found or self.over:
            return False
        self._advance(self.now + after)
        if found[-1] in self._asked and not self.over:
            self._message = 0.0
            self._conclude(found[-1], outcome, values)
            self._due_now()
        return True

    def transfer(self, end: TransferEnd, after: float = 0.0) -> None:
        """The target of the transfer that rings does this, ``after`` seconds from now."""
        self.settle()
        ringing = self._awaited
        if ringing is None:
            return
        self._advance(self.now + after)
        if self._ringing is ringing and not self.over:
            self._end_transfer(ringing, end)

    def answer_late(self, into: float | None = None) -> None:
        """A target that the script has given up, but that still rings, takes the call: ``into`` seconds after the
        current prompt began, else once it is over."""
        self.reach(into)
        if self._ringing is not None and not self.over:
            self._end_transfer(self._ringing, "answered")

    def to_the_end(self) -> None:
        """The caller stays silent, every transfer that rings is answered and the rest ends as one would wish, until the
        call is over."""
        self._begin()
        while not self.over:
            if self._awaited is not None:
                self.transfer("answered")
            elif self.asked is not None:
                self.report(self.asked.verb, *usual(self.asked))
            elif not self._next():
                raise AssertionError("the call waits for nothing")


def heard(simulation: Simulation) -> Iterator[str]:
    """What the caller has heard so far, in order."""
    return (line.text for line in simulation.lines if line.who == "ivr")
