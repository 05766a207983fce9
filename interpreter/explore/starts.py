"""How calls can begin: at each time that the script can tell apart, with each switch, with and without a number."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dsl import Program
from dsl.analysis import told
from dsl.analysis.given import CALLEE
from dsl.analysis.values import expressions, walk
from dsl.ast import Hours, IsKnown, Recall, Remember, Step, Variable
from interpreter import opening
from interpreter.explore.abstraction import Abstraction
from interpreter.explore.graph import Moment, Start
from interpreter.protocol import Value

CALLER = "+14255550100"
MOST_SWITCHES = 4
"""Switches of which every combination is tried; of more, each alone."""
DAYS = 14
"""Days whose opening hours are looked through; holidays are looked for beyond them."""
YEAR = 400
MONDAY = datetime(2026, 3, 2, 10, 0)


@dataclass(slots=True)
class Starts:
    """Every beginning, and every time that the script can tell apart."""

    found: list[Start]
    moments: list[Moment]
    today: date
    notes: list[str]


def starts(program: Program) -> Starts:
    """The beginnings of calls of a program."""
    notes: list[str] = []
    moments = _moments(program)
    names = sorted(told.switches(program))
    callers = [CALLER, ""] if _asks_caller(program) else [CALLER]
    switches = list(_switches(names))
    if len(names) > MOST_SWITCHES:
        notes.append(f"{len(names)} switches: each is flipped alone, not in every combination")
    if len(moments) > 1:
        notes.append(f"time: {', '.join(moment.name for moment in moments)}")
    today = datetime.fromtimestamp(moments[0].at, zone_of(program)).date()
    arguments = _arguments(program, today)
    found = [
        Start(moments[0].at, caller, switched, given)
        for caller, switched, given in itertools.product(callers, switches, arguments)
    ]
    return Starts(found, moments, today, notes)


def _arguments(program: Program, today: date) -> list[tuple[tuple[str, Value], ...]]:
    """The parameters of an outbound flow; what is attached to a call, or is not."""
    flow = program.flow
    if flow is None:
        return [()]
    abstraction = Abstraction(program, today)
    names = [each.name.text for each in (flow.parameters if flow.outbound else flow.attached)]
    if not flow.outbound and _asks_for(program, CALLEE):
        names.append(CALLEE)
    absent: tuple[Value, ...] = () if flow.outbound else (None,)
    each = [(*absent, *abstraction.values(name, abstraction.of_path(name))) for name in names]
    return [
        tuple((name, value) for name, value in zip(names, values, strict=True) if value is not None)
        for values in itertools.islice(itertools.product(*each), 16)
    ]


def _switches(names: list[str]) -> list[tuple[tuple[str, bool], ...]]:
    if len(names) <= MOST_SWITCHES:
        states = itertools.product((False, True), repeat=len(names))
        return [tuple(zip(names, each, strict=True)) for each in states]
    off = tuple((name, False) for name in names)
    return [off, *(tuple((name, name == on) for name in names) for on in names)]


def _asks_for(program: Program, value: str) -> bool:
    """Whether a block reads a value, or asks whether it is known."""
    for block in program.blocks.values():
        for each in (node for expression in expressions(block) for node in walk(expression)):
            subject = each.operand if isinstance(each, IsKnown) else each
            if isinstance(subject, Variable) and subject.path[0] == value:
                return True
    return False


def _asks_caller(program: Program) -> bool:
    if _asks_for(program, "caller"):
        return True
    for block in program.blocks.values():
        if isinstance(block, Step) and any(isinstance(each, Recall | Remember) for each in block.statements):
            return True
    counters = (counter.key for counter in program.counters.values() if counter.key is not None)
    return any(True for _ in counters)


def zone_of(program: Program) -> ZoneInfo:
    """The flow's time zone; UTC where it has none."""
    flow = program.flow
    zone = flow.timezone.plain if flow is not None and flow.timezone is not None else "UTC"
    return ZoneInfo(zone if opening.is_zone(zone) else "UTC")


def _moments(program: Program) -> list[Moment]:
    """A moment for every combination of states of the opening hours."""
    first = MONDAY.replace(tzinfo=zone_of(program))
    hours = [each for each in program.hours.values() if opening.is_zone(program.timezone_of(each))]
    if not hours:
        return [Moment(first.timestamp(), "any time")]
    found: dict[tuple[str, ...], Moment] = {}
    for at in (first.timestamp(), *_changes(program, hours, first)):
        states = tuple(opening.opening_at(each, program.timezone_of(each), at).state for each in hours)
        if states not in found:
            told_as = " and ".join(f"{each.name.text} {state}" for each, state in zip(hours, states, strict=True))
            found[states] = Moment(at, told_as)
    return list(found.values())


def _changes(program: Program, hours: list[Hours], first: datetime) -> list[float]:
    """Moments at which a state may begin: within two weeks, and at noon of every later day (holidays)."""
    moments: set[float] = set()
    for each in hours:
        zone, at = program.timezone_of(each), first.timestamp()
        while at < first.timestamp() + DAYS * 86_400:
            change = opening.next_change(each, zone, at)
            if change is None:
                break
            at = change.timestamp()
            moments.add(at + 60)
    for days in range(YEAR):
        moments.add((first + timedelta(days=days, hours=2)).timestamp())
    return sorted(moments)
