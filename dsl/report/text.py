"""Findings for people at a terminal, in rustc's manner: headline, source frame, note, help."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dsl.diagnostics import Diagnostic
from dsl.report.frame import Mark, Row, frame, visible
from dsl.source import Source

_RESET = "\x1b[0m"
_BOLD, _BLUE, _RED, _YELLOW, _GREEN = "\x1b[1m", "\x1b[1;34m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;32m"


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """Every finding with its frame, an empty line behind each."""
    out = []
    for finding in diagnostics:
        rows = list(rows_of(finding))
        lines = (_paint(row, finding) for row in rows) if colour else (str(row) for row in rows)
        out.append("\n".join(lines) + "\n\n")
    return "".join(out)


def rows_of(finding: Diagnostic) -> Iterator[Row]:
    """The lines of one finding, without colour."""
    marks = _marks_by_source(finding)
    numbers = [s.place(max(m.span.start, m.span.end - 1)).line for s, each in marks.items() for m in each]
    gutter = len(str(max(numbers)))
    yield Row("headline", f"{finding.severity}[{finding.code}]", f": {visible(finding.headline)}")
    for source, here in marks.items():
        place = source.place(next((mark for mark in here if mark.primary), here[0]).span.start)
        arrow = "-->" if source is finding.source else ":::"
        yield Row("place", " " * gutter + arrow, f" {visible(source.name)}:{place.line}:{place.column}")
        yield Row("bar", " " * gutter + " |", "")
        yield from frame(source, here, gutter)
    if finding.note or finding.help or finding.fix:
        yield Row("bar", " " * gutter + " |", "")
    if finding.note:
        yield Row("note", " " * gutter + " = ", f"note: {visible(finding.note)}")
    advice = finding.help or (finding.fix.title if finding.fix else "")
    if advice:
        yield Row("note", " " * gutter + " = ", f"help: {visible(advice)}")


def _marks_by_source(finding: Diagnostic) -> dict[Source, list[Mark]]:
    """The finding's own source first."""
    marks = {finding.source: [Mark(finding.label.span, finding.label.text, True)]}
    for label in finding.labels:
        marks.setdefault(label.source or finding.source, []).append(Mark(label.span, label.text, False))
    return marks


def _paint(row: Row, finding: Diagnostic) -> str:
    strong = _RED if finding.severity == "error" else _YELLOW
    text = str(row)[len(row.gutter) :]
    match row.kind:
        case "headline":
            return f"{strong}{row.gutter}{_RESET}{_BOLD}{text}{_RESET}"
        case "marks":
            signs = re.sub(r"_*\^+|-+(?= |$)", lambda m: _sign(m.group(), strong), text, count=0)
            return f"{_BLUE}{row.gutter}{_RESET}{signs}"
        case "note":
            word, _, rest = text.partition(":")
            return f"{_BLUE}{row.gutter}{_RESET}{_GREEN if word == 'help' else _BOLD}{word}:{_RESET}{rest}"
        case "code" | "place" | "bar" | "gap":
            return f"{_BLUE}{row.gutter.rstrip() if not text else row.gutter}{_RESET}{text}"


def _sign(signs: str, strong: str) -> str:
    return f"{strong if '^' in signs else _BLUE}{signs}{_RESET}"
