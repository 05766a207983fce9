"""Opening hours at a moment: pure arithmetic on a declaration, a time zone and a time.

The order is fixed: holiday, then break, then special opening, then the week. The emergency switch is tested before
any of this, by the machine. All comparisons are made on the wall clock of the hours' own zone, never the server's: a
time that the clock change skips does not occur, a time that it repeats occurs twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dsl.ast import Break, Day, Holiday, Hours, Interval, SpecialOpening, Weekly
from interpreter.public_holidays import holidays_on
from interpreter.spoken import moments

HORIZON_DAYS = 400
"""How far ahead the next change is looked for: a year and a month, so that yearly holidays are all seen."""


@dataclass(frozen=True, slots=True)
class Opening:
    """``state`` is an outcome of ``when hours``: ``open``, ``holiday``, ``closed`` or the name of a break."""

    state: str
    holiday: str = ""


def is_zone(name: str) -> bool:
    """Whether the time zone database has this zone. A folder of it, a path and an empty name are none."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def opening_at(hours: Hours, zone: str, at: float) -> Opening:
    """The state at ``at`` (epoch seconds). Raises for a zone that `is_zone` and the linter refuse."""
    return _opening(hours, datetime.fromtimestamp(at, ZoneInfo(zone)))


def next_opening(hours: Hours, zone: str, at: float) -> datetime | None:
    """The local time at which it opens next, if it is open now then after closing; ``None`` for not within
    `HORIZON_DAYS`."""
    was_open = opening_at(hours, zone, at).state == "open"
    for moment in _changes(hours, zone, at):
        is_open = _opening(hours, moment).state == "open"
        if is_open and not was_open:
            return moment
        was_open = is_open
    return None


def next_change(hours: Hours, zone: str, at: float) -> datetime | None:
    """The local time at which the state is another one; ``None`` when it never changes within `HORIZON_DAYS`."""
    now = opening_at(hours, zone, at)
    return next((moment for moment in _changes(hours, zone, at) if _opening(hours, moment) != now), None)


def next_closing(hours: Hours, zone: str, at: float) -> datetime | None:
    """The local time at which it closes next, if it is closed now then after opening; ``None`` for not within
    `HORIZON_DAYS`."""
    was_open = opening_at(hours, zone, at).state == "open"
    for moment in _changes(hours, zone, at):
        is_open = _opening(hours, moment).state == "open"
        if was_open and not is_open:
            return moment
        was_open = is_open
    return None


def windows(hours: Hours, zone: str, at: float, days: float = 7.0) -> tuple[tuple[float, float], ...]:
    """When it is open from ``at`` on, for so many days: pairs of epoch seconds."""
    end, found = at + days * 86_400.0, []
    begins = at if opening_at(hours, zone, at).state == "open" else None
    for change in _changes(hours, zone, at):
        moment = min(change.timestamp(), end)
        is_open = opening_at(hours, zone, moment).state == "open"
        if begins is not None and (not is_open or moment >= end):
            found.append((begins, moment))
            begins = None
        elif begins is None and is_open:
            begins = moment
        if moment >= end:
            break
    return tuple(found)


def spoken_opening(moment: datetime, now: datetime, language: str = "en-US") -> str:
    """``Friday at 9 a.m.``: a weekday within a week, a date beyond it, ``today`` on the same day."""
    if not language.startswith("en"):
        return moments.opening(moment, now, language)
    clock = spoken_clock(moment)
    days = (moment.date() - now.date()).days
    if days == 0:
        return f"today at {clock}"
    weekday = moment.strftime("%A")
    if days < 7:
        return f"{weekday} at {clock}"
    return f"{weekday}, {moment.strftime('%B')} {moment.day} at {clock}"


def spoken_clock(moment: datetime) -> str:
    """``9 a.m.``, ``9:30 a.m.``, ``noon``, ``midnight``."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "noon" if moment.hour else "midnight"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{(moment.hour - 1) % 12 + 1}{minutes} {'a.m.' if moment.hour < 12 else 'p.m.'}"


def _opening(hours: Hours, local: datetime) -> Opening:
    today = local.date()
    yesterday = today - timedelta(days=1)
    minute = local.hour * 60 + local.minute + (local.second + local.microsecond / 1e6) / 60
    for holiday in hours.holidays:
        if _on(holiday.days, today) and (not holiday.intervals or _inside(holiday.intervals, minute)):
            return Opening("holiday", holiday.title.plain)
        if holiday.intervals and _on(holiday.days, yesterday) and _spills(holiday.intervals, minute):
            return Opening("holiday", holiday.title.plain)
    public = _public(hours, today)
    if public:
        return Opening("holiday", public)
    if not _special(hours, today):
        for pause in hours.breaks:
            if _has_break(hours, pause, today) and _inside(pause.intervals, minute):
                return Opening(pause.name.text)
            if _has_break(hours, pause, yesterday) and _spills(pause.intervals, minute):
                return Opening(pause.name.text)
    is_open = _inside(_open_on(hours, today), minute) or _spills(_open_on(hours, yesterday), minute)
    return Opening("open" if is_open else "closed")


def _special(hours: Hours, day: date) -> bool:
    return any(_on(opening.days, day) for opening in hours.openings)


def _has_break(hours: Hours, pause: Break, day: date) -> bool:
    """A day without opening hours has no lunch break either."""
    return day.weekday() in pause.days and bool(_open_on(hours, day))


def _open_on(hours: Hours, day: date) -> tuple[Interval, ...]:
    """The intervals that begin on a day: none on a holiday, also not their part after midnight; a special opening
    replaces the week's."""
    if any(not holiday.intervals and _on(holiday.days, day) for holiday in hours.holidays) or _public(hours, day):
        return ()
    if _special(hours, day):
        return tuple(i for opening in hours.openings if _on(opening.days, day) for i in opening.intervals)
    return tuple(i for weekly in hours.weekly if day.weekday() in weekly.days for i in weekly.intervals)


def _public(hours: Hours, day: date) -> str:
    """The name of the public holiday that a day is, ``""`` for none. Those that the script leaves out are none."""
    for each in hours.public:
        left_out = {text.plain.casefold() for text in each.excepted}
        region = each.region.plain if each.region is not None else ""
        for name in holidays_on(each.country.text, region, day):
            if name.removesuffix(" (observed)").casefold() not in left_out:
                return name.removesuffix(" (observed)")
    return ""


def _on(days: tuple[Day, ...], day: date) -> bool:
    return any(d.year in (0, day.year) and d.month == day.month and d.day == day.day for d in days)


def _inside(intervals: tuple[Interval, ...], minute: float) -> bool:
    """Within an interval, on the day on which it begins."""
    return any(i.start <= minute and (minute < i.end or i.end <= i.start) for i in intervals)


def _spills(intervals: tuple[Interval, ...], minute: float) -> bool:
    """Within the part after midnight of an interval that began the day before."""
    return any(i.end <= i.start and minute < i.end for i in intervals)


def _changes(hours: Hours, zone: str, at: float) -> Iterator[datetime]:
    """Every moment after ``at`` at which the state may change, in order."""
    here = ZoneInfo(zone)
    now = datetime.fromtimestamp(at, here)
    lines: tuple[Weekly | Break | Holiday | SpecialOpening, ...]
    lines = (*hours.weekly, *hours.breaks, *hours.holidays, *hours.openings)
    minutes = {0} | {m % 1440 for line in lines for i in line.intervals for m in (i.start, i.end)}
    for days in range(HORIZON_DAYS):
        day = now.date() + timedelta(days=days)
        moments = {
            datetime(day.year, day.month, day.day, m // 60, m % 60, tzinfo=here, fold=fold).astimezone(UTC)
            for m in minutes
            for fold in (0, 1)
        }
        moments.update(_clock_changes(day, here))
        yield from (moment.astimezone(here) for moment in sorted(moments) if moment.timestamp() > at)


def _clock_changes(day: date, here: ZoneInfo) -> Iterator[datetime]:
    """The moment, in UTC, at which the clocks change on a day: it may skip an opening or bring one back."""
    first = datetime(day.year, day.month, day.day, tzinfo=here).astimezone(UTC)
    last = first + timedelta(days=1)
    before = first.astimezone(here).utcoffset()
    if last.astimezone(here).utcoffset() == before:
        return
    while last - first > timedelta(minutes=1):
        middle = first + (last - first) // 2
        if middle.astimezone(here).utcoffset() == before:
            first = middle
        else:
            last = middle
    yield last.replace(second=0, microsecond=0)
