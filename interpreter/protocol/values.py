"""Values of a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Money:
    """An amount. ``amount`` is decimal text with the currency's own number of places (``35.00``); ``currency`` is a
    code of ISO 4217."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date: ``iso`` is ``2026-11-26``."""

    iso: str


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time on the clock, in minutes after midnight (0 to 1439)."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration."""

    value: float


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Named values, as a look-up gives them."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """What a caller entered in confidence. ``ref`` names it in the vault of this process; the rest is all that may be
    known of it.

    ``last`` are the last four digits of something as long as a card number (12 digits or more), else empty.
    ``luhn``: its check digit fits (ISO/IEC 7812-1). ``ahead``: read as ``MMYY`` it is this month or a later one.
    """

    ref: str
    length: int
    last: str = ""
    luhn: bool = False
    ahead: bool = False


Value: TypeAlias = str | float | bool | Money | Day | TimeOfDay | Seconds | Items | Record | Secret | None
"""``None`` is a value that is not there. A telephone number is E.164 text."""

SECRET_MARK = ".secret"
"""The end of the name of an operation in which a secret is given."""
