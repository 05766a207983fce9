"""Tests written by a machine: the lines that let a call happen are run, and what was heard is written between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dsl import Program, Source, parse
from dsl.analysis.told import all_tests
from dsl.ast import Test, tests
from interpreter.explore.graph import covered
from interpreter.explore.written import value
from interpreter.simulate import Simulation
from interpreter.testing.reading import BadTest
from interpreter.testing.running import Broken, Rehearsal, begin_test

LONGEST = 90
"""Characters of a text after which only its beginning is expected."""


@dataclass(frozen=True, slots=True)
class Written:
    """A test, and the ways through the script that it takes."""

    text: str
    covered: frozenset[tuple[int, str]]


def complete(program: Program, draft: str) -> Written | None:
    """A test with what was heard after each thing that is done, and with how it ends. ``None`` where a line of the
    draft cannot be done."""
    whole = Source(program.source.name, f"{program.source.text.rstrip()}\n\n{draft}")
    test = all_tests(Program(whole, parse(whole).script))[-1:]
    if not test:
        return None
    written = draft.rstrip("\n").splitlines()
    head = [line for line in written if line.lstrip().startswith(";")]
    try:
        begun = begin_test(program, test[0])
        lines = [written[0], *head, *(f"    {line}" for line in _run(begun, test[0], whole))]
    except (BadTest, Broken):
        return None
    return Written("\n".join(lines) + "\n", frozenset(covered(tuple(begun.simulation.trace))))


def _run(rehearsal: Rehearsal, test: Test, source: Source) -> Iterator[str]:
    call = rehearsal.simulation
    for number, line in enumerate(test.lines):
        text = " ".join(source.slice(line.span).split())
        onward = test.lines[number + 1] if number + 1 < len(test.lines) else None
        if not isinstance(line, tests.Hears | tests.Reaches):
            rehearsal.do(line)
            yield text
            quiet = isinstance(line, tests.At | tests.From | tests.SwitchIs | tests.With | tests.GivenAnswer)
            if not quiet and not isinstance(onward, tests.Silent):
                yield from _heard(rehearsal)
        else:
            rehearsal.do(line)
            yield text
    while not call.over and call.go_on():
        pass
    yield from _last(rehearsal, call)


def _heard(rehearsal: Rehearsal) -> Iterator[str]:
    """The first thing that was said since, in words that a test can hold on to."""
    for line in rehearsal.simulation.lines[rehearsal.line :]:
        if line.who == "ivr" and not line.text.startswith("[") and not line.interrupted:
            yield f"hears {value(_short(line.text))}"
            return


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0]


def _last(rehearsal: Rehearsal, call: Simulation) -> Iterator[str]:
    if call.end is not None:
        yield f"ends {call.end.result or call.end.ending}"
        return
    entered = [each.detail for each in call.trace[rehearsal.trace :] if each.kind == "entered"]
    if entered:
        yield f"reaches {entered[-1]}"
    elif not any(line.who == "ivr" for line in call.lines[rehearsal.line :]):
        yield f"; the call is in {call.call.block}"


def title(wanted: str, known: Sequence[str]) -> str:
    """A name for a test that no other one has."""
    wanted = wanted.replace('"', "'")
    found, number = wanted, 1
    while found in known:
        number += 1
        found = f"{wanted} ({number})"
    return found
