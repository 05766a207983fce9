"""``ivr test``: the tests of scripts, with what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from dsl import Program
from dsl.analysis.told import all_tests
from dsl.ast import Test
from dsl.bundle import section_names, section_starts
from interpreter import phone
from interpreter.explore import Coverage, coverage
from interpreter.simulate import Simulation
from interpreter.testing import Result, reporting, run_test
from interpreter.testing.faults import suffer
from interpreter.testing.reading import MOMENT, epoch
from interpreter.tooling import covering
from interpreter.tooling.call import load_program, talk
from interpreter.tooling.call import record as write_call
from interpreter.tooling.check import Outcome
from interpreter.tooling.files import CannotRun, find_scripts, write
from interpreter.tooling.project import projects, takes_calls

SUFFIX = "_test"
"""What stands behind the name of a script in the name of its file of tests."""


@dataclass(frozen=True, slots=True)
class Testing:
    """How `ivr test` was asked. ``only``: part of the names of the tests to run."""

    __test__ = False

    site: Path | None = None
    format: str = "text"
    only: str = ""
    coverage: bool = False
    html: Path | None = None
    generate: bool = False
    faults: bool = False
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Suite:
    """A script that takes calls, as the file that was looked at gives it, with the tests that are run on it."""

    path: Path
    program: Program
    tests: tuple[Test, ...]
    members: tuple[Path, ...] = ()
    """The file itself, then those that it uses."""

    @property
    def reals(self) -> frozenset[Path]:
        """The same, as real paths."""
        return frozenset(member.resolve() for member in self.members)


def suites(paths: list[Path], site: Path | None, colour: bool = False) -> list[Suite]:
    """Every script that can take calls, with its tests; a test that several of them share is run on the first. Raises
    `CannotRun` and `ScriptHasErrors`."""
    seen: set[tuple[Path, int]] = set()
    found: list[Suite] = []
    for path, members in projects(find_scripts(paths)).items():
        if not any(takes_calls(member) for member in members):
            continue  # a file that others use
        program = load_program(path, site, colour)
        tests = []
        for test in all_tests(program):
            at = _place(path, program, test)
            if at not in seen:
                seen.add(at)
                tests.append(test)
        found.append(Suite(path, program, tuple(tests), members))
    return found


def _place(path: Path, program: Program, test: Test) -> tuple[Path, int]:
    """The file in which a test stands, and where."""
    starts = section_starts(program.source)
    at = sum(start <= test.span.start for start in starts)
    if not at:
        return path.resolve(), test.span.start
    return (path.parent / section_names(program.source)[at - 1]).resolve(), test.span.start - starts[at - 1]


def run(paths: list[Path], how: Testing) -> Outcome:
    """Run the tests of scripts. Exit code 1 when one fails, or when something is not covered and coverage was asked
    for. Raises `CannotRun`."""
    chosen = suites(paths, how.site, how.colour)
    ran = [(suite, result) for suite in chosen for result in _run(suite, how.only)]
    if not ran and not how.generate:
        every = [test.name.text for suite in chosen for test in suite.tests]
        raise CannotRun(
            f"no test has `{how.only}` in its name; there are {len(every)}" if every else "there is no test to run"
        )
    good = all(result.passed for _, result in ran)
    out = _reported([(suite.program, result) for suite, result in ran], how) if ran else ""
    if how.faults:
        more, survived = _suffered(chosen, how)
        out, good = out + more, good and survived
    if how.coverage or how.html is not None or how.generate:
        more, complete = _covered(chosen, ran, how)
        out, good = ("" if how.generate else out) + more, good and complete
    return Outcome(out, "", int(not good))


def record(paths: list[Path], site: Path | None, console: Console) -> str:
    """A call by hand, written as a test into the file of tests beside the script. Raises `CannotRun`."""
    if len(paths) != 1 or paths[0].is_dir() or paths[0].stem.endswith(SUFFIX):
        raise CannotRun("--record needs one script, to be called by hand")
    script = paths[0]
    program = load_program(script, site)
    simulation = Simulation(program, epoch(MOMENT, program))
    done = talk(simulation, console)
    return write_call(program, simulation, done, script, script.with_name(f"{script.stem}{SUFFIX}.ivr"))


def _run(suite: Suite, only: str) -> Iterator[Result]:
    for test in suite.tests:
        if only.casefold() in test.name.text.casefold():
            yield run_test(suite.program, test)


def _reported(ran: Sequence[tuple[Program, Result]], how: Testing) -> str:
    match how.format:
        case "json":
            return reporting.as_json(ran)
        case "junit":
            return reporting.as_junit(ran)
        case _:
            return reporting.text(ran, colour=how.colour)


def coverage_of(tests: Path, script: Path, colour: bool = False) -> Coverage:
    """What a file of tests covers of the script that it is for. Raises `CannotRun`."""
    suite = next(iter(suites([tests], None, colour)), None)
    if suite is None or script.resolve() not in suite.reals:
        raise CannotRun(f"{tests} has no tests for {script}: it does not `use` it")
    found = coverage(suite.program)
    for result in _run(suite, ""):
        if result.simulation is not None:
            found.take(result.simulation.trace)
    return found


def _suffered(chosen: Sequence[Suite], how: Testing) -> tuple[str, bool]:
    """Every test again under every fault that touches it."""
    parts: list[str] = []
    count = 0
    for suite in chosen:
        for test in suite.tests:
            if how.only.casefold() not in test.name.text.casefold():
                continue
            for each in suffer(suite.program, test):
                count += 1
                if each.wrong:
                    call = phone.transcript(each.simulation) if each.simulation is not None else ""
                    parts.append(f'\ntest "{test.name.text}" while {each.fault.name}: {each.wrong}\n{call}')
    wrong = f"{len(parts)} of them go wrong" if parts else "all of them come through"
    return "".join([*parts, f"{count} runs with faults; {wrong}\n"]), not parts


def _covered(chosen: Sequence[Suite], ran: Sequence[tuple[Suite, Result]], how: Testing) -> tuple[str, bool]:
    """What is covered of each script, or the tests that are missing. A script is covered by the tests of every file
    that uses it."""
    brought = {member.resolve() for suite in chosen for member in suite.members[1:]}
    found = []
    for suite in chosen:
        if suite.path.resolve() in brought:
            continue
        each = coverage(suite.program)
        for other, result in ran:
            if result.simulation is not None and (other is suite or other.path.resolve() in suite.reals):
                each.take(result.simulation.trace)
        found.append(covering.Covered(str(suite.path), each))
    if how.generate:
        return _generated(found), True
    if how.html is not None:
        write(how.html, covering.page(found))
    return covering.text(found), all(not each.coverage.missing for each in found)


def _generated(found: Sequence[covering.Covered]) -> str:
    parts: list[str] = []
    for each in found:
        tests, failed = covering.generated(each.coverage)
        parts.append(f"; {each.title}: {len(tests)} tests for what was not covered\n\n" + "\n".join(tests))
        parts += (f"; no test could be written for {spot.block}: {spot.cause}\n" for spot in failed)
    return "\n".join(parts)
