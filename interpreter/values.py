"""Values of a call: looking them up, computing with them, saying them. Total: nothing here raises for a script or a
caller.

A value is text, a number or yes/no; ``None`` is a value that is not there. A computation with something that does
not fit gives ``None``, and the machine takes ``None`` where a value is needed as a system error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, assert_never

from dsl.ast import Binary, Expression, Hole, Not, NumberLiteral, Text, TextLiteral, Variable, Words, YesNo
from interpreter.protocol import Value

__all__ = ["Scope", "Value", "as_number", "compare", "evaluate", "render", "spoken"]

Scope: TypeAlias = Mapping[str, Value]
"""Values by their dotted path."""

_LIMIT = 1e15
"""Beyond this a number is not exact any more; a script has no use for it."""


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression, ``None`` where it has none."""
    match expression:
        case TextLiteral() | NumberLiteral() | YesNo():
            return expression.value
        case Variable():
            return scope.get(".".join(expression.path))
        case Not():
            operand = evaluate(expression.operand, scope)
            return None if operand is None else operand is not True
        case Binary():
            return _binary(expression, scope)
        case _:
            assert_never(expression)


def _binary(node: Binary, scope: Scope) -> Value:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    if node.operator == "and":
        return left is True and right is True
    if node.operator == "or":
        return left is True or right is True
    return (
        compare(node.operator, left, right) if node.operator not in "+-*" else _arithmetic(node.operator, left, right)
    )


def compare(operator: str, left: Value, right: Value) -> Value:
    """``is``, ``is-not``, ``<``, ``<=``, ``>``, ``>=``. Text that is a number compares with a number as one."""
    if operator == "is":
        return _same(left, right)
    if operator == "is-not":
        return not _same(left, right)
    a, b = as_number(left), as_number(right)
    if a is None or b is None:
        return None
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    a, b = as_number(left), as_number(right)
    return a is not None and a == b


def _arithmetic(operator: str, left: Value, right: Value) -> Value:
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    a, b = as_number(left), as_number(right)
    if a is None or b is None:
        return None
    result = {"+": a + b, "-": a - b, "*": a * b}[operator]
    return result if abs(result) < _LIMIT else None


def as_number(value: Value) -> float | None:
    """A number, also from text of digits; ``None`` for everything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float | int):
        return float(value)
    digits = value.strip()
    return float(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 15 else None


def spoken(value: Value, format: str = "") -> str | None:
    """How a value is said; ``None`` when there is nothing to say or the format does not fit."""
    if value is None:
        return None
    if format == "digits":
        text = spoken(value)
        return " ".join(c for c in text if c.isalnum()) if text is not None else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:.10g}"
    return value


def render(text: Text, scope: Scope) -> str | None:
    """A text with its holes filled; ``None`` when a value is missing."""
    parts: list[str] = []
    for part in text.parts:
        match part:
            case Words():
                doubled = part.text.startswith(".") and parts and parts[-1].endswith(".")
                parts.append(part.text[1:] if doubled else part.text)  # "at 9 a.m.", not "at 9 a.m.."
            case Hole():
                said = spoken(scope.get(".".join(part.path)), part.format)
                if said is None:
                    return None
                parts.append(said)
            case _:
                assert_never(part)
    return "".join(parts)
