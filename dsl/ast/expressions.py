"""What a script computes with, and the types that data functions and parameters declare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dsl.ast.parts import Name, Text
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class TextLiteral:
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class NumberLiteral:
    value: float
    span: Span


@dataclass(frozen=True, slots=True)
class YesNo:
    value: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """``account`` or ``caller.number``."""

    path: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class DurationLiteral:
    """``30s`` in an expression."""

    seconds: float
    span: Span


@dataclass(frozen=True, slots=True)
class DayLiteral:
    """``2026-11-26`` in an expression. It may not exist: that is the linter's business."""

    iso: str
    span: Span


@dataclass(frozen=True, slots=True)
class TimeLiteral:
    """``09:00`` in an expression, in minutes after midnight."""

    minutes: int
    span: Span


@dataclass(frozen=True, slots=True)
class LocaleLiteral:
    """``es-US`` in an expression: a text that names a language."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """``("gold", "silver")``."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """``last(card, 4)``, or ``crm.by_phone(caller.number)``: then ``path`` has two parts and names a data function."""

    path: tuple[str, ...]
    arguments: tuple[Expression, ...]
    name_span: Span
    span: Span

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class IsOpen:
    """``support is open``; ``negated`` for ``is not open``."""

    hours: Variable
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class IsKnown:
    """``customer is known``: the value is there on the way that this call came."""

    operand: Variable
    negated: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Conditional:
    """``8 if customer.tier is "gold" else 5``."""

    then: Expression
    condition: Expression
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    """``operator`` is one of ``and or is is-not in not-in < <= > >= + - * /``."""

    operator: str
    left: Expression
    right: Expression
    span: Span


Expression: TypeAlias = (
    TextLiteral
    | NumberLiteral
    | YesNo
    | DurationLiteral
    | DayLiteral
    | TimeLiteral
    | LocaleLiteral
    | ListLiteral
    | Variable
    | Call
    | IsOpen
    | IsKnown
    | Conditional
    | Not
    | Binary
)


@dataclass(frozen=True, slots=True)
class TypeName:
    """``text``, ``list of text``, ``yes or no`` (name ``yes_no``), ``one of "gold" or "silver"`` (name ``one_of``).

    ``name`` is as written and may be unknown.
    """

    name: str
    span: Span
    element: TypeName | None = None
    choices: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """``number phone``: a name and its type."""

    name: Name
    type: TypeName
    span: Span
