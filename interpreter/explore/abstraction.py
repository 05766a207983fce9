"""Which values are tried: of each value of a script as many as its own conditions can tell apart.

A value that no condition asks for is tried with one value. For the others the constants that they are compared with are
tried, and what lies beside them. What is bounded here is told with every proof (`Abstraction.notes`).
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from dsl import Program
from dsl.analysis.given import BUILT_IN, CALLEE
from dsl.analysis.kinds import Type
from dsl.analysis.types import types_of
from dsl.analysis.values import data_check, variables_in, walk
from dsl.ast import (
    Binary,
    Collect,
    DateKind,
    DayLiteral,
    DurationLiteral,
    Expression,
    LocaleLiteral,
    MoneyKind,
    NumberKind,
    NumberLiteral,
    OneOfKind,
    Queue,
    Run,
    Set,
    SetLanguage,
    Step,
    Survey,
    TextLiteral,
    TimeKind,
    TimeLiteral,
    Variable,
    WhenGuard,
    WhenValue,
)
from interpreter.protocol import Day, Items, Money, Record, Seconds, TimeOfDay, Value

MOST_COMBINATIONS = 48
"""Values of one look-up that are tried with each other; beyond it each field is varied alone."""
COMPARISONS = frozenset({"is", "is-not", "in", "not-in", "<", "<=", ">", ">="})
TEXT, PHONE, NUMBER = "text", "+14255550111", 2.0

Constant = str | float | Day | TimeOfDay | Seconds


@dataclass
class Abstraction:
    """What the conditions of a program can tell apart."""

    program: Program
    today: date
    constants: dict[str, set[Constant]] = field(default_factory=lambda: defaultdict(set))
    """By value, as the script writes it: what it is held against."""
    compared: set[str] = field(default_factory=set)
    """Values on which the way of a call depends."""
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._types = types_of(self.program)
        links: list[tuple[str, str]] = []
        for declaration in self.program.declarations():
            if isinstance(declaration, Step):
                self._step(declaration, links)
            elif isinstance(declaration, Collect):
                self._collect(declaration)
            elif isinstance(declaration, Queue):
                for option in declaration.options:
                    if option.condition is not None:
                        self._predicate((option.condition,))
            elif isinstance(declaration, Survey):
                for question in declaration.questions:
                    if question.source is not None:
                        self.compared.add(".".join(question.source.path))
        self._propagate(links)

    # ---------------------------------------------------------------------------------------------- what is asked for

    def _step(self, step: Step, links: list[tuple[str, str]]) -> None:
        for statement in step.statements:
            match statement:
                case WhenGuard():
                    self._predicate((statement.condition,))
                case WhenValue():
                    values = [value for case in statement.cases for value in case.values]
                    self._predicate((statement.subject, *values))
                    phrases = [text.plain for case in statement.cases for text in case.phrases]
                    for path in _paths((statement.subject,)):
                        self.constants[path] |= set(phrases)
                case SetLanguage():
                    for path in _paths((statement.value,)):
                        self.compared.add(path)
                        self.constants[path] |= set(self.program.languages)
                case Set():
                    links += ((statement.target.text, path) for path in _paths((statement.value,)))
                    self._inside(statement.value)
                case Run():
                    flow = self.program.flows.get(statement.flow.text)
                    for parameter, given in zip(flow.parameters if flow else (), statement.arguments, strict=False):
                        links += ((parameter.name.text, path) for path in _paths((given,)))
                case _:
                    continue

    def _collect(self, block: Collect) -> None:
        into = block.into.text if block.into is not None else ""
        for check in block.checks:
            if data_check(check) is None:
                self._predicate((check.condition,))
        kind = block.kind
        if isinstance(kind, NumberKind | MoneyKind | DateKind | TimeKind):
            bounds = [each for each in (kind.least, kind.most) if each is not None]
            self._predicate((*bounds, Variable((into,), block.span)))
        elif isinstance(kind, OneOfKind) and kind.source is not None:
            self.compared.add(".".join(kind.source.path))

    def _inside(self, value: Expression) -> None:
        """Conditions inside of a value that is worked out."""
        for node in walk(value):
            if isinstance(node, Binary) and node.operator in COMPARISONS:
                self._predicate((node,))

    def _predicate(self, parts: Iterable[Expression]) -> None:
        parts = tuple(parts)
        paths = set(_paths(parts))
        found = {constant for part in parts for node in walk(part) if (constant := _constant(node)) is not None}
        if len(paths) > 1:
            found |= {1.0, 2.0, 3.0}  # two values that are held against each other: less, equal, more
        for path in paths:
            self.compared.add(path)
            self.constants[path] |= found

    def _propagate(self, links: list[tuple[str, str]]) -> None:
        """A value that is made of another one: what it is held against counts for that one, too."""
        for _ in range(len(links) + 1):
            before = sum(map(len, self.constants.values())) + len(self.compared)
            for target, source in links:
                if target in self.compared:
                    self.compared.add(source)
                self.constants[source] |= self.constants.get(target, set())
            if sum(map(len, self.constants.values())) + len(self.compared) == before:
                return

    # ---------------------------------------------------------------------------------------------- what is tried

    def bounds(self) -> list[str]:
        """What is said of values with every proof."""
        given = [path for path in self._types.values if "." not in path and path not in (*BUILT_IN, CALLEE)]
        if not given:
            return []
        tried = [path for path in sorted(self.compared) if self.of_path(path) is not None]
        if not tried:
            return ["values: each with one, for no condition asks for any"]
        return [f"values: {', '.join(tried)} with what they are compared with and beside it; every other one with one"]

    def roots(self) -> frozenset[str]:
        """The names of the values on which the way of a call depends."""
        return frozenset(path.split(".")[0] for path in self.compared)

    def values(self, path: str, kind: Type | None) -> tuple[Value, ...]:
        """The values to try for a value of this type."""
        if kind is None:
            return (TEXT,)
        if kind.name == "record":
            return tuple(self._records(path, kind.fields))
        constants = self.constants.get(path, set())
        if path not in self.compared:
            return (self._typical(kind),)
        return tuple(dict.fromkeys(self._varied(kind, constants)))

    def of_path(self, path: str) -> Type | None:
        """The type of a value of the script."""
        return self._types.of_path(tuple(path.split(".")))

    def _records(self, path: str, fields: tuple[tuple[str, Type], ...]) -> Iterator[Value]:
        choices = [[(name, value) for value in self.values(f"{path}.{name}", kind)] for name, kind in fields]
        count = 1
        for each in choices:
            count *= max(1, len(each))
        if count <= MOST_COMBINATIONS:
            yield from (Record(tuple(each)) for each in itertools.product(*choices))
            return
        note = f"the fields of `{path}` are varied one at a time ({count} combinations)"
        if note not in self.notes:
            self.notes.append(note)
        first = [each[0] for each in choices]
        for at, each in enumerate(choices):
            yield from (Record((*first[:at], value, *first[at + 1 :])) for value in (each if at == 0 else each[1:]))

    def _typical(self, kind: Type) -> Value:
        match kind.name:
            case "number":
                return NUMBER
            case "money":
                return Money("35.00", "USD")
            case "duration":
                return Seconds(60.0)
            case "date":
                return Day((self.today + timedelta(days=7)).isoformat())
            case "time":
                return TimeOfDay(600)
            case "phone":
                return PHONE
            case "yes_no":
                return True
            case "list":
                return Items((TEXT,))
            case "one_of":
                return kind.choices[0] if kind.choices else TEXT
            case _:
                return TEXT

    def _varied(self, kind: Type, constants: set[Constant]) -> Iterator[Value]:
        texts = sorted(each for each in constants if isinstance(each, str))
        numbers = sorted(each for each in constants if isinstance(each, float))
        match kind.name:
            case "yes_no":
                yield from (True, False)
            case "number":
                yield from (each + by for each in numbers or [NUMBER] for by in (-1.0, 0.0, 1.0))
            case "money":
                for each in numbers or [35.0]:
                    yield from (Money(f"{max(each + by, 0):.2f}", "USD") for by in (-1, 0, 1))
            case "duration":
                lengths = sorted(each.value for each in constants if isinstance(each, Seconds)) or [60.0]
                yield from (Seconds(max(each + by, 0.0)) for each in lengths for by in (-1.0, 0.0, 1.0))
            case "date":
                days = [date.fromisoformat(each.iso) for each in constants if isinstance(each, Day) and _is_day(each)]
                for day in (self.today, *sorted(days)):
                    yield from (Day((day + timedelta(days=by)).isoformat()) for by in (-1, 0, 1))
            case "time":
                minutes = sorted(each.minutes for each in constants if isinstance(each, TimeOfDay)) or [600]
                yield from (TimeOfDay((each + by) % 1440) for each in minutes for by in (-1, 0, 1))
            case "list":
                yield from (Items((TEXT, "another")), Items(()))
                yield from (Items((text,)) for text in texts)
            case "one_of":
                yield from kind.choices
            case _:
                yield PHONE if kind.name == "phone" else TEXT
                yield from texts
                yield from ("1" * int(each + by) for each in numbers for by in (0, 1) if 0 < each < 40)


def _paths(parts: Iterable[Expression]) -> Iterator[str]:
    for part in parts:
        yield from (".".join(variable.path) for variable in variables_in(part))


def _constant(node: Expression) -> Constant | None:
    match node:
        case TextLiteral() | LocaleLiteral():
            return node.value
        case NumberLiteral():
            return node.value
        case DurationLiteral():
            return Seconds(node.seconds)
        case DayLiteral():
            return Day(node.iso)
        case TimeLiteral():
            return TimeOfDay(node.minutes)
        case _:
            return None


def _is_day(day: Day) -> bool:
    try:
        date.fromisoformat(day.iso)
    except ValueError:
        return False
    return True
