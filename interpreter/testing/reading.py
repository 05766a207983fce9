"""How a test's call begins, and its lines as actions of the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from dsl import Program
from dsl.analysis.told import PEOPLE
from dsl.ast import (
    DayLiteral,
    DurationLiteral,
    ListLiteral,
    LocaleLiteral,
    NumberLiteral,
    Test,
    TextLiteral,
    TimeLiteral,
    YesNo,
    tests,
)
from dsl.source import Span
from interpreter.opening import is_zone
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
from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value, Verb
from interpreter.simulate import SILENT, Given, TransferEnd

CALLER = "+14255550100"
"""Who calls where a test does not say."""
MOMENT = datetime(2026, 3, 2, 10, 0)
"""When a call is answered where a test does not say: a Monday morning, so that a test means the same on every day."""


class BadTest(ValueError):  # noqa: N818 - says what the line is
    """A line of a test that cannot be done. The text says why; ``span`` is where it stands."""

    def __init__(self, text: str, span: Span) -> None:
        super().__init__(text)
        self.span = span


@dataclass(frozen=True, slots=True)
class Opening:
    """How a call begins: ``at`` in epoch seconds, ``caller`` is empty when withheld."""

    at: float
    caller: str
    switches: tuple[tuple[str, bool], ...]
    arguments: tuple[tuple[str, Value], ...]


def opening_of(test: Test, program: Program) -> Opening:
    """What the first lines of a test say. Raises `BadTest`."""
    at, caller = epoch(MOMENT, program), CALLER
    switches: dict[str, bool] = {}
    arguments: list[tuple[str, Value]] = []
    for line in test.lines:
        match line:
            case tests.At():
                at = epoch(_moment(line), program)
            case tests.From():
                caller = line.number.plain if line.number is not None else ""
            case tests.SwitchIs():
                switches[line.switch.text] = line.state
            case tests.With():
                arguments += fields(line.fields)
    return Opening(at, caller, tuple(sorted(switches.items())), tuple(arguments))


def epoch(moment: datetime, program: Program) -> float:
    """A time in the flow's own zone as epoch seconds; in UTC where it has none."""
    flow = program.flow
    zone = flow.timezone.plain if flow is not None and flow.timezone is not None else "UTC"
    return moment.replace(tzinfo=ZoneInfo(zone if is_zone(zone) else "UTC")).timestamp()


def _moment(line: tests.At) -> datetime:
    try:
        day = date.fromisoformat(line.day.iso)
        return datetime.combine(day, time(line.time.minutes // 60, line.time.minutes % 60, line.seconds))
    except ValueError:
        raise BadTest("there is no such time", line.span) from None


def fields(given: tuple[tests.Field, ...], bare: str = "value") -> tuple[tuple[str, Value], ...]:
    """Named values; ``bare`` is the name of one that stands alone."""
    return tuple((field.name.text if field.name is not None else bare, value_of(field.value)) for field in given)


def value_of(literal: tests.Given) -> Value:
    """A literal as a value. Raises `BadTest`."""
    match literal:
        case TextLiteral() | NumberLiteral() | YesNo() | LocaleLiteral():
            return literal.value
        case tests.MoneyLiteral():
            return Money(literal.amount, literal.currency)
        case DurationLiteral():
            return Seconds(literal.seconds)
        case DayLiteral():
            return Day(literal.iso)
        case TimeLiteral():
            return TimeOfDay(literal.minutes)
        case ListLiteral():
            return Items(tuple(value_of(item) for item in literal.items))
        case _:
            raise BadTest("only a value can stand here, nothing to be worked out", literal.span)


def action_of(line: tests.Line) -> Action | None:
    """What a line lets somebody do; ``None`` for one that says how the call begins, or what is expected."""
    match line:
        case tests.Presses():
            return Press(line.keys.text, line.at.seconds if line.at is not None else None)
        case tests.Says():
            return Speak(line.text.plain, line.at.seconds if line.at is not None else None)
        case tests.Silent():
            return Silent()
        case tests.Waits():
            return Wait(line.duration.seconds)
        case tests.HangsUp():
            return HangUp(line.at.seconds if line.at is not None else None)
        case tests.SpeechFails():
            return SpeechFails()
        case tests.HostFails():
            return HostFails()
        case tests.Becomes():
            return _becomes(line)
        case tests.GivenAnswer() if line.verb.text in PEOPLE:
            after = line.after
            return _becomes(tests.Becomes(line.verb, line.outcome, line.place, line.fields, after, line.span))
        case tests.GivenAnswer():
            return _given(line)
        case _:
            return None


def _becomes(line: tests.Becomes) -> Action:
    after = line.after.seconds if line.after is not None else 0.0
    if line.outcome.text == "answered late":
        return TargetIsLate(after or None)
    if line.verb.text == "transfer":
        return TargetDoes(cast(TransferEnd, line.outcome.text), after)
    place = (("position", float(line.place.value)),) if line.place is not None else ()
    return Becomes(line.verb.text, line.outcome.text, (*place, *fields(line.fields)), after)


def _given(line: tests.GivenAnswer) -> Given:
    verb, outcome = line.verb.text, line.outcome.text
    values = fields(line.fields)
    if verb == "count" and line.place is not None:
        outcome, values = "", (("value", float(line.place.value)),)
    after = line.after.seconds if line.after is not None else 0.0
    if outcome == "never answers":
        outcome, after = "failed", SILENT
    return Given(
        verb=cast(Verb, verb),
        name=line.target.text if line.target is not None else "",
        outcome=outcome,
        values=values,
        after=after,
        when=fields(line.when),
    )
