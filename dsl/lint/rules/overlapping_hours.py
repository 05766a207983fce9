"""Opening hours contradict themselves.

Two intervals of a day overlap, an interval begins and ends at the same time, a break lies outside the open times, or a
special opening falls on a holiday, which wins. One of the two was not meant, and callers come to an office that is
closed.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Break, Day, Hours, SpecialOpening, Weekly
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import intervals
from dsl.lint.week import DAY, DAYS, Piece, clashes, week
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for hours in context.program.declarations():
        if isinstance(hours, Hours):
            yield from _empty(context, hours)
            yield from _overlaps(context, _pieces(hours.weekly), "open")
            yield from _overlaps(context, _pieces(hours.breaks), "in a break")
            yield from _breaks_outside(context, hours)
            yield from _openings(context, hours)


def _pieces(lines: tuple[Weekly, ...] | tuple[Break, ...]) -> list[Piece]:
    return [piece for line in lines for piece in week(line.days, line.intervals) if piece.end > piece.start]


def _empty(context: Context, hours: Hours) -> Iterator[Diagnostic]:
    for interval in intervals(hours):
        if interval.start == interval.end:
            yield RULE.at(
                context.program.source,
                interval.span,
                "an interval begins and ends at the same time",
                "a whole day, or nothing?",
                help="write `00:00 to 24:00` for a whole day, or take it out",
            )


def _overlaps(context: Context, pieces: list[Piece], state: str) -> Iterator[Diagnostic]:
    for first, second in clashes(pieces):
        day = DAYS[max(first.start, second.start) // DAY]
        same = first.span == second.span
        yield RULE.at(
            context.program.source,
            second.span,
            f"{day} is {state} twice at the same time",
            "its days repeat" if same else "overlaps the other interval",
            labels=() if same else (Label(first.span, "the other interval"),),
            help="name each day once" if same else "let one end before the other begins",
        )


def _breaks_outside(context: Context, hours: Hours) -> Iterator[Diagnostic]:
    if hours.broken:
        return
    for pause in hours.breaks:
        outside = [piece for piece in week(pause.days, pause.intervals) if not _within(piece, _pieces(hours.weekly))]
        if outside:
            yield RULE.at(
                context.program.source,
                outside[0].span,
                f"the break `{pause.name.text}` is outside the open times of {DAYS[outside[0].start // DAY]}",
                "not open around this time",
                help="name only days and times at which it would be open otherwise",
            )


def _within(pause: Piece, open_times: list[Piece]) -> bool:
    """Whether a break is between the first opening and the last closing of its day.

    It may fill a gap: open until 12 and from 13, with a break from 12 to 13, is how people say it.
    """
    day = pause.start // DAY
    pieces = [each for each in open_times if each.start // DAY == day or each.start <= day * DAY < each.end]
    return bool(pieces) and min(p.start for p in pieces) <= pause.start and pause.end <= max(p.end for p in pieces)


def _openings(context: Context, hours: Hours) -> Iterator[Diagnostic]:
    for number, opening in enumerate(hours.openings):
        yield from _overlaps_on_a_date(context, opening, hours.openings[number + 1 :])
        for holiday in hours.holidays:
            for day, closed in ((a, b) for a in opening.days for b in holiday.days if _same(a, b)):
                if not holiday.intervals:
                    yield RULE.at(
                        context.program.source,
                        day.span,
                        f"this day is the holiday `{holiday.title.plain}`, which wins",
                        "will not be open",
                        labels=(Label(closed.span, "the holiday"),),
                        help="take one of them out, or give the holiday its times",
                    )


def _overlaps_on_a_date(
    context: Context, opening: SpecialOpening, others: tuple[SpecialOpening, ...]
) -> Iterator[Diagnostic]:
    own = list(week([0], opening.intervals))
    for first, second in clashes(own):
        yield _twice(context, first.span, second.span)
    for other in others:
        if any(_same(a, b) for a in opening.days for b in other.days):
            pairs = ((a, b) for a in own for b in week([0], other.intervals) if a.overlaps(b))
            yield from (_twice(context, a.span, b.span) for a, b in list(pairs)[:1])


def _twice(context: Context, first: Span, second: Span) -> Diagnostic:
    return RULE.at(
        context.program.source,
        second,
        "a day is open twice at the same time",
        "overlaps the other interval",
        labels=(Label(first, "the other interval"),),
        help="let one end before the other begins",
    )


def _same(a: Day, b: Day) -> bool:
    """Whether there is a date that both name; year 0 is every year."""
    return (a.month, a.day) == (b.month, b.day) and (a.year == b.year or 0 in (a.year, b.year))


RULE = Rule(
    code="IVR520",
    name="overlapping-hours",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    monday to friday 09:00 to 12:30, 12:00 to 17:00
"""),
    good=script("""\
step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
    monday to friday 09:00 to 12:30, 13:00 to 17:00
"""),
)
