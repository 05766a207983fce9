"""Tests run again while something goes wrong.

Callbacks that come twice, and a process that ends after each step, must change nothing: every expectation of the test
has to hold. Where data fails, a transfer is refused or callbacks are late, the call goes another way, so that only
what holds for every call is asked for: it comes to an end, it does not end because of us, and it ends as the script
promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dsl import Program
from dsl.analysis import told
from dsl.ast import Test, tests
from interpreter.phone import act
from interpreter.simulate import SILENT, Faults, Given, Simulation
from interpreter.testing.reading import BadTest, action_of
from interpreter.testing.running import Rehearsal, Result, begin_test, run_test

LATE = 2.0
"""Seconds that a late callback takes."""
SLOW = 2.0
"""Seconds that slow data takes."""
_DATA = ("lookup", "check", "action", "recall", "count")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong. ``strict``: the test has to pass all the same."""

    name: str
    prepare: Callable[[Simulation], None]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Suffered:
    """A test under a fault. ``wrong`` is empty where it came through."""

    test: Test
    fault: Fault
    simulation: Simulation | None
    wrong: str


def faults_of(program: Program) -> list[Fault]:
    """Everything that can go wrong in calls of a program."""
    found = [
        Fault("every callback comes twice", _with(Faults(twice=True)), strict=True),
        Fault("the process ends after each event", _with(Faults(killed=True)), strict=True),
        Fault(f"callbacks are {LATE:g}s late, and others overtake them", _with(Faults(late=LATE))),
        Fault("no transfer is put through", _with(Faults(refused=True))),
        Fault(f"data takes {SLOW:g}s", _with(Faults(slow=SLOW))),
    ]
    names = told.asked_names(program)
    for verb in _DATA:
        for name in sorted(names.get(verb, ())):
            found.append(Fault(f"{verb} {name} fails", _give(Given(verb, name, "failed"))))  # type: ignore[arg-type]
            late = Given(verb, name, "failed", after=SILENT)  # type: ignore[arg-type]
            found.append(Fault(f"{verb} {name} never answers", _give(late)))
    return found


def _with(faults: Faults) -> Callable[[Simulation], None]:
    def prepare(simulation: Simulation) -> None:
        simulation.faults = faults

    return prepare


def _give(given: Given) -> Callable[[Simulation], None]:
    def prepare(simulation: Simulation) -> None:
        simulation.world.broken.append(given)

    return prepare


def suffer(program: Program, test: Test) -> Iterator[Suffered]:
    """A test under each fault that touches it."""
    plain = run_test(program, test)
    asked = {(each.verb, each.name) for each in plain.simulation.requests} if plain.simulation is not None else set()
    for fault in faults_of(program):
        verb, _, name = fault.name.partition(" ")
        if verb in _DATA and (verb, name.split(" ")[0]) not in asked:
            continue  # the call never asks for it
        yield _strictly(program, test, fault) if fault.strict else _loosely(program, test, fault)


def _strictly(program: Program, test: Test, fault: Fault) -> Suffered:
    result: Result = run_test(program, test, fault.prepare)
    wrong = "" if result.failure is None else f"{result.failure.what} ({result.failure.near})"
    return Suffered(test, fault, result.simulation, wrong)


def _loosely(program: Program, test: Test, fault: Fault) -> Suffered:
    """Let everybody do what the test says, as far as it still applies."""
    try:
        rehearsal = begin_test(program, test)
    except BadTest as error:
        return Suffered(test, fault, None, str(error))
    simulation = rehearsal.simulation
    fault.prepare(simulation)
    try:
        for line in test.lines:
            if not simulation.over:
                _do(rehearsal, line)
        simulation.to_the_end()
    except AssertionError as error:
        return Suffered(test, fault, simulation, f"the call stands still: {error}")
    return Suffered(test, fault, simulation, _judged(program, simulation))


def _do(rehearsal: Rehearsal, line: tests.Line) -> None:
    action = action_of(line)
    if isinstance(action, Given):
        rehearsal.simulation.world.give(action)
    elif action is not None:
        act(rehearsal.simulation, action)


def _judged(program: Program, simulation: Simulation) -> str:
    end = simulation.end
    if end is None:
        return "the call does not end"
    if end.ending == "failed":
        return f"the call ends because of us, at {end.block or 'the beginning'}"
    for promise in told.promises(program):
        if isinstance(promise.pledge, tests.EveryPathEnds):
            wanted = {name.text for name in promise.pledge.results}
            if end.result not in wanted and end.ending not in wanted:
                return f"the call ends `{end.result or end.ending}`, which is none of what the script promises"
    return ""
