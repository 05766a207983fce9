"""The other side of the machine on a virtual clock: the telephone service, and everything that answers by itself.

Theory of operation: `Host` keeps a queue of things that will happen (ends of prompts, time-outs, timers, answers) and
takes them in order of time; nothing ever waits. What people do comes from outside, between two of these. Time only
moves when somebody asks for it, so an action may still interrupt the prompt that has just begun.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import assert_never

from dsl import Program
from dsl.analysis.given import CALLEE
from interpreter.journal import CALLS
from interpreter.machine import Call, Trace, begin, step
from interpreter.protocol import (
    ActionFailed,
    Answer,
    CallOffered,
    CallStarted,
    CancelMedia,
    ClearTimer,
    Connected,
    Effect,
    Event,
    Finished,
    HangUp,
    Play,
    PlayEnded,
    Recognize,
    Recognized,
    Reject,
    Reported,
    Request,
    SayText,
    Secret,
    SetTimer,
    StartTones,
    StopTones,
    TimerFired,
    Transfer,
    TransferAccepted,
    UseLine,
    Value,
    Withdraw,
)
from interpreter.simulate.media import Media, silence
from interpreter.simulate.people import CODES, CONFLICT, NOT_THE_END, TransferEnd, message, seconds_of
from interpreter.simulate.transcript import Line, Who, answered, details, prompt_seconds, titled
from interpreter.simulate.world import SILENT, World, told
from interpreter.vault import Vault

REFUSED = -1
"""In the place of the number of an input: a transfer that was refused."""
SOON = "soon"
WARNED = 10.0
"""Seconds before the end of the longest message at which the caller hears a soft tone (scenario S7)."""
RINGS = 60.0
"""Seconds that the host lets a transfer ring."""
LONGEST = 6 * 3600.0
"""Virtual seconds after which a call that does not end is given up as stuck."""


CALLBACKS = (Connected, PlayEnded, Recognized, ActionFailed, Reported, TransferAccepted)
"""What the telephone service and other parts of the house tell, which may take its time."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong in a simulated call. ``twice``: everything is reported twice. ``late``: seconds that callbacks
    take, so that others overtake them. ``killed``: the process ends after each step, and the next one reads the call
    from where it was kept. ``refused``: no transfer is put through. ``slow``: seconds that data takes at least."""

    twice: bool = False
    late: float = 0.0
    killed: bool = False
    refused: bool = False
    slow: float = 0.0


@dataclass(slots=True)
class Host:
    """A call against ``program`` that is answered at ``start`` (epoch seconds)."""

    program: Program
    start: float
    caller: str = "+14255550100"
    called: str = "+18005550100"
    switches: tuple[tuple[str, bool], ...] = ()
    world: World = field(default_factory=World)
    arguments: tuple[tuple[str, Value], ...] = ()
    """The parameters of an outbound flow, or what is attached to a call that comes in."""
    call: Call = field(init=False)
    lines: list[Line] = field(default_factory=list)
    trace: list[Trace] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    """Everything that the call has asked other parts of the house for, in order."""
    now: float = field(init=False)
    end: Finished | None = None
    _queue: list[tuple[float, int, Event, int]] = field(default_factory=list)
    _media: Media | None = None
    _ringing: Transfer | None = None
    _count: int = 0
    _tones_on: bool = False
    _tones: int = 0
    _timers: dict[str, tuple[int, float]] = field(default_factory=dict)
    _asked: dict[str, tuple[Request, float]] = field(default_factory=dict)
    """The center's requests that are under way, with the time at which they began."""
    _over: set[str] = field(default_factory=set)
    """Those that have ended or were taken back."""
    _vault: Vault = field(default_factory=Vault)
    faults: Faults = field(default_factory=Faults)
    _overtaken: bool = False
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
        if self.is_outbound:
            self._give(CallStarted(self.now, self.arguments, self.switches))
        else:
            callee = str(dict(self.arguments).get(CALLEE, ""))
            self._give(
                CallOffered(self.now, self.caller, self.called, self.switches, attached=self.arguments, callee=callee)
            )
        self._due_now()

    # ---------------------------------------------------------------------------------------------- where it stands

    @property
    def is_outbound(self) -> bool:
        """Whether the flow calls people instead of being called."""
        return self.program.flow is not None and self.program.flow.outbound

    @property
    def over(self) -> bool:
        return self.end is not None

    @property
    def t(self) -> float:
        """Seconds since the answer."""
        return self.now - self.start

    @property
    def asked(self) -> Request | None:
        """The request of the center that the call waits for: a queue, a payment, somebody who rings."""
        waiting = self.call.waiting
        found = self._asked.get(waiting.op) if waiting is not None and waiting.kind == "center" else None
        return found[0] if found is not None else None

    def open(self, value: Secret) -> str | None:
        """What a secret of this call is, for a test that compares it."""
        return self._vault.open(value.ref)

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
            case Reported():
                return event.op not in self._over
            case PlayEnded() | Recognized() | ActionFailed():
                if self._media is not None and event.op == self._media.effect.op:
                    return number == self._media.number
                # A refused transfer, or the end of one that still rings.
                return isinstance(event, ActionFailed) and (
                    number == REFUSED
                    or event.sub_code == CONFLICT[1]
                    or (self._ringing is not None and event.op == self._ringing.op)
                )
            case _:
                return True

    def _happen(self, event: Event) -> None:
        """Something that was planned."""
        match event:
            case ActionFailed() if self._ringing is not None and event.op == self._ringing.op:
                self._end_transfer(self._ringing, "no answer")
            case ActionFailed() if event.sub_code == CONFLICT[1] or self._media is None:
                self._give(event)
            case PlayEnded() | Recognized() | ActionFailed():
                self._end_media(event)
            case Reported(outcome=outcome) if event.op in self._asked and outcome == SOON:
                self._say("call", f"{titled(self._asked[event.op][0])}: a soft tone, {WARNED:g} s are left")
            case Reported() if event.op in self._asked:
                self._conclude(event.op, event.outcome, event.values)
            case Reported() if event.op in self._slow:
                self._say("call", self._slow.pop(event.op))
                self._give(event)
            case TimerFired():
                self._timers.pop(event.timer, None)
                self._give(event)
            case _:
                self._give(event)

    # ---------------------------------------------------------------------------------------------- events and effects

    def _give(self, event: Event) -> None:
        """One step of the machine."""
        if self.faults.late and not self._overtaken and isinstance(event, CALLBACKS):
            self._overtaken = True  # whatever is due meanwhile goes first
            self._advance(self.now + self.faults.late)
            self._overtaken = False
            event = replace(event, at=self.now)
        for _ in range(2 if self.faults.twice else 1):
            self.events.append(event)
            if self.faults.killed:
                self.call = CALLS.decode(CALLS.encode(self.call))
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
                self._withdraw(effect)
            case CancelMedia():
                self._silence()
                self._media = None
            case Transfer():
                self._start_transfer(effect)
            case SetTimer():
                self._timers[effect.timer] = (effect.generation, effect.due)
                self._later(effect.due, TimerFired(effect.due, effect.timer, effect.generation))
            case ClearTimer():
                self._timers.pop(effect.timer, None)
            case HangUp() | Reject():
                self._silence()
            case UseLine():
                raise AssertionError("nothing here names a connection")
            case Finished():
                self.end = effect
                result = f", result {effect.result}" if effect.result else ""
                self._say("call", f"ends: {effect.ending} at {effect.block or 'the beginning'}{result}")
            case _:
                assert_never(effect)

    def _ask(self, request: Request) -> None:
        self.requests.append(request)
        if request.verb == "survey":  # kept for whoever looks at it later: nothing follows from it in the call
            return
        if not self.world.answers(request.verb):
            self._asked[request.op] = (request, self.now)
            self._say("call", f"{titled(request)}{details(request)}")
            if request.verb == "voicemail":
                self._record(request)
            return
        answer, given = self.world.answer(request, self.now, self._vault)
        note = "" if given else " (nothing was given)"
        if answer.after == SILENT:
            self._say("call", f"{titled(request)}: no answer")
            return
        after = max(answer.after, self.faults.slow)
        due = self.now + after
        values = self._vault.sealed_values(self.call.call_id, answer.values, request.expects, due)
        self._later(due, Reported(due, request.op, answer.outcome, values))
        if after:
            self._say("call", f"{titled(request)}{details(request)}")
            self._slow[request.op] = f"{titled(request)}: {answered(request, answer.outcome, answer.values)}"
        else:
            told = answered(request, answer.outcome, answer.values)
            self._say("call", f"{titled(request)}{details(request)}: {told}{note}")

    def _record(self, request: Request) -> None:
        """A recorder stops by itself when the longest message is full, and warns of it."""
        up_to = seconds_of(request, "up_to")
        if up_to is not None:
            if up_to >= 2 * WARNED:
                at = self.now + up_to - WARNED
                self._later(at, Reported(at, request.op, SOON))
            self._later(self.now + up_to, Reported(self.now + up_to, request.op, message(up_to)))

    def _conclude(self, op: str, outcome: str, values: tuple[tuple[str, Value], ...]) -> None:
        """Something becomes of a request of the center, now."""
        request, _ = self._asked[op]
        if outcome not in NOT_THE_END:
            del self._asked[op]
            self._over.add(op)
        said = ", ".join(told(value) for _, value in values)
        self._say("call", f"{titled(request)}: {outcome}{f' {said}' if said else ''}")
        if (request.verb, outcome) == ("callback", "scheduled") and not values:
            values = (("place", 1.0),)
        self._give(Reported(self.now, request.op, outcome, values))

    def _withdraw(self, effect: Withdraw) -> None:
        withdrawn = self._asked.pop(effect.request, None)
        if withdrawn is not None:
            self._over.add(effect.request)
            self._say("call", f"{titled(withdrawn[0])}: taken back")

    def _start_transfer(self, effect: Transfer) -> None:
        if self._ringing is not None:
            self._say("call", f"cannot ring {effect.name} while {self._ringing.name} still rings")
            self._later(self.now, ActionFailed(self.now, effect.op, *CONFLICT, "another transfer is in progress"))
            return
        if self.faults.refused:
            self._say("call", f"cannot ring {effect.name}: refused")
            self._later(self.now, ActionFailed(self.now, effect.op, *CODES["failed"]), REFUSED)
            return
        self._ringing = effect
        self._say("call", f"rings {effect.kind.replace('_', ' ')} {effect.name}")
        self._later(self.now + RINGS, ActionFailed(self.now + RINGS, effect.op, *CODES["no answer"]))

    def _end_transfer(self, ringing: Transfer, end: TransferEnd) -> None:
        self._ringing = None
        self._say("call", f"{ringing.name}: {end}")
        if end == "answered":
            self._give(TransferAccepted(self.now, ringing.op))
        else:
            self._give(ActionFailed(self.now, ringing.op, *CODES[end]))

    def _start_media(self, effect: Play | Recognize) -> None:
        lines: list[Line] = []
        at = self.t
        for prompt in effect.prompts:
            end = at + (LONGEST if isinstance(effect, Play) and effect.loop else prompt_seconds(prompt))
            text = prompt.text if isinstance(prompt, SayText) else f"[{prompt.name}]"
            lines.append(Line(at, end, "ivr", text, self.call.block))
            at = end
        media = Media(effect, self.now, self.start + at, lines)
        self._silence()  # what is played now takes the place of what was played before
        self.lines += lines
        self._media = media
        if isinstance(effect, Recognize):
            self._later(media.ends + effect.first, silence(effect, media.ends), 0)
        elif not effect.loop:
            self._later(media.ends, PlayEnded(media.ends, effect.op), 0)

    def _end_media(self, event: Event) -> None:
        """The end of a prompt or a question. What was entered in confidence goes into the vault, as at the border of
        the real service."""
        self._media = None
        self._give(self._vault.sealed(self.call.call_id, event))

    def _silence(self) -> None:
        """What is being said is cut off here in the transcript, too."""
        media = self._media
        if media is None:
            return
        for line in media.lines:
            if line.end > self.t:
                line.interrupted = True
                line.end = max(line.t, self.t)
        self.lines = [line for line in self.lines if not (line in media.lines and line.t > self.t)]

    def _say(self, who: Who, text: str) -> None:
        self.lines.append(Line(self.t, self.t, who, text, self.call.block))
