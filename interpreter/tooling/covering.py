"""What tests cover of a script, as text, as a page and on the picture, and the tests that are missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from dsl import Diagnostic, Label, Program, Source
from dsl.analysis.edges import Edge
from dsl.ast import Block, Menu
from dsl.bundle import files, localise, section_starts
from dsl.source import Span
from interpreter.explore import Coverage, Spot, as_test
from interpreter.testing import writing


@dataclass(frozen=True, slots=True)
class Covered:
    """A script with what its tests take of it."""

    title: str
    coverage: Coverage

    @property
    def share(self) -> float:
        """From 0 to 1; 1 for a script without any way."""
        spots = self.coverage.spots
        return 1 - len(self.coverage.missing) / len(spots) if spots else 1.0


def line_of(program: Program, span: Span) -> tuple[str, int]:
    """File and line of a place in a program."""
    found = localise([Diagnostic("", "", "error", "", program.source, Label(span, ""))], program.source)[0]
    return found.source.name, found.source.place(found.label.span.start).line


def text(found: Sequence[Covered], *, everything: bool = False) -> str:
    """For each script what is covered and each way that is not; ``everything``: those that are, too."""
    parts = []
    for each in found:
        coverage = each.coverage
        spots, missing = coverage.spots, coverage.missing
        parts.append(f"{each.title}: {len(spots) - len(missing)} of {len(spots)} ways ({each.share:.0%})\n")
        for spot in spots if everything else missing:
            file, line = line_of(coverage.program, Span(spot.key[0], spot.key[0] + 1))
            mark = "  " if spot.key in coverage.taken else "! "
            parts.append(f"  {mark}{file}:{line}  {spot.block}: {spot.cause}\n")
        parts += (f"  . {spot.block}: {spot.cause} (no generated test can take it)\n" for spot in _beyond(coverage))
    return "".join(parts)


def _beyond(coverage: Coverage) -> list[Spot]:
    return [spot for spot in coverage.beyond if spot.key not in coverage.taken]


def page(found: Sequence[Covered]) -> str:
    """The same as a page: the script's text, each line marked by what of it was taken."""
    parts = [_HEAD]
    for each in found:
        parts.append(f"<h2>{escape(each.title)} <small>{each.share:.0%}</small></h2>\n")
        parts.append(_listing(each.coverage))
    return "".join([*parts, "</body></html>\n"])


def _listing(coverage: Coverage) -> str:
    """Each file that has ways of callers in it; one of tests has none."""
    source = coverage.program.source
    starts = (0, *section_starts(source))
    parts = []
    for file, start in zip(files(source), starts, strict=True):
        marks: dict[int, list[tuple[str, bool]]] = {}
        for spot in coverage.spots:
            if start <= spot.key[0] < start + len(file.text):
                line = file.place(spot.key[0] - start).line
                marks.setdefault(line, []).append((spot.cause, spot.key in coverage.taken))
        if marks:
            parts.append(f"<h3>{escape(file.name)}</h3>\n{_table(file, marks)}")
    return "".join(parts)


def _table(file: Source, marks: dict[int, list[tuple[str, bool]]]) -> str:
    rows = []
    for number in range(1, file.line_count + 1):
        here = sorted(marks.get(number, []))
        kind = "none" if not here else "all" if all(taken for _, taken in here) else "some"
        causes = " ".join(f'<span class="{"yes" if taken else "no"}">{escape(cause)}</span>' for cause, taken in here)
        text = escape(file.line_text(number)) or " "
        rows.append(f'<tr class="{kind}"><td>{number}</td><td><pre>{text}</pre></td><td>{causes}</td></tr>\n')
    return f'<table class="script">{"".join(rows)}</table>\n'


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Coverage</title><style>
body { font: 15px/1.4 system-ui, sans-serif; margin: 2rem; color: #1c2430; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; } small { color: #5a6675; font-weight: normal; }
table.script { border-collapse: collapse; width: 100%; }
td { padding: 0 .6rem; vertical-align: top; } td:first-child { color: #7b8794; text-align: right; width: 3rem; }
pre { margin: 0; font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; }
tr.all td:nth-child(2) { border-left: 4px solid #2e8540; } tr.some td:nth-child(2) { border-left: 4px solid #d6432f; }
tr.none td:nth-child(2) { border-left: 4px solid transparent; } tr.some { background: #fdf1ef; }
span.yes, span.no { font-size: 12px; border-radius: 3px; padding: 0 .35rem; white-space: nowrap; }
span.yes { background: #e3f2e6; color: #1d5f2c; } span.no { background: #f9d9d4; color: #98230f; }
</style></head><body>
<h1>What the tests cover</h1>
<p>Every way that a caller can take through a script: green ones were taken by a test, red ones by none.</p>
"""


def untested(coverage: Coverage) -> Callable[[Block, Edge], bool]:
    """For a picture: whether no test takes a way out of a block."""
    missing = {spot.key for spot in coverage.missing}
    places = {offset for offset, _ in missing}

    def look(block: Block, edge: Edge) -> bool:
        if edge.cause.endswith("anywhere"):
            return (block.span.start, edge.cause) in missing
        return (edge.span.start, edge.cause) in missing or (
            isinstance(block, Menu) and edge.span.start in places and not edge.cause.startswith("after")
        )

    return look


def generated(coverage: Coverage) -> tuple[list[str], list[Spot]]:
    """A test for each way that no test takes, with the shortest call that takes it; and the ways of which none could
    be written. A call takes several ways: those need no test of their own."""
    tests: list[str] = []
    failed: list[Spot] = []
    names: list[str] = []
    writer = writing.Writer(coverage.program)
    for spot in sorted(coverage.missing, key=lambda spot: (-len(coverage.ways[spot.key]), spot.key)):
        if spot.key in coverage.taken:
            continue
        title = writing.title(f"{spot.block}: {spot.cause}", names)
        way = coverage.ways[spot.key]
        comes_to = [f"reaches {name}" for name in dict.fromkeys(way[-1].entered)]
        draft = as_test(coverage.program, coverage.graph, way, title, comes_to)
        written = writer.complete(draft)
        if written is None or spot.key not in written.covered:
            failed.append(spot)
            continue
        names.append(title)
        tests.append(written.text)
        coverage.taken |= written.covered
    return list(reversed(tests)), failed
