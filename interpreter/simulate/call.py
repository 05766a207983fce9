"""A whole call on a virtual clock: the machine, a host that does what the service does, and a caller who does what
is asked.

Theory of operation: `Simulation` keeps a queue of things that will happen (ends of prompts, time-outs, timers) and
takes them in order of time; nothing ever waits. The caller's actions come from outside, between two of these. Time
only moves when an action asks for it, so an action may still interrupt the prompt that has just begun.

The definition of time is that of the scenarios: a spoken word takes 0.35 s; the first-input timer starts when the
prompt ends or is interrupted without complete input; the between-digits timer starts after each digit.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, assert_never

from dsl import Program
from dsl.analysis.outcomes import VERBS
from interpreter.machine import Call, Trace, begin, step
from interpreter.machine.results import TransferOutcome
from interpreter.protocol import (
    SECRET_MARK,
    ActionFailed,
    Answer,
    CallOffered,
    CallStarted,
    CancelMedia,
    ClearTimer,
    Connected,
    Disconnected,
    Effect,
    Event,
    Finished,
    HangUp,
    Play,
    PlayAudio,
    PlayEnded,
    Prompt,
    Recognize,
    Recognized,
    Reject,
    Reported,
    Request,
    SayText,
    SetTimer,
    StartTones,
    StopTones,
    TimerFired,
    ToneHeard,
    Transfer,
    TransferAccepted,
    Value,
    Withdraw,
)
from interpreter.simulate.world import SILENT, World, told
from interpreter.vault import Vault

WORD = 0.35
"""Seconds that a spoken word takes."""
AUDIO = 2.0
"""Seconds that a recording takes: its real length is not known offline."""
KEY_GAP = 0.2
"""Seconds between keys that are pressed in one action."""
RINGS = 60.0
"""Seconds that the host lets a transfer ring."""
LONGEST = 6 * 3600.0
"""Virtual seconds after which a call that does not end is given up as stuck."""

_CODES: dict[TransferOutcome, tuple[int, int]] = {
    "no answer": (480, 560480),
    "busy": (486, 560486),
    "declined": (603, 560603),
    "failed": (404, 560404),
}
CONFLICT = (409, 8607)
"""Result of a transfer while another one rings: nothing withdraws a transfer, so one that the script has given up rings
on until the host's own limit."""
TransferEnd: TypeAlias = Literal["answered", "no answer", "busy", "declined", "failed"]

CENTER: dict[str, tuple[str, ...]] = {
    "queue": ("position", "connected", *(o.name for o in VERBS["queue"] if o.name != "waited")),
    "voicemail": tuple(o.name for o in VERBS["voicemail"]),
    "callback": tuple(o.name for o in VERBS["callback"]),
    "consult": ("connected", *(o.name for o in VERBS["consult"])),
    "pay": tuple(o.name for o in VERBS["pay"]),
    "dial": tuple(o.name for o in VERBS["dial"]),
    "transfer": tuple(o.name for o in VERBS["transfer"]),
}
"""What people and other parts of the house can report of the center's requests, by verb."""
_USUAL = {
    "queue": "answered",
    "voicemail": "saved",
    "callback": "scheduled",
    "consult": "joined",
    "pay": "paid",
    "dial": "answered",
    "transfer": "answered",
}
"""What becomes of a request of which a plan says nothing."""
NOT_THE_END = ("position", "connected")
SHORT_MESSAGE = 2.0
"""Seconds: what is shorter is no message (scenario S7)."""


@dataclass(slots=True)
class Line:
    """One line of the transcript. ``t`` and ``end`` are seconds since the answer.

    ``who``: ``ivr`` for what the caller hears, ``caller`` for what the caller does, ``call`` for what happens to the
    call.
    """

    t: float
    end: float
    who: Literal["ivr", "caller", "call"]
    text: str
    block: str = ""
    interrupted: bool = False


@dataclass(slots=True)
class _Media:
    """The prompt or question that the host is busy with. ``starts`` are the lines of the transcript with their own
    ends."""

    effect: Play | Recognize
    started: float
    ends: float
    lines: list[Line]
    tones: str = ""
    number: int = 0

    @property
    def listens(self) -> bool:
        return isinstance(self.effect, Recognize)


@dataclass(slots=True)
class Simulation:
    """A call against ``program`` that is answered at ``start`` (epoch seconds)."""

    program: Program
    start: float
    caller: str = "+14255550100"
    called: str = "+18005550100"
    switches: tuple[tuple[str, bool], ...] = ()
    world: World = field(default_factory=World)
    arguments: tuple[tuple[str, Value], ...] = ()
    """The parameters of an outbound flow."""
    call: Call = field(init=False)
    lines: list[Line] = field(default_factory=list)
    trace: list[Trace] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    now: float = field(init=False)
    end: Finished | None = None
    _queue: list[tuple[float, int, Event, int]] = field(default_factory=list)
    _media: _Media | None = None
    _ringing: Transfer | None = None
    _count: int = 0
    _tones_on: bool = False
    _tones: int = 0
    _timers: dict[str, tuple[int, float]] = field(default_factory=dict)
    _asked: dict[str, tuple[Request, float]] = field(default_factory=dict)
    """The center's requests that are under way, with the time at which they began."""
    _vault: Vault = field(default_factory=Vault)
    _begun: bool = False
    _slow: dict[str, str] = field(default_factory=dict)
    """What is told of answers that take their time, once they are there."""

    def __post_init__(self) -> None:
        self.call = begin("simulated")
        self.now = self.start

    def _begin(self) -> None:
        """The call rings and is answered, once somebody does something or time passes: until then a test can still say
        what the other side will answer."""
        if self._begun:
            return
        self._begun = True
        if self.program.flow is not None and self.program.flow.outbound:
            self._give(CallStarted(self.now, self.arguments, self.switches))
        else:
            self._give(CallOffered(self.now, self.caller, self.called, self.switches))
        self._due_now()

    # ---------------------------------------------------------------------------------------------- where it stands

    @property
    def over(self) -> bool:
        return self.end is not None

    @property
    def t(self) -> float:
        """Seconds since the answer."""
        return self.now - self.start

    @property
    def ringing(self) -> str | None:
        """The name of the target that a transfer rings, if the call waits for one."""
        awaited = self._awaited
        return awaited.name if awaited else None

    @property
    def asked(self) -> Request | None:
        """The request of the center that the call waits for: a queue, a payment, somebody who rings."""
        waiting = self.call.waiting
        found = self._asked.get(waiting.op) if waiting is not None and waiting.kind == "center" else None
        return found[0] if found is not None else None

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

    # ---------------------------------------------------------------------------------------------- what people do

    def settle(self) -> None:
        """Let the caller listen until an input is asked for, a transfer rings, or the call is over."""
        self._begin()
        while not self.over and not self.ringing and not self.listening and self.asked is None:
            if self._media is not None and self._media.listens:
                self._advance(self._media.ends)
            elif not self._next():
                raise AssertionError("the call waits for nothing")

    def press(self, keys: str, into: float | None = None) -> None:
        """Press keys, one after the other. ``into`` seconds after the current prompt began, else once it is over."""
        self._reach(into)
        self._say("caller", f"presses {'*' * len(keys) if self._is_secret else keys}")
        for number, key in enumerate(keys):
            if number:
                self._advance(self.now + KEY_GAP)
            if self.over:
                return
            self._key(key)

    @property
    def _is_secret(self) -> bool:
        """Whether what is entered now is nobody's business."""
        return self._media is not None and self._media.effect.op.endswith(SECRET_MARK)

    def speak(self, text: str, into: float | None = None) -> None:
        """Say something. Nobody hears it unless speech is listened for."""
        self._reach(into)
        media = self._media
        heard = media is not None and isinstance(media.effect, Recognize) and media.effect.kind != "tones"
        note = "" if heard else " (nothing listens for speech here)"
        self._say("caller", f'says "{text}"{note}')
        if heard and media is not None and self._interrupt(media):
            self._spoken(media, text)

    def speech_fails(self) -> None:
        """The host's recogniser breaks while it listens."""
        self.settle()
        if self._media is None or not self._media.listens:
            return
        self._say("call", "the speech recogniser fails")
        self._end_media(ActionFailed(self.now, self._media.effect.op, 400, 8565, "speech service"))

    def silent(self) -> None:
        """Stay silent until the next thing is said, asked or rung, or the call is over."""
        self.settle()
        if self.over:
            return
        waits, rings, asked = self._media, self._awaited, self.asked
        self._say("caller", "stays silent")
        while (
            not self.over and self._media is waits and self._awaited is rings and self.asked is asked and self._next()
        ):
            pass

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._advance(self.now + seconds)

    def hang_up(self, into: float | None = None) -> None:
        """Hang up: ``into`` seconds after the current prompt began, else once it is over."""
        self._reach(into)
        if not self.over:
            if self._media is not None:
                self._stop_lines(self._media)
            self._say("caller", "hangs up")
            asked = self.asked
            self._give(Disconnected(self.now, 200, 540000, "ended by the caller"))
            if asked is not None and asked.verb == "voicemail" and asked.op in self._asked:
                # Who records keeps what is long enough, whatever ended it.
                length = self.now - self._asked[asked.op][1]
                self.report("voicemail", "saved" if length >= SHORT_MESSAGE else "empty")
            self._due_now()

    def report(self, verb: str, outcome: str, values: tuple[tuple[str, Value], ...] = (), after: float = 0.0) -> bool:
        """Something becomes of what the call has asked the center for, ``after`` seconds from now. False when it waits
        for nothing of that verb."""
        self._begin()
        if not self.over and self.asked is None and not self.call.gone:
            self.settle()
        found = [op for op, (request, _) in self._asked.items() if request.verb == verb]
        if not found or self.over:
            return False
        self._advance(self.now + after)
        if found[-1] not in self._asked or self.over:
            return True
        request, _ = self._asked[found[-1]]
        if outcome not in NOT_THE_END:
            del self._asked[found[-1]]
        said = ", ".join(told(value) for _, value in values)
        self._say("call", f"{_titled(request)}: {outcome}{f' {said}' if said else ''}")
        self._give(Reported(self.now, request.op, outcome, values))
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
        self._reach(into)
        if self._ringing is not None and not self.over:
            self._end_transfer(self._ringing, "answered")

    def to_the_end(self) -> None:
        """The caller stays silent, every transfer that rings is answered and the rest ends as one would wish, until the
        call is over."""
        self._begin()
        while not self.over:
            if self._awaited is not None:
                self.transfer("answered")
            elif (asked := self.asked) is not None:
                reference: tuple[tuple[str, Value], ...] = (("reference", "0001"),) if asked.verb == "pay" else ()
                self.report(asked.verb, _USUAL[asked.verb], reference)
            elif not self._next():
                raise AssertionError("the call waits for nothing")

    # ---------------------------------------------------------------------------------------------- time

    def _next(self) -> bool:
        """Take the next thing that happens. False when nothing will."""
        self._begin()
        if not self._queue or self.t > LONGEST:
            return False
        self._advance(self._queue[0][0])
        return True

    def _advance(self, until: float) -> None:
        self._begin()
        while self._queue and self._queue[0][0] <= until and not self.over:
            due, _, event, number = heapq.heappop(self._queue)
            self.now = max(self.now, due)
            if self._still_due(event, number):
                self._happen(event)
        if not self.over:
            self.now = max(self.now, until)

    def _due_now(self) -> None:
        self._advance(self.now)

    def _later(self, due: float, event: Event, number: int = 0) -> None:
        self._count += 1
        heapq.heappush(self._queue, (due, self._count, event, number))

    def _still_due(self, event: Event, number: int) -> bool:
        """Whether what was planned still holds: its operation runs, and no input has moved its timer since."""
        match event:
            case TimerFired():
                return self._timers.get(event.timer, (0, 0.0))[0] == event.generation
            case PlayEnded() | Recognized() | ActionFailed():
                if self._media is not None and event.op == self._media.effect.op:
                    return number == self._media.number
                # A refused transfer, or the end of one that still rings.
                return isinstance(event, ActionFailed) and (
                    event.sub_code == CONFLICT[1] or (self._ringing is not None and event.op == self._ringing.op)
                )
            case _:
                return True

    def _happen(self, event: Event) -> None:
        """Something of the host's that was planned."""
        if isinstance(event, ActionFailed) and self._ringing is not None and event.op == self._ringing.op:
            self._end_transfer(self._ringing, "no answer")
        elif isinstance(event, ActionFailed) and event.sub_code == CONFLICT[1]:
            self._give(event)
        elif isinstance(event, PlayEnded | Recognized | ActionFailed):
            self._end_media(event)
        else:
            if isinstance(event, TimerFired):
                self._timers.pop(event.timer, None)
            elif isinstance(event, Reported) and event.op in self._slow:
                self._say("call", self._slow.pop(event.op))
            self._give(event)

    def _reach(self, into: float | None) -> None:
        """Move to the moment of an action."""
        self._begin()
        if into is None or self._media is None:
            self.settle()
        else:
            self._advance(max(self.now, self._media.started + into))

    # ---------------------------------------------------------------------------------------------- input

    def _key(self, key: str) -> None:
        media = self._media
        if self._tones_on:
            self._tones += 1
            self._later(self.now, ToneHeard(self.now, self._tones, key))
        if media is not None and isinstance(media.effect, Recognize) and self._interrupt(media):
            effect = media.effect
            match effect.kind:
                case "tones":
                    self._digit(media, effect, key)
                case "choices":
                    found = next((choice for choice in effect.choices if choice.tone == key), None)
                    ended: Event = (
                        Recognized(self.now, effect.op, 200, 8533, label=found.label)
                        if found
                        else ActionFailed(self.now, effect.op, 500, 8534, "incorrect tone")
                    )
                    self._end_media(ended)
                case "speech_or_tones" if effect.max_tones > 1:
                    self._digit(media, effect, key)
                case "speech_or_tones":
                    self._end_media(Recognized(self.now, effect.op, 200, 8531, tones=key))
                case _:
                    assert_never(effect.kind)
        self._due_now()

    def _digit(self, media: _Media, effect: Recognize, key: str) -> None:
        if key in effect.stop_tones:
            self._end_media(Recognized(self.now, effect.op, 200, 8514, tones=media.tones))
            return
        media.tones += key
        if len(media.tones) >= effect.max_tones:
            self._end_media(Recognized(self.now, effect.op, 200, 8531, tones=media.tones))
            return
        media.number += 1
        timed_out = Recognized(self.now + effect.between, effect.op, 400, 8532, tones=media.tones)
        self._later(timed_out.at, timed_out, media.number)

    def _spoken(self, media: _Media, text: str) -> None:
        effect = media.effect
        assert isinstance(effect, Recognize)
        if effect.kind == "speech_or_tones":
            self._end_media(Recognized(self.now, effect.op, 200, 8569, speech=text))
            return
        said = _words(text)
        for choice in effect.choices:
            if any(_words(phrase) == said for phrase in choice.phrases):
                self._end_media(Recognized(self.now, effect.op, 200, 8545, label=choice.label))
                return
        self._end_media(ActionFailed(self.now, effect.op, 400, 8547, "no option matched"))

    def _interrupt(self, media: _Media) -> bool:
        """Whether an input counts now; it stops a prompt that may be interrupted."""
        if media.ends <= self.now:
            return True
        if not isinstance(media.effect, Recognize) or not media.effect.barge_in:
            return False
        self._stop_lines(media)
        media.ends = self.now
        media.number += 1
        self._later(self.now + media.effect.first, _silence(media.effect, self.now), media.number)
        return True

    # ---------------------------------------------------------------------------------------------- events and effects

    def _give(self, event: Event) -> None:
        """One step of the machine."""
        self.events.append(event)
        moved = step(self.program, self.call, event)
        self.call = moved.call
        self.trace += moved.trace
        for effect in moved.effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Answer():
                self._later(self.now, Connected(self.now, effect.op))
            case Play() | Recognize():
                self._start_media(effect)
            case StartTones() | StopTones():
                self._tones_on = isinstance(effect, StartTones)
            case Request():
                self._ask(effect)
            case Withdraw():
                withdrawn = self._asked.pop(effect.request, None)
                if withdrawn is not None:
                    self._say("call", f"{_titled(withdrawn[0])}: taken back")
            case CancelMedia():
                if self._media is not None:
                    self._stop_lines(self._media)
                    self._media = None
            case Transfer():
                self._start_transfer(effect)
            case SetTimer():
                self._timers[effect.timer] = (effect.generation, effect.due)
                self._later(effect.due, TimerFired(effect.due, effect.timer, effect.generation))
            case ClearTimer():
                self._timers.pop(effect.timer, None)
            case HangUp() | Reject():
                if self._media is not None:
                    self._stop_lines(self._media)
            case Finished():
                self.end = effect
                result = f", result {effect.result}" if effect.result else ""
                self._say("call", f"ends: {effect.ending} at {effect.block or 'the beginning'}{result}")
            case _:
                assert_never(effect)

    def _ask(self, request: Request) -> None:
        if not self.world.answers(request.verb):
            self._asked[request.op] = (request, self.now)
            self._say("call", f"{_titled(request)}{_details(request)}")
            return
        answer, given = self.world.answer(request, self.now)
        note = "" if given or request.verb != "lookup" else " (nothing was given)"
        if answer.after == SILENT:
            self._say("call", f"{_titled(request)}: no answer")
            return
        due = self.now + answer.after
        self._later(due, Reported(due, request.op, answer.outcome, answer.values))
        if answer.after:
            self._say("call", f"{_titled(request)}{_details(request)}")
            self._slow[request.op] = f"{_titled(request)}: {answer.outcome}"
        else:
            self._say("call", f"{_titled(request)}{_details(request)}: {answer.outcome}{note}")

    def _start_transfer(self, effect: Transfer) -> None:
        if self._ringing is not None:
            self._say("call", f"cannot ring {effect.name} while {self._ringing.name} still rings")
            self._later(self.now, ActionFailed(self.now, effect.op, *CONFLICT, "another transfer is in progress"))
            return
        self._ringing = effect
        self._say("call", f"rings {effect.kind.replace('_', ' ')} {effect.name}")
        self._later(self.now + RINGS, ActionFailed(self.now + RINGS, effect.op, *_CODES["no answer"]))

    def _start_media(self, effect: Play | Recognize) -> None:
        lines: list[Line] = []
        at = self.t
        for prompt in effect.prompts:
            end = at + (LONGEST if isinstance(effect, Play) and effect.loop else prompt_seconds(prompt))
            text = prompt.text if isinstance(prompt, SayText) else f"[{prompt.name}]"
            lines.append(Line(at, end, "ivr", text, self.call.block))
            at = end
        media = _Media(effect, self.now, self.start + at, lines)
        if self._media is not None:
            self._stop_lines(self._media)  # what is played now takes the place of what was played before
        self.lines += lines
        self._media = media
        if isinstance(effect, Recognize):
            self._later(media.ends + effect.first, _silence(effect, media.ends), 0)
        elif not effect.loop:
            self._later(media.ends, PlayEnded(media.ends, effect.op), 0)

    def _end_media(self, event: Event) -> None:
        self._media = None
        self._give(self._sealed(event))

    def _sealed(self, event: Event) -> Event:
        """What was entered in confidence goes into the vault, as at the border of the real service."""
        return self._vault.sealed(self.call.call_id, event)

    def _end_transfer(self, ringing: Transfer, end: TransferEnd) -> None:
        self._ringing = None
        self._say("call", f"{ringing.name}: {end}")
        if end == "answered":
            self._give(TransferAccepted(self.now, ringing.op))
        else:
            self._give(ActionFailed(self.now, ringing.op, *_CODES[end]))

    def _stop_lines(self, media: _Media) -> None:
        for line in media.lines:
            if line.end > self.t:
                line.interrupted = True
                line.end = max(line.t, self.t)
        self.lines = [line for line in self.lines if not (line in media.lines and line.t > self.t)]

    def _say(self, who: Literal["caller", "call"], text: str) -> None:
        self.lines.append(Line(self.t, self.t, who, text, self.call.block))


def prompt_seconds(prompt: Prompt) -> float:
    """How long a prompt takes, in seconds."""
    return AUDIO if isinstance(prompt, PlayAudio) else WORD * len(prompt.text.split())


def _silence(effect: Recognize, since: float) -> ActionFailed:
    return ActionFailed(since + effect.first, effect.op, 400, 8510, "initial silence")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def heard(simulation: Simulation) -> Iterator[str]:
    """What the caller has heard so far, in order."""
    return (line.text for line in simulation.lines if line.who == "ivr")


def _titled(request: Request) -> str:
    """A request in a transcript."""
    return f"{request.verb} {request.name}".strip()


def _details(request: Request) -> str:
    """What of a request a reader of a transcript wants to see."""
    shown = {
        "notify": ("text",),
        "tones": ("digits",),
        "transfer": ("accept",),
        "dial": ("number",),
        "pay": ("amount",),
    }
    wanted = shown.get(request.verb, ())
    if request.verb == "brief":
        return " (" + ", ".join(f"{name} {told(value)}" for name, value in request.arguments) + ")"
    found = [told(value) for name, value in request.arguments if name in wanted and value not in ("", None)]
    return f" ({', '.join(found)})" if found else ""
