"""Asking the caller: menus and collects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.ast.expressions import Call, Expression, Variable
from dsl.ast.parts import Count, Duration, Name, Text
from dsl.ast.routes import Destination, Route
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Prompt:
    """A text, or a recording when ``file``, that asks for input."""

    content: Text
    file: bool
    interruptible: bool
    span: Span
    ssml: bool = False
    language: Name | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """``press 1 or say "billing", "my bill" or means "a question about a bill" -> there``. Keys are as written and may
    be wrong.

    ``hidden``: no prompt speaks of it, on purpose. ``meanings``: what a free sentence has to be about."""

    keys: tuple[Name, ...]
    phrases: tuple[Text, ...]
    destination: Destination
    span: Span
    hidden: bool = False
    meanings: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class GlobalKey:
    """``press 0 anywhere -> front_desk``: holds in every menu and collect of the flow that does not use the key."""

    key: Name
    phrases: tuple[Text, ...]
    destination: Destination
    span: Span


@dataclass(frozen=True, slots=True)
class After:
    """``after 3 tries "One moment." -> there``. ``what``: ``tries``, ``silences``, ``wrong``; ``failed`` for ``after 3
    failed pin_ok`` (``name`` is the check); ``limit`` for ``after limit of wrong_pins`` (``name`` is the counter, whose
    own limit holds: ``count`` is 0)."""

    count: Count
    what: Literal["tries", "silences", "wrong", "failed", "limit"]
    say: Text | None
    destination: Destination
    span: Span
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Digits:
    """``digits 4 to 8, first within 8s, between 3s, ends with #``."""

    least: Count
    most: Count
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None
    """``for at most 30s``: the longest that the input may take in all."""


@dataclass(frozen=True, slots=True)
class NumberKind:
    """``number 1 to 100``."""

    least: Expression | None
    most: Expression | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class MoneyKind:
    """``money 1 to 500 in "USD"``; the star key is the decimal point."""

    least: Expression | None
    most: Expression | None
    currency: Text | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class DateKind:
    """``date today to 2027-12-31 as "MMDDYYYY"``."""

    least: Expression | None
    most: Expression | None
    pattern: Text | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class TimeKind:
    """``time 09:00 to 17:00``: four digits, on a clock of 24 hours."""

    least: Expression | None
    most: Expression | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class PhoneKind:
    """``phone in "US"``: a number of that country, or any with its country code."""

    region: Text | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class YesNoKind:
    """``yes or no``: key 1 or 2, or the words of the call's language."""

    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class OneOfKind:
    """``one of "red", "green"``: the number of the entry, or its words. ``source`` for ``one of shop.colours``."""

    choices: tuple[Text, ...]
    source: Variable | None
    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


@dataclass(frozen=True, slots=True)
class SpeechKind:
    """``speech``: whatever the caller says, as text."""

    first: Duration | None
    between: Duration | None
    terminator: Name | None
    span: Span
    total: Duration | None = None


CollectKind: TypeAlias = (
    Digits | NumberKind | MoneyKind | DateKind | TimeKind | PhoneKind | YesNoKind | OneOfKind | SpeechKind
)


@dataclass(frozen=True, slots=True)
class Check:
    """``check crm.pin_ok(customer.id, pin) within 4s counts wrong_pins otherwise "…", "…"``.

    ``condition`` is a `Call` of a data function, or any expression. ``otherwise`` has a text for each failure, the last
    one repeated."""

    condition: Expression
    within: Duration | None
    counter: Name | None
    otherwise: tuple[Text, ...]
    span: Span

    @property
    def name(self) -> str:
        """What the script calls it: the last part of the function's name."""
        return self.condition.path[-1] if isinstance(self.condition, Call) else "check"


@dataclass(frozen=True, slots=True)
class Menu:
    name: Name
    prompts: tuple[Prompt, ...]
    reprompts: tuple[Prompt, ...]
    options: tuple[Option, ...]
    first: Duration | None
    no_input: Text | None
    no_match: Text | None
    speech_unavailable: Text | None
    afters: tuple[After, ...]
    type_ahead: bool
    phrases_anywhere: bool
    span: Span
    broken: bool = False
    counter: Name | None = None
    """``counts retries``: every failed attempt adds one to this counter, too."""
    confirm: Text | None = None
    """Asked where it is not certain what a sentence meant; 1 takes the option, 2 asks anew."""

    @property
    def understands(self) -> bool:
        """Whether some option is taken by the meaning of what is said."""
        return any(option.meanings for option in self.options)


@dataclass(frozen=True, slots=True)
class Collect:
    name: Name
    into: Name | None
    prompts: tuple[Prompt, ...]
    reprompts: tuple[Prompt, ...]
    kind: CollectKind | None
    no_input: Text | None
    no_match: Text | None
    routes: tuple[Route, ...]
    afters: tuple[After, ...]
    type_ahead: bool
    span: Span
    broken: bool = False
    secret: bool = False
    checks: tuple[Check, ...] = ()
    confirm: Text | None = None
    """Said with the value in it; 1 accepts it, 2 asks again."""
    listen: Literal["", "keys", "speech", "both"] = ""
    """How the input comes; "" is the kind's own way."""
    counter: Name | None = None

    @property
    def digits(self) -> Digits | None:
        """The kind, where it is digits."""
        return self.kind if isinstance(self.kind, Digits) else None
