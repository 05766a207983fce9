"""``ivr test``: the tests of scripts, with what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl import Program
from dsl.analysis.told import all_tests
from dsl.ast import Test
from dsl.bundle import section_names, section_starts
from interpreter.testing import Result, reporting, run_test
from interpreter.tooling.call import load_program
from interpreter.tooling.check import Outcome
from interpreter.tooling.files import CannotRun, find_scripts
from interpreter.tooling.project import projects


@dataclass(frozen=True, slots=True)
class Testing:
    """How `ivr test` was asked. ``only``: part of the names of the tests to run."""

    __test__ = False

    site: Path | None = None
    format: str = "text"
    only: str = ""
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """A script that takes calls, as the file that was looked at gives it, with the tests that are run on it."""

    path: Path
    program: Program
    tests: tuple[Test, ...]


def suites(paths: list[Path], site: Path | None, colour: bool = False) -> list[Suite]:
    """Every script that can take calls, with its tests; a test that several of them share is run on the first. Raises
    `CannotRun` and `ScriptHasErrors`."""
    seen: set[tuple[Path, int]] = set()
    found: list[Suite] = []
    for path in projects(find_scripts(paths)):
        program = load_program(path, site, colour)
        tests = []
        for test in all_tests(program):
            at = _place(path, program, test)
            if at not in seen:
                seen.add(at)
                tests.append(test)
        if program.flow is not None:
            found.append(Suite(path, program, tuple(tests)))
        elif tests:
            raise CannotRun(f"{path} has tests, but no flow that takes calls: `use` the script that they are for")
    return found


def _place(path: Path, program: Program, test: Test) -> tuple[Path, int]:
    """The file in which a test stands, and where."""
    starts = section_starts(program.source)
    at = sum(start <= test.span.start for start in starts)
    if not at:
        return path.resolve(), test.span.start
    return (path.parent / section_names(program.source)[at - 1]).resolve(), test.span.start - starts[at - 1]


def run(paths: list[Path], how: Testing) -> Outcome:
    """Run the tests of scripts. Exit code 1 when one fails. Raises `CannotRun`."""
    chosen = suites(paths, how.site, how.colour)
    ran = list(_run(chosen, how.only))
    if not ran:
        every = [test.name.text for suite in chosen for test in suite.tests]
        raise CannotRun(
            f"no test has `{how.only}` in its name; there are {len(every)}" if every else "there is no test to run"
        )
    return Outcome(_reported(ran, how), "", int(not all(result.passed for _, result in ran)))


def _run(chosen: Sequence[Suite], only: str) -> Iterator[tuple[Program, Result]]:
    for suite in chosen:
        for test in suite.tests:
            if only.casefold() in test.name.text.casefold():
                yield suite.program, run_test(suite.program, test)


def _reported(ran: Sequence[tuple[Program, Result]], how: Testing) -> str:
    match how.format:
        case "json":
            return reporting.as_json(ran)
        case "junit":
            return reporting.as_junit(ran)
        case _:
            return reporting.text(ran, colour=how.colour)
