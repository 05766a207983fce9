"""A test's call, held against what the test expects.

What is expected is looked for from where the test stands: from the last thing that somebody did, or that was found
before. Time goes on by itself only as long as nobody has to do anything; a question that waits for the caller, or a
target that rings, has to be answered by a line of the test. So a test says all that its caller does, and silence is
something that a caller does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dsl import Program
from dsl.ast import Test, tests
from dsl.source import Span
from interpreter.phone import (
    Becomes,
    HangUp,
    HostFails,
    Press,
    Silent,
    Speak,
    SpeechFails,
    TargetDoes,
    TargetIsLate,
    Wait,
    act,
)
from interpreter.protocol import Request, Secret, Value
from interpreter.simulate import Given, Line, Simulation, World
from interpreter.testing.reading import BadTest, action_of, fields, opening_of

CLOSE = 0.05
"""Seconds that a time may be off: clocks are exact, numbers are rounded."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test fails: the line that does not hold, what is wrong, what is near, and what to do."""

    span: Span
    what: str
    near: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A test that was run. ``failure`` is ``None`` for one that holds."""

    test: Test
    simulation: Simulation | None
    failure: Failure | None

    @property
    def passed(self) -> bool:
        return self.failure is None


class Broken(Exception):  # noqa: N818 - the test is
    """A line of a test does not hold."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.what)
        self.failure = failure


def run_test(program: Program, test: Test, prepare: Callable[[Simulation], None] | None = None) -> Result:
    """Run a test. ``prepare`` may change the world before the call begins, such as to let look-ups fail."""
    try:
        rehearsal = begin_test(program, test)
    except BadTest as error:
        return Result(test, None, Failure(error.span, str(error)))
    simulation = rehearsal.simulation
    if prepare is not None:
        prepare(simulation)
    try:
        for line in test.lines:
            rehearsal.do(line)
        rehearsal.check_never()
    except BadTest as error:
        return Result(test, simulation, Failure(error.span, str(error)))
    except Broken as broken:
        return Result(test, simulation, broken.failure)
    return Result(test, simulation, None)


def begin_test(program: Program, test: Test) -> Rehearsal:
    """A test before its first line is done. Raises `BadTest`."""
    opening = opening_of(test, program)
    simulation = Simulation(
        program,
        opening.at,
        caller=opening.caller,
        switches=opening.switches,
        arguments=opening.arguments,
        world=World(),
    )
    return Rehearsal(simulation)


@dataclass(slots=True)
class Rehearsal:
    """Where a test stands in its call: how far lines, trace and requests have been looked through."""

    simulation: Simulation
    line: int = 0
    inside: int = 0
    """How much of the line was found already."""
    trace: int = 0
    request: int = 0
    since: float = 0.0
    """From when ``after`` and ``within`` count, in seconds since the answer."""
    never: list[tuple[tests.Hears, int]] = field(default_factory=list)

    # ---------------------------------------------------------------------------------------------- what is done

    def do(self, line: tests.Line) -> None:
        """One line of the test."""
        match line:
            case tests.Hears() if line.never:
                self.never.append((line, self.line))
            case tests.Hears():
                self._hears(line)
            case tests.Reaches():
                self._reaches(line)
            case tests.Requests():
                self._requests(line)
            case tests.Ends():
                self._ends(line)
            case _:
                self._act(line)

    def _act(self, line: tests.Line) -> None:
        action = action_of(line)
        call = self.simulation
        if action is None:
            return
        if isinstance(action, Given):
            call.world.give(action)
            return
        self.prepare(line)
        if call.over:
            self._fail(line.span, "the call is over before this", help=self._how_it_ended())
        self.line, self.inside = len(call.lines), 0
        self.trace, self.request = len(call.trace), len(call.requests)
        self.since = call.t
        known = len(call.lines)
        act(call, action)
        if not isinstance(action, Silent):  # silence counts from its beginning, everything else from when it was done
            self.since = call.t
        told = [each.text for each in call.lines[known:] if each.who == "call" and each.text.startswith("(")]
        if told:
            self._fail(line.span, "this has no effect here", near=told[0].strip("()"), help=self._where())

    def prepare(self, line: tests.Line) -> None:
        """Let the call come to where a line can be done."""
        call, action = self.simulation, action_of(line)
        match action:
            case Press() | Speak() | HangUp() | TargetIsLate():
                call.reach(action.at)
            case Silent() | SpeechFails() | TargetDoes():
                call.settle()
            case Becomes() if not call.over and call.asked is None:
                call.settle()
            case Wait() | HostFails():
                call.reach(0.0)
            case _:
                return

    # ---------------------------------------------------------------------------------------------- what is expected

    def _goes_on(self, patient: bool = False) -> bool:
        """Let the next thing happen that needs nobody. ``patient``: in a queue time passes, too, for what is said there
        from time to time."""
        if self.simulation.asked is not None and not patient:
            return False
        return self.simulation.go_on()

    def _hears(self, line: tests.Hears) -> None:
        wanted = " ".join(line.text.plain.split())
        while True:
            found = self._find(wanted, line.exactly)
            if found is not None:
                break
            if not self._goes_on(patient=True):
                said = "all of" if line.exactly else ""
                what = f"the caller does not hear {said} this".replace("  ", " ")
                self._fail(line.span, what, near=self._nearest(wanted), help=self._where())
        heard = self.simulation.lines[found]
        passed = heard.t - self.since
        for limit, wrong in ((line.after, "after"), (line.within, "within")):
            late = limit is not None and passed > limit.seconds + CLOSE
            early = limit is not None and wrong == "after" and passed < limit.seconds - CLOSE
            if late or early:
                self._fail(line.span, f"the caller hears this after {passed:.2f}s".replace(".00s", "s"))
        at = " ".join(heard.text.split()).find(wanted, self.inside if found == self.line else 0)
        self.line, self.inside = found, at + len(wanted)
        self.since = heard.end

    def _find(self, wanted: str, exactly: bool) -> int | None:
        for number in range(self.line, len(self.simulation.lines)):
            line = self.simulation.lines[number]
            text = " ".join(line.text.split())
            if line.who != "ivr":
                continue
            begin = self.inside if number == self.line else 0
            if (text == wanted and not begin) if exactly else text.find(wanted, begin) >= 0:
                return number
        return None

    def check_never(self) -> None:
        """What must not be heard was not."""
        for wanted, since in self.never:
            text = " ".join(wanted.text.plain.split())
            for line in self.simulation.lines[since:]:
                if line.who == "ivr" and text in " ".join(line.text.split()):
                    self._fail(wanted.span, "the caller hears this", near=line.text)

    def _reaches(self, line: tests.Reaches) -> None:
        while True:
            for number in range(self.trace, len(self.simulation.trace)):
                each = self.simulation.trace[number]
                if each.kind == "entered" and each.detail == line.block.text:
                    self.trace = number + 1
                    return
            if not self._goes_on():
                where = self.simulation.call.block
                near = f"the call is in {where}" if where else ""
                self._fail(line.span, "the call does not come here", near=near, help=self._where())

    def _requests(self, line: tests.Requests) -> None:
        wanted = fields(line.fields)
        while True:
            for number in range(self.request, len(self.simulation.requests)):
                if self._is_asked(self.simulation.requests[number], line, wanted):
                    self.request = number + 1
                    return
            if not self._goes_on():
                made = [each for each in self.simulation.requests[self.request :] if each.verb == line.verb.text]
                near = "; ".join(self._told(each) for each in made)
                self._fail(line.span, "the call does not ask for this", near=near, help=self._where())

    def _is_asked(self, request: Request, line: tests.Requests, wanted: tuple[tuple[str, Value], ...]) -> bool:
        if request.verb != line.verb.text or (line.target is not None and request.name != line.target.text):
            return False
        given = dict(request.arguments)
        return all(name in given and self._clear(given[name]) == value for name, value in wanted)

    def _clear(self, value: Value) -> Value:
        return self.simulation.open(value) if isinstance(value, Secret) else value

    def _told(self, request: Request) -> str:
        values = ", ".join(f"{name} {_shown(value)}" for name, value in request.arguments)
        return f"{request.verb} {request.name} {{ {values} }}" if values else f"{request.verb} {request.name}"

    def _ends(self, line: tests.Ends) -> None:
        while not self.simulation.over:
            if not self._goes_on():
                self._fail(line.span, "the call is not over", help=self._where())
        end = self.simulation.end
        assert end is not None
        fits = any(name.text in (end.result, end.ending) for name in line.results)
        placed = line.block is None or line.block.text == end.block
        if not fits or not placed:
            self._fail(line.span, "the call does not end like this", near=self._how_it_ended())

    # ---------------------------------------------------------------------------------------------- what is said of it

    def _fail(self, span: Span, what: str, near: str = "", help: str = "") -> None:
        raise Broken(Failure(span, what, near, help))

    def _how_it_ended(self) -> str:
        end = self.simulation.end
        if end is None:
            return ""
        result = f" with `{end.result}`" if end.result else ""
        return f"it ends `{end.ending}`{result} at {end.block or 'the beginning'}"

    def _where(self) -> str:
        """What the call waits for, so that the author knows which line is missing."""
        call = self.simulation
        if call.over:
            return self._how_it_ended()
        if call.ringing:
            return f"{call.ringing} rings: write what it does, such as `transfer busy`"
        if call.asked is not None:
            verb = call.asked.verb
            usual = {"voicemail": '`says "…"` or `voicemail saved`', "queue": "`queue connected`"}
            such = usual.get(verb, f"`{verb}` and an outcome")
            return f"the call is in {call.call.block}: write what becomes of it, such as {such}"
        if call.listening:
            such = "`presses 1` or `silent`"
            return f"{call.call.block} waits for the caller: write what the caller does, such as {such}"
        return ""

    def _nearest(self, wanted: str) -> str:
        """What was heard that is most like it."""
        heard = [line for line in self.simulation.lines if line.who == "ivr"]
        return closest(wanted, heard)


def closest(wanted: str, heard: list[Line]) -> str:
    """The line that is most like a text, with where it was heard; "" when nothing was."""
    from rapidfuzz import fuzz

    if not heard:
        return ""
    best = max(heard, key=lambda line: (fuzz.partial_ratio(wanted, line.text), line.t))
    return f'at {best.t:.1f}s in {best.block or "the beginning"}: "{best.text}"'


def _shown(value: Value) -> str:
    if isinstance(value, Secret):
        return "****"
    return f'"{value}"' if isinstance(value, str) else str(value)
