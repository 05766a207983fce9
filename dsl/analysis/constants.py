"""Conditions that have one answer only, and values that a thing can never have.

Two ways lead there: fixed values that are compared, and conditions about one value that exclude each other, such as
``x < 3 and x > 5``. Neither follows a value through the call; what an earlier line of the same step has sorted out
counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dsl.analysis.reads import State
from dsl.ast import (
    Binary,
    Call,
    Case,
    DayLiteral,
    DurationLiteral,
    Expression,
    IsKnown,
    ListLiteral,
    LocaleLiteral,
    Not,
    NumberLiteral,
    TextLiteral,
    TimeLiteral,
    Variable,
    YesNo,
)

Key: TypeAlias = tuple[str, float | str]
"""A fixed value, with the kind of thing that it is: only values of one kind are compared here."""

ORDERS = ("<", "<=", ">", ">=")
_OPPOSITE = {"is": "is-not", "is-not": "is", "in": "not-in", "not-in": "in", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Atom:
    """What is known of one value: ``subject`` is how the script writes it."""

    subject: str
    operator: str
    keys: frozenset[Key]


def fixed(expression: Expression) -> Key | None:
    """The value that is written there; text counts without case."""
    match expression:
        case TextLiteral() | LocaleLiteral():
            return "text", expression.value.casefold()
        case NumberLiteral():
            return "number", expression.value
        case YesNo():
            return "yes or no", float(expression.value)
        case DurationLiteral():
            return "duration", expression.seconds
        case DayLiteral():
            return "date", expression.iso
        case TimeLiteral():
            return "time", float(expression.minutes)
        case _:
            return None


def named(expression: Expression) -> str:
    """How a value is written that is the same at every place of an expression; "" for what may change."""
    if isinstance(expression, Variable):
        return ".".join(expression.path)
    if isinstance(expression, Call) and len(expression.path) == 1:
        arguments = [named(each) or str(fixed(each) or "") for each in expression.arguments]
        return f"{expression.name}({', '.join(arguments)})" if all(arguments) else ""
    return ""


def answer(condition: Expression, known: State = frozenset(), facts: tuple[Atom, ...] = ()) -> bool | None:
    """The only answer that a condition can have; ``None`` where it depends on the call. ``known`` are the values that
    are there for certain, ``facts`` what earlier lines have left over."""
    match condition:
        case YesNo():
            return condition.value
        case IsKnown():
            there = len(condition.operand.path) == 1 and condition.operand.path[0] in known
            return not condition.negated if there else None
        case Not():
            inner = answer(condition.operand, known, facts)
            return None if inner is None else not inner
        case Binary() if condition.operator in ("and", "or"):
            return _joined(condition, known, facts)
        case Binary():
            found = _compared(condition)
            return found if found is not None else _excluded(condition, facts)
        case _:
            return None


def _joined(condition: Binary, known: State, facts: tuple[Atom, ...]) -> bool | None:
    sides = (answer(condition.left, known, facts), answer(condition.right, known, facts))
    decides = condition.operator == "or"
    if decides in sides:
        return decides
    if sides == (not decides, not decides):
        return not decides
    return _excluded(condition, facts)


def _excluded(condition: Expression, facts: tuple[Atom, ...]) -> bool | None:
    """What follows from conditions about the same value: one that contradicts the others never holds."""
    if contradictory((*facts, *atoms(condition, True))):
        return False
    opposite = atoms(condition, False)
    return True if opposite and contradictory((*facts, *opposite)) else None


def _compared(node: Binary) -> bool | None:
    """Fixed values compared, or a value with itself."""
    same = named(node.left) and named(node.left) == named(node.right)
    if same:
        return {"is": True, "is-not": False, "<": False, ">": False}.get(node.operator)
    left, right = fixed(node.left), fixed(node.right)
    if left is not None and right is not None and left[0] == right[0]:
        return _holds(node.operator, left, frozenset({right}))
    if left is not None and isinstance(node.right, ListLiteral):
        keys = [fixed(item) for item in node.right.items]
        given = frozenset(each for each in keys if each is not None)
        return _holds(node.operator, left, given) if len(given) == len(keys) else None
    return None


def _holds(operator: str, left: Key, keys: frozenset[Key]) -> bool | None:
    if operator in ("is", "in"):
        return left in keys
    if operator in ("is-not", "not-in"):
        return left not in keys
    (right,) = keys
    a, b = left[1], right[1]
    if left[0] == "text" or operator not in ORDERS:
        return None
    less, more = a < b, a > b  # type: ignore[operator]  # both are of one kind
    return {"<": less, "<=": not more, ">": more, ">=": not less}[operator]


# --------------------------------------------------------------------------------------------------------------------
# Conditions about one value


def atoms(condition: Expression, holds: bool) -> tuple[Atom, ...]:
    """What is known of single values when a condition holds, or does not; nothing where it is one thing or another."""
    match condition:
        case Not():
            return atoms(condition.operand, not holds)
        case Binary() if condition.operator in ("and", "or"):
            if (condition.operator == "and") is not holds:
                return ()
            return (*atoms(condition.left, holds), *atoms(condition.right, holds))
        case Binary() if condition.operator in _OPPOSITE:
            atom = _atom(condition)
            if atom is None:
                return ()
            return (atom if holds else Atom(atom.subject, _OPPOSITE[atom.operator], atom.keys),)
        case _:
            return ()


def _atom(node: Binary) -> Atom | None:
    items = node.right.items if isinstance(node.right, ListLiteral) else (node.right,)
    keys = [fixed(item) for item in items]
    subject, operator = named(node.left), node.operator
    if None in keys and node.operator in ("is", "is-not", *ORDERS):  # the value may stand on the right
        keys, subject = [fixed(node.left)], named(node.right)
        operator = _MIRRORED.get(operator, operator)
    given = frozenset(each for each in keys if each is not None)
    if not subject or not given or None in keys:
        return None
    return Atom(subject, {"is": "in", "is-not": "not-in"}.get(operator, operator), given)


def case_atoms(subject: Expression, case: Case) -> tuple[tuple[Atom, ...], tuple[Atom, ...]]:
    """What is known of a value when a case of `when` fits, and when it does not."""
    keys = [fixed(value) for value in case.values]
    given = frozenset(each for each in keys if each is not None)
    operator = {"is": "in", "is-not": "not-in"}.get(case.operator, case.operator)
    if not named(subject) or None in keys or operator not in _OPPOSITE or (operator in ORDERS and len(given) != 1):
        return (), ()
    atom = Atom(named(subject), operator, given)
    return (atom,), (Atom(atom.subject, _OPPOSITE[operator], given),)


def contradictory(facts: Iterable[Atom]) -> bool:
    """Whether all of this cannot be so at once."""
    by_subject: dict[tuple[str, str], list[Atom]] = {}
    for atom in facts:
        kinds = {kind for kind, _ in atom.keys}
        if len(kinds) == 1:
            by_subject.setdefault((atom.subject, kinds.pop()), []).append(atom)
    return any(_impossible(group) for group in by_subject.values())


def _impossible(group: list[Atom]) -> bool:
    allowed: frozenset[Key] | None = None
    for atom in group:
        if atom.operator == "in":
            allowed = atom.keys if allowed is None else allowed & atom.keys
    if allowed is not None:
        others = [atom for atom in group if atom.operator != "in"]
        return not any(all(_holds(atom.operator, key, atom.keys) is not False for atom in others) for key in allowed)
    return _empty_range(group)


def _empty_range(group: list[Atom]) -> bool:
    """Whether nothing lies between the bounds."""
    bounds = [(atom.operator, value) for atom in group for kind, value in atom.keys if kind != "text"]
    lower = [(value, operator == ">") for operator, value in bounds if operator in (">", ">=")]
    upper = [(value, operator == "<") for operator, value in bounds if operator in ("<", "<=")]
    return any(
        low > high or (low == high and (low_out or high_out))  # type: ignore[operator]  # both are of one kind
        for low, low_out in lower
        for high, high_out in upper
    )
