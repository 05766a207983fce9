"""Tests and promises: what a script says about itself.

A test is a call that is told line by line: what is given, what the caller does, what must be heard. A promise is
something that holds on every path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

from dsl.ast.expressions import DayLiteral, Expression, TimeLiteral
from dsl.ast.parts import Count, Duration, Name, Text
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class MoneyLiteral:
    """``35.00 USD`` among the values that a test gives."""

    amount: str
    currency: str
    span: Span


Given: TypeAlias = Expression | MoneyLiteral
"""A value that a test gives: always a literal, or a list of them."""


@dataclass(frozen=True, slots=True)
class Field:
    """``name "Ana"``; the name is ``None`` for a value alone."""

    name: Name | None
    value: Given
    span: Span


@dataclass(frozen=True, slots=True)
class At:
    """``at 2026-03-02 10:00`` or ``at 2026-03-02 16:59:58``: when the call is answered, in the flow's time zone."""

    day: DayLiteral
    time: TimeLiteral
    seconds: int
    span: Span


@dataclass(frozen=True, slots=True)
class From:
    """``from "+14255550100"``, or ``from withheld``: then ``number`` is ``None``."""

    number: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class SwitchIs:
    """``switch emergency is on``, from the beginning of the call."""

    switch: Name
    state: bool
    span: Span


@dataclass(frozen=True, slots=True)
class With:
    """``with name "Ana"``: the parameters of an outbound flow."""

    fields: tuple[Field, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """``given lookup crm.by_phone is found { name "Ana" } when number is "1" after 2s``.

    ``outcome`` is as written; ``fails`` and ``never answers`` are outcomes of these names. ``place`` is the number of
    ``given count tries is 2``."""

    verb: Name
    target: Name | None
    outcome: Name
    place: Count | None
    fields: tuple[Field, ...]
    when: tuple[Field, ...]
    after: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class Becomes:
    """``queue position 3 { estimate 4m } after 10s``: what somebody else does."""

    verb: Name
    outcome: Name
    place: Count | None
    fields: tuple[Field, ...]
    after: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class Presses:
    """``presses 12#``. ``at``: that long after what is being said began."""

    keys: Name
    at: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class Says:
    """``says "billing"``."""

    text: Text
    at: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class Silent:
    """``silent``: until the next thing happens."""

    span: Span


@dataclass(frozen=True, slots=True)
class Waits:
    """``waits 3s``."""

    duration: Duration
    span: Span


@dataclass(frozen=True, slots=True)
class HangsUp:
    """``hangs up``."""

    at: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class SpeechFails:
    """``speech fails``: the host's recogniser breaks while it listens."""

    span: Span


@dataclass(frozen=True, slots=True)
class HostFails:
    """``host fails``: what is being said or asked ends with an error of the telephone service."""

    span: Span


@dataclass(frozen=True, slots=True)
class Hears:
    """``after 5s hears "I did not hear anything."``

    ``exactly``: the whole of what is said at once. ``never``: ``never hears``, in the rest of the call. ``after`` and
    ``within`` count from the end of what was heard before, or from what the caller did last."""

    text: Text
    exactly: bool
    never: bool
    after: Duration | None
    within: Duration | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reaches:
    """``reaches transfer front_desk``; the verb may be left out."""

    verb: Name | None
    block: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Requests:
    """``requests action crm.lock { id "7" }``: the call asks another part of the house for it."""

    verb: Name
    target: Name | None
    fields: tuple[Field, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Ends:
    """``ends handled or abandoned at main_menu``: results of the script, or how the call ended."""

    results: tuple[Name, ...]
    block: Name | None
    span: Span


Line: TypeAlias = (
    At
    | From
    | SwitchIs
    | With
    | GivenAnswer
    | Becomes
    | Presses
    | Says
    | Silent
    | Waits
    | HangsUp
    | SpeechFails
    | HostFails
    | Hears
    | Reaches
    | Requests
    | Ends
)
"""A line of a test."""


@dataclass(frozen=True, slots=True)
class Test:
    """``test "silent caller reaches the desk"``; ``name`` is what stands in the quotes."""

    __test__: ClassVar[bool] = False  # for pytest, which takes every class of this name for its own

    name: Name
    lines: tuple[Line, ...]
    span: Span
    broken: bool = False


@dataclass(frozen=True, slots=True)
class EveryPathEnds:
    """``every path ends in handled, abandoned``."""

    results: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Within:
    """``operator within 3 prompts of main_menu``: whoever wants to get there can, whatever data and people do.

    ``silent``: ``silent caller reaches operator within 4 prompts``: whoever does nothing gets there. Either ``prompts``
    or ``seconds`` is given; without ``start`` they count from the beginning of the call."""

    target: Name
    silent: bool
    prompts: Count | None
    seconds: Duration | None
    start: Name | None
    span: Span


@dataclass(frozen=True, slots=True)
class Never:
    """``pin never in log, recording, transcript``."""

    value: Name
    sinks: tuple[Name, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Longest:
    """``no prompt longer than 20s`` and ``no silence longer than 2s``."""

    what: Literal["prompt", "silence"]
    limit: Duration
    span: Span


@dataclass(frozen=True, slots=True)
class OneLanguage:
    """``nothing in another language after one is chosen``."""

    span: Span


@dataclass(frozen=True, slots=True)
class NoRecording:
    """``no recording while a secret is collected``."""

    span: Span


Pledge: TypeAlias = EveryPathEnds | Within | Never | Longest | OneLanguage | NoRecording


@dataclass(frozen=True, slots=True)
class Promise:
    """``promise no prompt longer than 20s``; ``name`` is the whole of it."""

    name: Name
    pledge: Pledge | None
    span: Span
    broken: bool = False
