"""A small machine and a small telephone service, to run the engine without the language and without the network."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from itertools import count

from interpreter.engine import Machine, Script, ScriptUnusable, script_hash
from interpreter.journal import Codec
from interpreter.ports import Line, Performance, Performed, Request
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
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
    FromSockets,
    HangUp,
    HostAction,
    LineEnded,
    Play,
    PlayEnded,
    Recognize,
    Recognized,
    RecordingChanged,
    Reject,
    Reported,
    SayText,
    SetTimer,
    StartTones,
    TimerFired,
    ToneHeard,
    Transfer,
    TransferAccepted,
)

NOON = 1_800_000_000.0

_EVENT_IDS = count(1)

# --------------------------------------------------------------------------------------------------------------------
# The machine: a call greets, asks once, and hangs up. The program is its text: words that change this.


@dataclass(frozen=True, slots=True)
class ToyCall:
    """``log`` holds one word for each event, so that a state shows which events made it."""

    call_id: str
    ops: int = 0
    log: tuple[str, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class ToyStep:
    call: ToyCall
    effects: tuple[Effect, ...]
    trace: tuple[object, ...] = ()


def toy_step(program: str, call: ToyCall, event: Event) -> ToyStep:
    word = type(event).__name__ + (f":{event.op}" if isinstance(event, ActionRefused | PlayEnded) else "")
    repeated = isinstance(event, Connected | PlayEnded | Recognized) and word in call.log
    if call.finished or repeated:
        return ToyStep(call, ())
    effects = _effects(program, call, event)
    kinds = [type(effect) for effect in effects]
    ops = sum(hasattr(effect, "op") for effect in effects)
    return ToyStep(replace(call, ops=call.ops + ops, log=(*call.log, word), finished=Finished in kinds), effects)


def _effects(program: str, call: ToyCall, event: Event) -> tuple[Effect, ...]:
    ops = iter(f"op{number}" for number in range(call.ops + 1, call.ops + 10))

    def play(text: str) -> Play:
        return Play(next(ops), (SayText(text),), "en-US")

    def end(ending: str) -> tuple[Effect, ...]:
        return (HangUp(next(ops)), Finished(ending, "", "toy", event.at))  # type: ignore[arg-type]

    if f"raise on {type(event).__name__}" in program:
        raise RuntimeError("a fault in the machine")
    if isinstance(event, FromSockets):
        return ()
    match event:
        case CallOffered():
            return (Answer(next(ops)), SetTimer("watch", 1, event.at + 60))
        case Connected() if "burst" in program:
            return (StartTones(next(ops)), play("one"), CancelMedia(next(ops)), Transfer(next(ops), "number", "desk"))
        case Connected():
            return (ClearTimer("watch"), play("welcome"))
        case PlayEnded() if "burst" in program:
            return ()
        case PlayEnded() if "goodbye" in program:
            return end("hung_up")
        case PlayEnded():
            ask = Recognize(next(ops), "tones", (), True, 5.0, 2.0, 1, "", (), "en-US")
            return (ask, SetTimer("input", call.ops, event.at + 10))
        case Recognized():
            return (ClearTimer("input"), *end("hung_up"))
        case TimerFired():
            return (play("are you there"),)
        case ActionRefused() if "silent refusal" in program:
            return (Finished("failed", "", "toy", event.at),)
        case ActionFailed() | ActionRefused():
            return end("failed")
        case TransferAccepted():
            return (Finished("transferred", "", "toy", event.at),)
        case Disconnected():
            return (Finished("abandoned", "", "toy", event.at),)
        case ToneHeard() | CallStarted() | LineEnded() | Reported() | RecordingChanged():
            return ()


MACHINE: Machine[str, ToyCall] = Machine(ToyCall, toy_step, Codec(ToyCall))

LINE = "+18005550100"


@dataclass
class ToyPrograms:
    """One line; `text` may be changed, as a script is while calls run. A program is its own text."""

    text: str = "plain"
    compiled: list[str] = field(default_factory=list)

    def for_line(self, called: str) -> Script[str] | None:
        return Script(script_hash(self.text), "toy.ivr", self.text, self.text) if called == LINE else None

    def compile(self, name: str, text: str) -> str:
        self.compiled.append(text)
        if "unusable" in text:
            raise ScriptUnusable(f"{name}: no such statement")
        return text


@dataclass
class ManualClock:
    time: float = NOON

    def now(self) -> float:
        return self.time


# --------------------------------------------------------------------------------------------------------------------
# The service


@dataclass(frozen=True)
class Sent:
    """One request as the service saw it."""

    call_id: str
    op: str
    verb: str
    request: Request
    connection_id: str


@dataclass
class Service:
    """Performs actions and owes callbacks. Repeated requests are recognised by id where the real service does.

    ``answers`` gives what to say to the next tries of an action, by operation name, verb, or call id and verb; it is
    not performed then. ``late`` is what it says once, by verb, although it has performed the action.
    ``gate`` is awaited at each request: before it takes effect and before it is answered.
    """

    clock: ManualClock
    answers: dict[str, list[Performance | Exception]] = field(default_factory=dict)
    gate: Callable[[str], Awaitable[None]] | None = None
    silent: bool = False
    sent: list[Sent] = field(default_factory=list)
    performed: list[tuple[str, str, str]] = field(default_factory=list)
    callbacks: deque[tuple[str, str, str, Event]] = field(default_factory=deque)
    in_flight: int = 0
    most_in_flight: int = 0
    late: dict[str, Performance] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    async def perform(self, line: Line, action: HostAction, request: Request) -> Performance:
        verb = type(action).__name__
        self.sent.append(Sent(line.call_id, action.op, verb, request, line.connection_id))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._perform(line, action, request, verb)
        finally:
            self.in_flight -= 1

    async def _perform(self, line: Line, action: HostAction, request: Request, verb: str) -> Performance:
        for key in (f"{line.call_id} {verb}", action.op, verb):
            if self.answers.get(key):
                answer = self.answers[key].pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer
        if self.gate is not None:
            await self.gate(f"before {verb}")
        repeatable = isinstance(action, Answer | Reject | Transfer | HangUp)
        if not (repeatable and request.request_id in self._known):
            self._known.add(request.request_id)
            self.performed.append((line.call_id, action.op, verb))
            self._owe(line, action)
        if self.gate is not None:
            await self.gate(f"after {verb}")
        if verb in self.late:
            return self.late.pop(verb)
        return Performed(f"connection-{line.call_id}" if isinstance(action, Answer) else "")

    async def close(self) -> None:
        pass

    def performed_twice(self) -> set[tuple[str, str, str]]:
        """Call, operation and verb of what took effect more than once."""
        return {action for action, count in Counter(self.performed).items() if count > 1}

    def _owe(self, line: Line, action: HostAction) -> None:
        if self.silent:
            return
        now = self.clock.now()
        match action:
            case Answer():
                event: Event = Connected(now, action.op)
            case Play():
                event = PlayEnded(now, action.op)
            case Recognize() if action.choices:
                event = Recognized(now, action.op, 200, 8533, label=action.choices[0].label)
            case Recognize():
                event = Recognized(now, action.op, 200, 8531, tones="1" * action.max_tones)
            case Transfer():
                event = TransferAccepted(now, action.op)
            case HangUp():
                event = Disconnected(now, 200, 7000)
            case Reject() | StartTones() | CancelMedia():
                return
        self.post(line.call_id, event)

    def post(self, call_id: str, event: Event) -> None:
        self.callbacks.append((call_id, f"event-{next(_EVENT_IDS)}", f"connection-{call_id}", event))


def offered(clock: ManualClock, called: str = LINE) -> CallOffered:
    return CallOffered(clock.now(), "+14255550123", called)
