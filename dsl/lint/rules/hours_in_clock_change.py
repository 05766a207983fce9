"""An opening time falls into a clock change.

When the clock is put forward, the times that it jumps over do not exist that day; when it is put back, an hour comes
twice. An office that opens at 02:30 on a Sunday opens late once a year, and one that closes at 01:30 closes, opens and
closes again. The time zone's rules of the years 2025 to 2037 are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias

from dsl.ast import Hours, Interval
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import dated_lines, weekly_lines
from dsl.lint.week import DAY
from dsl.lint.zones import changes, is_zone
from dsl.source import Span

Kind: TypeAlias = Literal["missing", "doubled"]


def check(context: Context) -> Iterator[Diagnostic]:
    for hours in context.program.declarations():
        if not isinstance(hours, Hours):
            continue
        zone = context.program.timezone_of(hours)
        if not is_zone(zone):
            continue
        seen: set[Span] = set()
        for interval, day in _dated(hours, zone):
            for minute, at_end in ((interval.start, False), (interval.end, True)):
                kind = _kind(zone, day, minute, interval if at_end else None)
                place = _clock_span(context, interval, at_end)
                if kind is not None and place not in seen:
                    seen.add(place)
                    yield _finding(context, place, kind, zone, day)


def _dated(hours: Hours, zone: str) -> Iterator[tuple[Interval, date]]:
    """Every interval with the days around clock changes on which it may begin."""
    near = sorted({day + timedelta(days=shift) for day in changes(zone) for shift in (-1, 0)})
    for line in weekly_lines(hours):
        for interval in line.intervals:
            yield from ((interval, day) for day in near if day.weekday() in line.days)
    for dated in dated_lines(hours):
        for interval in dated.intervals:
            for each in dated.days:
                yield from ((interval, day) for day in near if (each.month, each.day) == (day.month, day.day)
                            and each.year in (0, day.year))  # fmt: skip


def _kind(zone: str, day: date, minute: int, ends: Interval | None) -> Kind | None:
    """What the clock change does to a local time: strictly inside the jumped or repeated times, or nothing."""
    if ends is not None and ends.end <= ends.start:
        minute += DAY
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    change = changes(zone).get(local.date())
    if change is None:
        return None
    before, after = change
    # The very minute of the change is clear: what ends then has ended, what begins then begins right after it.
    if before < local < after:
        return "missing"
    return "doubled" if after < local < before else None


def _clock_span(context: Context, interval: Interval, at_end: bool) -> Span:
    written = context.program.source.slice(interval.span)
    start, _, end = written.partition("to")
    if at_end:
        return Span(interval.span.end - len(end.strip()), interval.span.end)
    return Span(interval.span.start, interval.span.start + len(start.strip()))


def _finding(context: Context, place: Span, kind: Kind, zone: str, day: date) -> Diagnostic:
    clock = context.program.source.slice(place)
    what = "does not exist" if kind == "missing" else "comes twice"
    change = next((each for each in changes(zone) if each in (day, day + timedelta(days=1))), day)
    return RULE.at(
        context.program.source,
        place,
        f"`{clock}` {what} when the clock changes in {zone}",
        f"on {change.isoformat()}, for one",
        help="choose a time that is not in the hour of the clock change",
    )


RULE = Rule(
    code="IVR526",
    name="hours-in-clock-change",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    timezone "America/New_York"
    sunday 02:30 to 12:00
"""),
    good=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    timezone "America/New_York"
    sunday 03:00 to 12:00
"""),
)
