"""A day does not exist.

30 February never comes, and the office would not close on the day that was meant.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from collections.abc import Iterator

from dsl.ast import Break, Day, Hours, Weekly
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import dated_lines, weekly_lines
from dsl.source import Span

_RANGE = re.compile(r"\b([a-z]+day)[ \t]+to[ \t]+\1\b")


def check(context: Context) -> Iterator[Diagnostic]:
    for hours in context.program.declarations():
        if isinstance(hours, Hours):
            for dated in dated_lines(hours):
                for day in dated.days:
                    yield from _date(context, day)
            for line in weekly_lines(hours):
                yield from _weekdays(context, line)


def _date(context: Context, day: Day) -> Iterator[Diagnostic]:
    written = context.program.source.slice(day.span)
    # 29 February of every year is kept: it comes in leap years. The year 0 of the tree means every year.
    year = day.year or 2000
    if written.startswith("0000-"):
        advice = "leave the year out for every year"
    elif not 1 <= day.month <= 12:
        advice = "a date is written year, month, day"
    elif not 1 <= day.day <= monthrange(year, day.month)[1]:
        of = f" {day.year}" if day.year else ""
        advice = f"{month_name[day.month]}{of} has {monthrange(year, day.month)[1]} days"
    else:
        return
    yield RULE.at(context.program.source, day.span, f"there is no day `{written}`", "not in any calendar", help=advice)


def _weekdays(context: Context, line: Weekly | Break) -> Iterator[Diagnostic]:
    match = _RANGE.search(context.program.source.slice(line.span))
    if match is not None:
        start = line.span.start
        yield RULE.at(
            context.program.source,
            Span(start + match.start(), start + match.end()),
            f"`{match.group()}` is not a range of days",
            "one day, or seven?",
            help=f"write `{match.group(1)}` for one day, or `every day`",
        )


RULE = Rule(
    code="IVR521",
    name="impossible-day",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    monday to friday 09:00 to 17:00
    holiday "Inventory" 02-30
"""),
    good=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    monday to friday 09:00 to 17:00
    holiday "Inventory" 02-28
"""),
)
