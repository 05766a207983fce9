"""Everything that can happen next in a call: each input at each wait, each outcome of each request, hanging up
anywhere, and a host that does not do what it was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl import Program
from dsl.analysis.told import GIVEN, PEOPLE
from dsl.ast import Collect, Consult, Menu, Queue, Step, Survey
from dsl.ast import Transfer as TransferBlock
from interpreter.explore.abstraction import Abstraction
from interpreter.explore.entered import Entered, entries
from interpreter.explore.written import record, value
from interpreter.machine import Call, Continue
from interpreter.protocol import (
    ActionFailed,
    Assessed,
    Connected,
    Disconnected,
    Event,
    Play,
    PlayEnded,
    Recognize,
    Recognized,
    Reported,
    Request,
    TimerFired,
    ToneHeard,
    Transfer,
    TransferAccepted,
    Value,
)
from interpreter.understanding import sentence_of

Who: TypeAlias = Literal["caller", "clumsy", "silence", "hang_up", "world", "host", "itself"]
"""``caller``: an input that the script asks for; ``clumsy``: one that it does not; ``world``: data and people;
``host``: the telephone service fails; ``itself``: nobody has to do anything."""

Awaited: TypeAlias = Play | Recognize | Request | Transfer | None


@dataclass(frozen=True, slots=True)
class Move:
    """Something that happens. ``line`` is how a test says it, empty where it happens by itself; ``given``: the line
    stands before the call. ``sayable``: a test can let it happen at all."""

    who: Who
    line: str = ""
    given: bool = False
    sayable: bool = True
    also: str = ""
    """A line before the call without which it cannot happen."""
    slow: float = 0.0
    """Seconds that the answer to come takes, so that a filler is heard before it."""
    seconds: float = 0.0
    """How long the caller waits for it in silence, or in a queue."""

    @property
    def told(self) -> str:
        """For a list of what happens."""
        return self.line or {"host": "the host fails", "itself": "it goes on"}.get(self.who, self.who)


HANGS_UP = Move("hang_up", "hangs up")
HOST_FAILS = Move("host", "host fails")
UNHEARD = Move("host", sayable=False)
"""A failure of the host that no test can say: something is lost."""
GOES_ON = Move("itself")
SILENT = Move("silence", "silent")
SPEECH_FAILS = Move("host", "speech fails")
UNKNOWN_CODE = (500, 9999)
"""A result of the host that nobody knows."""
_TRANSFER = {"no answer": (480, 560480), "busy": (486, 560486), "declined": (603, 560603), "failed": (404, 560404)}
MORE = "well,"
"""What callers say around a phrase."""
CONFIDENCES = (1.0, 0.6)
"""How sure a recogniser is: so that an option is taken, and so that the caller is asked."""
NONSENSE = "xyzzy"
"""Words that no script expects."""
SENTENCE = "I have a question"
"""What a caller says who does not say a phrase: what it means is told by what is given."""
MOODS: tuple[Literal["positive", "neutral", "negative", "mixed"], ...] = ("positive", "neutral", "negative", "mixed")
"""What can be made of what a caller says."""
WRONG = "79513246807*#ABCDEFGHIJKLMNO"
"""Keys, of which the first that a menu does not have is pressed by mistake."""

Happening: TypeAlias = tuple[Move, Event]


@dataclass(frozen=True, slots=True)
class Moves:
    """What can happen in calls of a program."""

    program: Program
    abstraction: Abstraction

    def of(self, call: Call, awaited: Awaited, at: float) -> Iterator[Happening]:
        """Everything that can happen to a call that waits for ``awaited``."""
        waiting = call.waiting
        if waiting is None:
            return
        match waiting.kind:
            case "answer":
                yield GOES_ON, Connected(at, waiting.op)
                yield UNHEARD, ActionFailed(at, waiting.op, *UNKNOWN_CODE)
            case "prompt":
                yield GOES_ON, PlayEnded(at, waiting.op)
                yield HOST_FAILS, ActionFailed(at, waiting.op, *UNKNOWN_CODE)
                yield from self._type_ahead(call, at)
            case "input" if isinstance(awaited, Recognize):
                yield from self._input(call, awaited, at)
            case "request" if isinstance(awaited, Request):
                yield from self._answers(call, awaited, at)
            case "transfer":
                yield Move("world", "transfer answered"), TransferAccepted(at, waiting.op)
                for outcome, codes in _TRANSFER.items():
                    yield Move("world", f"transfer {outcome}"), ActionFailed(at, waiting.op, *codes)
            case "center":
                yield from self._center(call, awaited, at)
        if (
            call.transcript.state == "on"
            and waiting.kind != "answer"
            and "heard.sentiment" in self.abstraction.compared
        ):
            for mood in MOODS:
                if mood != call.heard_sentiment:
                    yield Move("caller", sayable=False), Assessed(at, mood, call.heard_topic)
        dials = isinstance(awaited, Request) and awaited.verb == "dial"  # nobody is on the line yet
        if not call.gone and not dials:
            yield _hangs_up(call, awaited), Disconnected(at, 200, 540000)
        for op, _ in call.ringing[-1:]:
            yield Move("world", "transfer answered late"), TransferAccepted(at, op)
        yield from self._timers(call, awaited, at)

    # ---------------------------------------------------------------------------------------------- inputs

    def _type_ahead(self, call: Call, at: float) -> Iterator[Happening]:
        if not self.program.keeps_type_ahead or call.heard:
            return
        keys = {
            key.text
            for block in self.program.blocks.values()
            if isinstance(block, Menu) and block.type_ahead
            for option in block.options
            for key in option.keys
        }
        for key in sorted(keys):
            number = max(call.tones_seen, default=0) + 1
            yield Move("caller", f"presses {key} at 0.2s"), ToneHeard(at, number, key)

    def _input(self, call: Call, awaited: Recognize, at: float) -> Iterator[Happening]:
        block = self.program.blocks.get(call.block)
        op = awaited.op
        yield (
            Move("silence", "silent", seconds=awaited.first),
            ActionFailed(at, op, 400, 8510),
        )
        if isinstance(block, Menu) and call.visit is not None and call.visit.confirming:
            yield from self._confirmed(block, awaited, at)
        elif isinstance(block, Menu):
            yield from self._menu(block, awaited, at)
        elif isinstance(block, Collect) and call.visit is not None:
            if call.visit.confirming:
                found = [Entered("1"), Entered("2"), Entered("7", clumsy=True)]
            else:
                found = list(entries(self.program, self.abstraction, block, call.variables, at))
            for each in found:
                who: Who = "clumsy" if each.clumsy else "caller"
                yield Move(who, each.line), each.event(op, at)
        if awaited.kind != "tones":
            yield SPEECH_FAILS, ActionFailed(at, op, 400, 8565)
        yield HOST_FAILS, ActionFailed(at, op, *UNKNOWN_CODE)

    def _confirmed(self, block: Menu, awaited: Recognize, at: float) -> Iterator[Happening]:
        """Yes and no, another key of the menu, and one that is none."""
        own = [name.text for option in block.options for name in option.keys]
        everywhere = [each.key.text for each in self.program.keys_of(block)]
        keys = list(dict.fromkeys(("1", "2", *own, *everywhere)))
        for key in keys:
            yield Move("caller", f"presses {key}"), Recognized(at, awaited.op, 200, 8531, tones=key)
        wrong = next(key for key in WRONG if key not in keys)
        yield Move("clumsy", f"presses {wrong}"), Recognized(at, awaited.op, 200, 8531, tones=wrong)

    def _menu(self, block: Menu, awaited: Recognize, at: float) -> Iterator[Happening]:
        op, choices = awaited.op, awaited.kind == "choices"
        keys: set[str] = set()
        own = [(option.keys, option.phrases) for option in block.options]
        everywhere = [((key.key,), key.phrases) for key in self.program.keys_of(block)]
        free = not choices and (block.phrases_anywhere or not block.understands)
        for number, (names, phrases) in enumerate((*own, *everywhere)):
            for name in names:
                keys.add(name.text)
                first = name is names[0]
                if choices and first:
                    yield Move("caller", f"presses {name.text}"), Recognized(at, op, 200, 8533, label=str(number))
                elif not choices:
                    yield Move("caller", f"presses {name.text}"), Recognized(at, op, 200, 8531, tones=name.text)
            if awaited.kind != "tones" and phrases:
                words = f"{MORE} {phrases[0].plain}" if free else phrases[0].plain
                said = Move("caller", f'says "{words}"')
                if choices:
                    yield said, Recognized(at, op, 200, 8545, label=str(number))
                else:
                    yield said, Recognized(at, op, 200, 8569, speech=words)
        wrong = next(key for key in WRONG if key not in keys)
        if choices:
            yield Move("clumsy", f"presses {wrong}"), ActionFailed(at, op, 500, 8534)
        else:
            yield Move("clumsy", f"presses {wrong}"), Recognized(at, op, 200, 8531, tones=wrong)
        if awaited.kind == "speech_or_tones" and block.understands:
            yield Move("caller", f'says "{SENTENCE}"'), Recognized(at, op, 200, 8569, speech=SENTENCE)
        elif awaited.kind == "speech_or_tones":
            yield Move("clumsy", f'says "{NONSENSE}"'), Recognized(at, op, 200, 8569, speech=NONSENSE)

    # ---------------------------------------------------------------------------------------------- requests

    def _answers(self, call: Call, request: Request, at: float) -> Iterator[Happening]:
        """What the site's data and memory can answer."""
        if request.verb == "understanding":
            yield from _meanings(request, at)
            return
        for outcome in GIVEN.get(request.verb, ("failed",)):
            for values in self._values(call, request, outcome):
                said = f"given {_asked(request)} is {outcome}{_record(request, values)}"
                if outcome == "failed":
                    said = f"given {_asked(request)} fails"
                yield Move("world", said, given=True), Reported(at, request.op, outcome, values)

    def _values(self, call: Call, request: Request, outcome: str) -> Iterator[tuple[tuple[str, Value], ...]]:
        if request.verb == "count":
            counter = self.program.counters.get(request.name)
            most = float(counter.most.value) if counter is not None and counter.most is not None else 1.0
            yield {"counted": (("value", 1.0),), "reached": (("value", most),)}.get(outcome, ())
            return
        if outcome != "found":
            yield ()
            return
        target = self._target(call)
        for found in self.abstraction.values(target, self.abstraction.of_path(target)):
            fields = getattr(found, "fields", None)
            yield tuple(fields) if fields is not None else (("value", found),)

    def _target(self, call: Call) -> str:
        """The name under which the statement that waits keeps what is found."""
        here = call.waiting.then if call.waiting is not None else None
        block = self.program.blocks.get(here.block) if isinstance(here, Continue) else None
        if isinstance(here, Continue) and isinstance(block, Step):
            target = getattr(block.statements[here.statement], "target", None)
            return target.text if target is not None else ""
        return ""

    # ---------------------------------------------------------------------------------------------- the center

    def _center(self, call: Call, awaited: Awaited, at: float) -> Iterator[Happening]:
        block, waiting = self.program.blocks.get(call.block), call.waiting
        kept = dict(call.center)
        media = kept.get("media")
        if isinstance(media, str) and media and kept.get("talking") is not True:
            yield GOES_ON, PlayEnded(at, media)
        if isinstance(block, Survey) and isinstance(awaited, Recognize):
            everywhere = {key.key.text for key in self.program.keys_of(block)}
            yield from _survey(block, call, awaited, at, everywhere)
            for key in self.program.keys_of(block):
                tone = key.key.text
                yield Move("caller", f"presses {tone}"), Recognized(at, awaited.op, 200, 8531, tones=tone)
        if isinstance(awaited, Request) and waiting is not None and waiting.op == awaited.op:
            yield from self._people(call, awaited, at)
        if isinstance(block, Queue) and kept.get("talking") is not True:
            for option in block.options:
                since = option.start.seconds if option.start is not None else 0.0
                number = max(call.tones_seen, default=0) + 1
                said = f"waits {since:g}s\npresses {option.key.text}" if since else f"presses {option.key.text}"
                yield Move("caller", said, seconds=since), ToneHeard(at + since, number, option.key.text)
        waits = isinstance(block, Queue | Consult | TransferBlock) and kept.get("talking") is not True
        for key in self.program.keys_of(block) if waits and block is not None else ():
            number = max(call.tones_seen, default=0) + 1
            yield Move("caller", f"presses {key.key.text}"), ToneHeard(at, number, key.key.text)

    def _people(self, call: Call, request: Request, at: float) -> Iterator[Happening]:
        """What people and the other parts of a contact center can make of a request."""
        talking = dict(call.center).get("talking") is True
        for outcome in PEOPLE.get(request.verb, ()):
            if outcome in ("answered late",) or (talking and outcome != _AFTER_TALK.get(request.verb)):
                continue
            if not talking and outcome == _AFTER_TALK.get(request.verb):
                continue
            if outcome == "not allowed" and request.verb == "transfer" and request.name != "callee":
                continue
            said, values = f"{request.verb} {outcome}", ()
            if outcome == "position":
                for estimate in self._estimates():
                    told: tuple[tuple[str, Value], ...] = (("position", 3.0), *estimate)
                    yield Move("world", f"queue position 3{record(estimate)}"), Reported(at, request.op, outcome, told)
                continue
            reference: tuple[tuple[str, Value], ...] = (("reference", "0001"),) if outcome == "paid" else values
            said += record(reference)
            told = (("place", 1.0),) if outcome == "scheduled" else reference
            yield Move("world", said), Reported(at, request.op, outcome, told)

    def _timers(self, call: Call, awaited: Awaited, at: float) -> Iterator[Happening]:
        """Timers that are due. That of the watchdog means that the host has lost something."""
        block = self.program.blocks.get(call.block)
        for name, generation in call.armed:
            event = TimerFired(at, name, generation)
            kind, _, number = name.partition(".")
            match kind:
                case "watch":
                    if call.waiting is not None and call.waiting.kind in ("request", "center"):
                        yield UNHEARD, event  # elsewhere it does what a failure does
                case "silence":
                    yield GOES_ON, event
                case "ring":
                    yield Move("world", "silent"), event
                case "limit" if isinstance(awaited, Request):
                    yield Move("world", f"given {_asked(awaited)} never answers", given=True), event
                case "filler" if call.waiting is not None and call.waiting.kind == "request":
                    found = self._filler(call, int(number))
                    yield Move("world", slow=found + 0.2, sayable=found > 0), event
                case "waited" if isinstance(block, Queue):
                    route = next((each for each in block.routes if each.waited is not None), None)
                    seconds = route.waited.seconds if route is not None and route.waited is not None else 0.0
                    yield Move("world", f"waits {seconds:g}s", seconds=seconds), event
                case _:
                    yield Move("world", sayable=False), event

    def _filler(self, call: Call, number: int) -> float:
        here = call.waiting.then if call.waiting is not None else None
        block = self.program.blocks.get(here.block) if isinstance(here, Continue) else None
        if not isinstance(here, Continue) or not isinstance(block, Step):
            return 0.0
        fillers = getattr(block.statements[here.statement], "fillers", ())
        return float(fillers[number].after.seconds) if number < len(fillers) else 0.0

    def _estimates(self) -> Iterator[tuple[tuple[str, Value], ...]]:
        if "queue.estimate" not in self.abstraction.compared:
            yield ()
            return
        for each in self.abstraction.values("queue.estimate", self.abstraction.of_path("queue.estimate")):
            yield (("estimate", each),)


def _meanings(request: Request, at: float) -> Iterator[Happening]:
    """What a sentence can be taken for: any option, surely or not, or none. It is the caller who has meant it."""
    subject = f"given understanding {request.name}"
    for texts in sentence_of(request).options.values():
        for confidence in CONFIDENCES:
            values: tuple[tuple[str, Value], ...] = (("meaning", texts[0]), ("confidence", confidence))
            said = f"{subject} is understood{record(values)}"
            yield Move("caller", said, given=True), Reported(at, request.op, "understood", values)
    yield Move("clumsy", f"{subject} is nothing", given=True), Reported(at, request.op, "nothing")
    yield Move("host", f"{subject} fails", given=True), Reported(at, request.op, "failed")


_AFTER_TALK = {"queue": "answered", "consult": "joined"}
"""What ends a talk that has begun with ``connected``."""


def _record(request: Request, values: tuple[tuple[str, Value], ...]) -> str:
    if request.verb == "count":
        return ""
    if request.verb == "recall" and len(values) == 1:
        return f" {{ {value(values[0][1])} }}"
    return record(values)


def _survey(block: Survey, call: Call, awaited: Recognize, at: float, everywhere: set[str]) -> Iterator[Happening]:
    yield SILENT, ActionFailed(at, awaited.op, 400, 8510)
    asked = dict(call.center).get("at")
    number = int(asked) if isinstance(asked, float) else 0
    if number < 0:
        keys, wrong = ["1"], "2"
    else:
        question = block.questions[min(number, len(block.questions) - 1)]
        scale = {str(key) for key in range(question.least.value, question.most.value + 1)}
        keys = [str(question.least.value)]
        wrong = next((key for key in "0987654321*#" if key not in scale and key not in everywhere), "A")
    for key in keys:
        yield Move("caller", f"presses {key}"), Recognized(at, awaited.op, 200, 8531, tones=key)
    yield Move("clumsy", f"presses {wrong}"), Recognized(at, awaited.op, 200, 8531, tones=wrong)


def _hangs_up(call: Call, awaited: Awaited) -> Move:
    """Who hangs up while something is said does not wait for its end; while data is asked, not for the answer."""
    waiting = call.waiting
    if waiting is None or waiting.kind == "answer":
        return Move("hang_up", sayable=False)
    if waiting.kind == "request" and isinstance(awaited, Request):
        return Move("hang_up", "hangs up at 0.1s", also=f"given {_asked(awaited)} never answers")
    greeted = waiting.kind == "center" and dict(call.center).get("media") == waiting.op
    return Move("hang_up", "hangs up at 0.1s") if waiting.kind in ("prompt", "silence") or greeted else HANGS_UP


def _asked(request: Request) -> str:
    """A request as a test names it."""
    return f"{request.verb} {request.name}" if request.name and request.verb != "brief" else request.verb
