"""Opening hours."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast.parts import Name, Text
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Interval:
    """Local times in minutes after midnight. ``end`` may be 1440; an end at or before the start is on the next day."""

    start: int
    end: int
    span: Span


@dataclass(frozen=True, slots=True)
class Weekly:
    """Open intervals on ``days`` (0 is Monday)."""

    days: tuple[int, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Break:
    """A named closed time inside the open ones, such as lunch: an outcome of its own."""

    name: Name
    days: tuple[int, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or every year's when ``year`` is 0. It may not exist: 30 February is the linter's business."""

    year: int
    month: int
    day: int
    span: Span


@dataclass(frozen=True, slots=True)
class Holiday:
    """Closed on ``days``, the whole day or only in ``intervals``."""

    title: Text
    days: tuple[Day, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class SpecialOpening:
    """Open on these days in these intervals, whatever the week says. A holiday still wins."""

    days: tuple[Day, ...]
    intervals: tuple[Interval, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """``holidays of US in "NY" except "Columbus Day"``: the days of a country or of one of its regions."""

    country: Name
    region: Text | None
    excepted: tuple[Text, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Hours:
    name: Name
    timezone: Text | None
    emergency: Name | None
    weekly: tuple[Weekly, ...]
    breaks: tuple[Break, ...]
    holidays: tuple[Holiday, ...]
    openings: tuple[SpecialOpening, ...]
    span: Span
    broken: bool = False
    public: tuple[PublicHolidays, ...] = ()
