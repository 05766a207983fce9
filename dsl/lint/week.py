"""Opening hours as pieces of a week or of a day, to be compared with each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dsl.ast import Interval
from dsl.source import Span

DAY = 24 * 60
WEEK = 7 * DAY
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Minutes, ``end`` exclusive, and the interval that they were written as."""

    start: int
    end: int
    span: Span

    def overlaps(self, other: Piece) -> bool:
        return self.start < other.end and other.start < self.end


def length(interval: Interval) -> int:
    """Minutes; an end at or before the start is on the next day."""
    return interval.end - interval.start + (DAY if interval.end <= interval.start else 0)


def week(days: Iterable[int], intervals: Iterable[Interval]) -> Iterator[Piece]:
    """Minutes since Monday 00:00; what goes past Sunday midnight is two pieces."""
    intervals = tuple(intervals)
    for day in days:
        for interval in intervals:
            start = day * DAY + interval.start
            end = start + length(interval)
            yield Piece(start, min(end, WEEK), interval.span)
            if end > WEEK:
                yield Piece(0, end - WEEK, interval.span)


def clashes(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Pairs of pieces that overlap, in order, the one that was written later second; each later interval once."""
    ordered = sorted(pieces)
    seen: set[Span] = set()
    for number, piece in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if other.start >= piece.end:
                break
            first, second = sorted((piece, other), key=lambda each: each.span)
            if second.span not in seen:
                seen.add(second.span)
                yield first, second
