"""A piece of source with marks below it: carets for the place itself, dashes for places that explain it.

The frame is plain text, one `Row` a line with what the line is; colour is a second step over that (`dsl.report.text`).
Columns are those of a terminal: a tab goes to the next multiple of four, a wide character (Unicode's East Asian Width W
or F) takes two columns, a combining or invisible one takes none. Control characters and the ones that change the
direction of writing are shown as a replacement, so that a text cannot play tricks on the terminal that shows it.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.source import Source, Span

TAB = 4
RowKind: TypeAlias = Literal["headline", "place", "bar", "code", "marks", "gap", "note"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of output. ``gutter`` is its left part with the line number, ``text`` the rest."""

    kind: RowKind
    gutter: str
    text: str

    def __str__(self) -> str:
        return (self.gutter + self.text).rstrip()


@dataclass(frozen=True, slots=True)
class Mark:
    """A span with its words; ``primary`` is the place itself."""

    span: Span
    text: str
    primary: bool


def visible(text: str) -> str:
    """The text with every character replaced that a terminal would act on instead of showing it."""
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in "\t ":
        return character
    if ord(character) < 0x20:
        return chr(0x2400 + ord(character))  # the control pictures of Unicode
    hidden = unicodedata.category(character) in ("Cc", "Cs") or unicodedata.bidirectional(character) in (
        "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",
    )  # fmt: skip
    return "\ufffd" if hidden else character


def width(text: str, start: int = 0) -> int:
    """How many columns a text takes that begins at column ``start``."""
    column = start
    for character in text:
        column += _cell(character, column)
    return column - start


def _cell(character: str, column: int) -> int:
    if character == "\t":
        return TAB - column % TAB
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(line: str) -> str:
    """A source line as it is printed: tabs spread out, nothing that a terminal would act on."""
    parts: list[str] = []
    column = 0
    for character in visible(line):
        cells = _cell(character, column)
        parts.append(" " * cells if character == "\t" else character)
        column += cells
    return "".join(parts)


def _column(source: Source, offset: int) -> tuple[int, int]:
    """Line (from 1) and terminal column (from 0) of an offset."""
    place = source.place(offset)
    return place.line, width(visible(source.line_text(place.line)[: place.column - 1]))


def frame(source: Source, marks: Sequence[Mark], gutter: int) -> Iterator[Row]:
    """The rows of one source. ``gutter`` is the width of the widest line number of the whole message."""
    spans = [_Reach.of(source, mark) for mark in marks]
    short = [reach for reach in spans if reach.first == reach.last]
    long = sorted((reach for reach in spans if reach.first != reach.last), key=lambda r: (r.first, -r.last))
    rails = len(long) * 2
    previous = 0
    for line in _lines_to_show(spans):
        if previous and line > previous + 1:
            yield Row("gap", "...", " " * (gutter - 1) + _rail(long, line, rails, gap=True))
        previous = line
        yield Row("code", f"{line:>{gutter}} | ", _rail(long, line, rails) + _shown(source.line_text(line)))
        empty = " " * gutter + " | "
        here = [reach for reach in short if reach.first == line]
        for text in _marks(here):
            yield Row("marks", empty, _rail(long, line, rails, below=True) + text)
        for index, reach in enumerate(long):
            if reach.last == line:
                yield Row("marks", empty, _closing(long, index, rails))


@dataclass(frozen=True, slots=True)
class _Reach:
    """A mark in lines and columns; ``end`` is exclusive and never equal to ``start`` on the same line."""

    first: int
    start: int
    last: int
    end: int
    text: str
    primary: bool

    @classmethod
    def of(cls, source: Source, mark: Mark) -> _Reach:
        first, start = _column(source, mark.span.start)
        last, end = _column(source, max(mark.span.start, mark.span.end))
        if last > first and end == 0:  # the span ends with the newline: it is the line before that is meant
            last -= 1
            end = width(visible(source.line_text(last)))
        end = max(end, start + 1) if first == last else max(end, 1)
        return cls(first, start, last, end, visible(mark.text).replace("\n", " "), mark.primary)

    @property
    def sign(self) -> str:
        return "^" if self.primary else "-"


def _lines_to_show(reaches: Sequence[_Reach]) -> list[int]:
    """Every line with an end of a mark, and single lines between two of them, which are shorter than a gap."""
    wanted = sorted({line for reach in reaches for line in (reach.first, reach.last)})
    between = {line + 1 for line, after in itertools.pairwise(wanted) if after == line + 2}
    return sorted({*wanted, *between})


def _rail(long: Sequence[_Reach], line: int, size: int, *, below: bool = False, gap: bool = False) -> str:
    """The columns left of the code in which marks over several lines run down."""
    cells = ""
    for reach in long:
        if reach.first == line and not below and not gap:
            cells += "/ "
        elif reach.first < line <= reach.last or (reach.first == line and below):
            cells += "| "
        else:
            cells += "  "
    return cells[:size]


def _closing(long: Sequence[_Reach], index: int, size: int) -> str:
    """``|______^ text``: the end of a mark over several lines."""
    reach = long[index]
    line = reach.last
    before = _rail(long[:index], line, index * 2, below=True)
    run = size - index * 2 - 1 + reach.end - 1
    return f"{before}|{'_' * run}{reach.sign} {reach.text}"


def _marks(reaches: Sequence[_Reach]) -> Iterator[str]:
    """The rows below one line: signs for all marks, the rightmost one's words beside them, the others' below."""
    if not reaches:
        return
    ordered = sorted(reaches, key=lambda r: (r.start, r.end))
    cells = [" "] * max(reach.end for reach in ordered)
    for reach in sorted(ordered, key=lambda r: r.primary):
        cells[reach.start : reach.end] = reach.sign * (reach.end - reach.start)
    *rest, last = ordered
    yield f"{''.join(cells)} {last.text}".rstrip()
    while rest:
        # A bar from each mark that still waits for its words, and then the words of the rightmost one.
        yield _bars(rest)
        reach = rest.pop()
        yield _bars([other for other in rest if other.start < reach.start]).ljust(reach.start) + reach.text


def _bars(reaches: Sequence[_Reach]) -> str:
    cells = [" "] * (max((reach.start for reach in reaches), default=-1) + 1)
    for reach in reaches:
        cells[reach.start] = "|"
    return "".join(cells)
