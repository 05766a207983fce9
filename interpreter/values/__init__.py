"""Values of a call: looking them up, computing with them, saying them. Total: nothing here raises for a script or a
caller.

``None`` is a value that is not there. A computation with something that does not fit gives ``None``, and the machine
takes ``None`` where a value is needed as a system error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from dsl.ast import (
    Binary,
    Call,
    Conditional,
    DayLiteral,
    DurationLiteral,
    Expression,
    Hole,
    IsKnown,
    IsOpen,
    ListLiteral,
    LocaleLiteral,
    Not,
    NumberLiteral,
    Text,
    TextLiteral,
    TimeLiteral,
    Variable,
    Words,
    YesNo,
)
from interpreter import spoken as speech
from interpreter.protocol import Day, Items, Record, Seconds, TimeOfDay, Value
from interpreter.values.arithmetic import as_number, compare, compute
from interpreter.values.functions import call

__all__ = ["Scope", "Value", "as_number", "compare", "evaluate", "read", "render", "spoken"]

Scope: TypeAlias = Mapping[str, Value]
"""Values by their dotted path. ``NAME.is_open`` is there for every set of opening hours."""


def read(scope: Scope, path: tuple[str, ...]) -> Value:
    """The value of a path: a name of the scope, or a field of a record; ``None`` where there is none."""
    whole = ".".join(path)
    found = scope.get(whole)
    if found is not None or len(path) == 1:
        return found
    owner = read(scope, path[:-1])
    return dict(owner.fields).get(path[-1]) if isinstance(owner, Record) else None


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression, ``None`` where it has none."""
    match expression:
        case TextLiteral() | NumberLiteral() | YesNo() | LocaleLiteral():
            return expression.value
        case DurationLiteral():
            return Seconds(expression.seconds)
        case DayLiteral():
            return Day(expression.iso)
        case TimeLiteral():
            return TimeOfDay(expression.minutes)
        case Variable():
            return read(scope, expression.path)
        case ListLiteral():
            return Items(tuple(evaluate(item, scope) for item in expression.items))
        case Call():
            return call(expression.name, [evaluate(each, scope) for each in expression.arguments])
        case IsOpen():
            opened = scope.get(f"{'.'.join(expression.hours.path)}.is_open")
            return None if opened is None else (opened is True) is not expression.negated
        case IsKnown():
            return (read(scope, expression.operand.path) is not None) is not expression.negated
        case Conditional():
            chosen = evaluate(expression.condition, scope)
            return evaluate(expression.then if chosen is True else expression.otherwise, scope)
        case Not():
            operand = evaluate(expression.operand, scope)
            return None if operand is None else operand is not True
        case Binary():
            return _binary(expression, scope)
        case _:
            assert_never(expression)


def _binary(node: Binary, scope: Scope) -> Value:
    left = evaluate(node.left, scope)
    if node.operator == "and":
        return left is True and evaluate(node.right, scope) is True
    if node.operator == "or":
        return left is True or evaluate(node.right, scope) is True
    right = evaluate(node.right, scope)
    if node.operator in ("+", "-", "*", "/"):
        return compute(node.operator, left, right)
    return compare(node.operator, left, right)


def spoken(value: Value, format: str = "", locale: str = "en-US") -> str | None:
    """How a value is said; ``None`` when there is nothing to say or the format does not fit."""
    return speech.say(value, format, locale)


def render(text: Text, scope: Scope, locale: str = "en-US") -> str | None:
    """A text with its holes filled; ``None`` when a value is missing."""
    parts: list[str] = []
    for part in text.parts:
        match part:
            case Words():
                doubled = part.text.startswith(".") and parts and parts[-1].endswith(".")
                parts.append(part.text[1:] if doubled else part.text)  # "at 9 a.m.", not "at 9 a.m.."
            case Hole():
                said = spoken(read(scope, part.path), part.format, locale)
                if said is None:
                    return None
                parts.append(said)
            case _:
                assert_never(part)
    return "".join(parts)
