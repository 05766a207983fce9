"""Tests written by a machine: the lines that let a call happen are run, and what was heard, asked for and said in the
end is written between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dsl import Program, Source, parse
from dsl.analysis.told import all_tests
from dsl.ast import Test, tests
from interpreter.explore.graph import covered
from interpreter.explore.written import record, value
from interpreter.protocol import Request, Secret, Value
from interpreter.simulate import Line
from interpreter.testing.reading import BadTest
from interpreter.testing.running import Broken, Rehearsal, begin_test, run_test

LONGEST = 120
"""Characters of a text after which only its beginning is expected."""
ASKED = frozenset(
    {"queue", "voicemail", "callback", "consult", "dial", "transfer", "pay", "brief", "notify", "remember", "forget"}
    | {"record", "transcribe", "stream", "action", "tones"}
)
"""Requests that a test expects: those by which something is done. What was looked up shows in what is heard."""
_BEGINS = (tests.At, tests.From, tests.SwitchIs, tests.With, tests.GivenAnswer)


@dataclass(frozen=True, slots=True)
class Written:
    """A test, and the ways through the script that it takes."""

    text: str
    covered: frozenset[tuple[int, str]]


@dataclass
class Writer:
    """Writes tests of a program. What one of them expects already the others need not expect again: of each thing that
    is done a test expects the first thing that is heard, and whatever no test has expected yet."""

    program: Program
    told: set[str] = field(default_factory=set)

    def complete(self, draft: str) -> Written | None:
        """A test with what happens after each thing that is done, and with how it ends. ``None`` where a line of the
        draft cannot be done."""
        test = _parsed(self.program, draft)
        if test is None:
            return None
        told = set(self.told)
        try:
            begun = begin_test(self.program, test[0])
            lines = [f"    {line}" for line in self._run(begun, *test)]
        except (BadTest, Broken):
            self.told = told
            return None
        written = draft.rstrip("\n").splitlines()
        comments = [line for line in written if line.lstrip().startswith(";")]
        text = "\n".join([written[0], *comments, *lines]) + "\n"
        again = _parsed(self.program, text)
        if again is None or not run_test(self.program, again[0]).passed:
            self.told = told
            return None
        return Written(text, frozenset(covered(tuple(begun.simulation.trace))))

    def _run(self, rehearsal: Rehearsal, test: Test, source: Source) -> Iterator[str]:
        call, seen, asked, waits = rehearsal.simulation, 0, 0, ""
        for line in test.lines:
            if isinstance(line, tests.Hears | tests.Reaches):
                rehearsal.do(line)
            elif not isinstance(line, _BEGINS):
                rehearsal.prepare(line)
                yield from self._happened(rehearsal, seen, asked, waits)
                seen, asked = len(call.lines), len(call.requests)
                rehearsal.do(line)
                waits = "silent" if isinstance(line, tests.Silent) else "done"
            else:
                rehearsal.do(line)
            yield " ".join(source.slice(line.span).split())
        while not call.over and call.asked is None and call.go_on():
            pass
        yield from self._happened(rehearsal, seen, asked, waits)
        yield from _last(rehearsal)

    def _happened(self, rehearsal: Rehearsal, seen: int, asked: int, waits: str) -> Iterator[str]:
        """What was asked for and heard since the last thing that was done."""
        call = rehearsal.simulation
        for request in call.requests[asked:]:
            said = _asked(request) if request.verb in ASKED else ""
            if said and said not in self.told:
                self.told.add(said)
                yield said
        heard = [line for line in call.lines[seen:] if line.who == "ivr"]
        for number, line in enumerate(heard):
            first, what = not number and bool(waits), f"{line.block}: {line.text}"
            if what not in self.told or first:
                self.told.add(what)
                yield _hears(line, rehearsal.since if first and waits == "silent" else None)


def _parsed(program: Program, text: str) -> tuple[Test, Source] | None:
    """A test as it would stand at the end of the script."""
    whole = Source(program.source.name, f"{program.source.text.rstrip()}\n\n{text}")
    found = all_tests(Program(whole, parse(whole).script))
    return (found[-1], whole) if found and whole.slice(found[-1].span).startswith(text.splitlines()[0]) else None


def _hears(line: Line, since: float | None) -> str:
    text = " ".join(line.text.split())
    exactly = "exactly " if len(text) <= LONGEST else ""
    if not exactly:
        text = text[:LONGEST].rsplit(" ", 1)[0]
    when = f"after {line.t - since:.3g}s " if since is not None else ""
    return f"{when}hears {exactly}{value(text)}"


def _asked(request: Request) -> str:
    """A request with everything that a test can compare."""
    arguments = tuple((name, each) for name, each in request.arguments if _comparable(each))
    name = f" {request.name}" if request.name and request.verb != "brief" else ""
    return f"requests {request.verb}{name}{record(arguments)}"


def _comparable(found: Value) -> bool:
    return found not in (None, "") and not isinstance(found, Secret)


def _last(rehearsal: Rehearsal) -> Iterator[str]:
    call = rehearsal.simulation
    if call.end is not None:
        yield f"ends {call.end.result or call.end.ending} at {call.end.block}" if call.end.block else "ends abandoned"
        return
    entered = [each.detail for each in call.trace[rehearsal.trace :] if each.kind == "entered"]
    if entered:
        yield f"reaches {entered[-1]}"


def title(wanted: str, known: Sequence[str]) -> str:
    """A name for a test that no other one has."""
    wanted = wanted.replace('"', "'")
    found, number = wanted, 1
    while found in known:
        number += 1
        found = f"{wanted} ({number})"
    return found
