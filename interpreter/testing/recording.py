"""A call made by hand, written down as a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from dsl import Program
from interpreter.explore.starts import zone_of
from interpreter.explore.written import record, value
from interpreter.phone import (
    Action,
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
)
from interpreter.simulate import SILENT, Given, Simulation
from interpreter.testing.reading import CALLER
from interpreter.testing.writing import Writer


def as_test(program: Program, simulation: Simulation, actions: Sequence[Action], title: str) -> str:
    """What was done in a call as a test, with what was heard between. ``actions`` are those of the people in it and
    what was given, in order."""
    begins = [f"at {datetime.fromtimestamp(simulation.start, zone_of(program)):%Y-%m-%d %H:%M:%S}"]
    if simulation.caller != CALLER:
        begins.append(f"calls from {value(simulation.caller)}" if simulation.caller else "calls from withheld")
    begins += (f"switch {name} is on" for name, on in simulation.switches if on)
    if simulation.arguments:
        begins.append("with" + record(simulation.arguments).replace("{ ", "").replace(" }", ""))
    draft = f"test {value(title)}\n" + "".join(f"    {line}\n" for line in [*begins, *map(line_of, actions)])
    written = Writer(program).complete(draft)
    return written.text if written is not None else draft


def line_of(action: Action) -> str:
    """An action as a test says it."""
    match action:
        case Press():
            return f"presses {action.keys}{_at(action.at)}"
        case Speak():
            return f"says {value(action.text)}{_at(action.at)}"
        case Silent():
            return "silent"
        case Wait():
            return f"waits {action.seconds:g}s"
        case SpeechFails():
            return "speech fails"
        case HostFails():
            return "host fails"
        case HangUp():
            return f"hangs up{_at(action.at)}"
        case TargetDoes():
            return f"transfer {action.end}{_after(action.after)}"
        case TargetIsLate():
            return f"transfer answered late{_after(action.at or 0.0)}"
        case Becomes():
            return _becomes(action)
        case Given():
            return _given(action)
        case _:
            assert_never(action)


def _at(seconds: float | None) -> str:
    return f" at {seconds:g}s" if seconds is not None else ""


def _after(seconds: float) -> str:
    return f" after {seconds:g}s" if seconds else ""


def _becomes(action: Becomes) -> str:
    values = dict(action.values)
    place = values.pop("position", None)
    number = f" {place:g}" if isinstance(place, float) else ""
    return f"{action.verb} {action.outcome}{number}{record(tuple(values.items()))}{_after(action.after)}"


def _given(given: Given) -> str:
    subject = f"given {given.verb} {given.name}".rstrip()
    if given.after == SILENT:
        return f"{subject} never answers"
    values = dict(given.values)
    if given.verb == "count" and not given.outcome:
        return f"{subject} is {value(values.get('value'))}"
    when = " and ".join(f"{name} is {value(each)}" for name, each in given.when)
    braces = f" {{ {value(values['value'])} }}" if set(values) == {"value"} else record(given.values)
    said = f"{subject} fails" if given.outcome == "failed" else f"{subject} is {given.outcome}{braces}"
    return f"{said}{f' when {when}' if when else ''}{_after(given.after)}"
