"""Walks over a script that several rules share: its texts, values and destinations, and what can follow what.

Texts and values are those of `dsl.analysis`; they are named here again so that a rule needs to know one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from dsl.analysis.program import Edge, Program
from dsl.analysis.texts import Spoken, fixed, meanings, phrases, recordings, spoken
from dsl.analysis.values import calls, expressions, holes, variables, variables_in
from dsl.ast import (
    BLOCKS,
    Block,
    Break,
    Counter,
    Data,
    Declaration,
    Destination,
    Flow,
    GoBack,
    GoTo,
    Holiday,
    Hours,
    Interval,
    Promise,
    Prompts,
    SpecialOpening,
    Test,
    Use,
    Weekly,
)
from dsl.diagnostics import Edit, Fix
from dsl.source import Source, Span
from dsl.spell import nearest

__all__ = [
    "Spoken",
    "calls",
    "complete",
    "dated_lines",
    "destinations",
    "expressions",
    "fixed",
    "following",
    "holes",
    "instead",
    "intervals",
    "is_lost",
    "keyword",
    "line_end",
    "meanings",
    "near_name",
    "phrases",
    "reachable",
    "recordings",
    "spoken",
    "unique_edges",
    "variables",
    "variables_in",
    "weekly_lines",
    "whole_line",
]


def keyword(declaration: Declaration) -> str:
    """The word that a declaration starts with."""
    return type(declaration).__name__.lower()


def complete(program: Program) -> bool:
    """Whether every line of the script could be read. If not, what seems to be missing may stand on a lost line."""
    return not program.script.lost and not any(declaration.broken for declaration in program.declarations())


def is_lost(program: Program, name: str) -> bool:
    """Whether a declaration of this name may be one that could not be read; an unread name may be any."""
    return name in program.script.lost or "" in program.script.lost


def line_end(source: Source, offset: int) -> int:
    """The end of the line on which an offset lies, its comment included."""
    line = source.place(offset).line
    return source.line_start(line) + len(source.line_text(line))


def whole_line(source: Source, span: Span) -> Span:
    """The lines of a span with their line ending, for a fix that takes them out."""
    start = source.line_start(source.place(span.start).line)
    end = line_end(source, span.end)
    return Span(start, len(source.text) if (newline := source.text.find("\n", end)) < 0 else newline + 1)


def instead(span: Span, text: str, *, safe: bool = True) -> Fix:
    """The fix that writes ``text`` at a place."""
    return Fix(f"write `{text}`", (Edit(span, text),), "safe" if safe else "unsafe")


def near_name(name: str, known: Iterable[str]) -> str | None:
    """The declared name that was most likely meant. A name of one letter is like any other, so it gets no guess."""
    return nearest(name, known) if len(name) > 1 else None


# --------------------------------------------------------------------------------------------------------------------
# Destinations


def destinations(program: Program, declaration: Declaration) -> Iterator[Destination]:
    """Where a declaration can send a call, in the order of the text."""
    match declaration:
        case Flow():
            yield from (key.destination for key in declaration.keys)
            yield from (each for each in (declaration.on_hangup, declaration.on_error) if each is not None)
        case Hours() | Use() | Data() | Counter() | Prompts() | Test() | Promise():
            return
        case _ if isinstance(declaration, BLOCKS):
            yield from (edge.destination for edge in unique_edges(program, declaration))
        case _:
            assert_never(declaration)


def unique_edges(program: Program, block: Block) -> Iterator[Edge]:
    """The ways out of a block, one for each destination written: a route with three outcomes is one."""
    seen: set[Span] = set()
    for edge in program.edges(block):
        if edge.destination.span not in seen:
            seen.add(edge.destination.span)
            yield edge


def reachable(program: Program, start: str, through: Callable[[Block], bool] = lambda block: True) -> list[Block]:
    """The blocks that a call can come to from the block ``start`` (itself first); ``through`` says which to leave."""
    found: dict[str, Block] = {}
    gone_back: set[str] = set()
    waiting = [start]
    for name in waiting:
        block = program.blocks.get(name)
        if block is None or name in found:
            continue
        found[name] = block
        if through(block):
            waiting += following(program, block, gone_back)
    return list(found.values())


def following(program: Program, block: Block, gone_back: set[str]) -> Iterator[str]:
    """The names of the blocks that can come next, as `Program.targets` has them; but the many to which `go back` can
    lead only once for each flow, which ``gone_back`` remembers: a walk through a whole script stays linear."""
    for edge in program.edges(block):
        if isinstance(edge.destination, GoTo):
            yield edge.destination.target.text
        elif isinstance(edge.destination, GoBack):
            owner = program.owner(block)
            flow = owner.name.text if owner is not None else ""
            if flow not in gone_back:
                gone_back.add(flow)
                yield from program.ways_back(block)
    for run in program.runs(block):
        if run.flow.text in program.flows:
            yield program.entry_of(program.flows[run.flow.text])


# --------------------------------------------------------------------------------------------------------------------
# Opening hours


def weekly_lines(hours: Hours) -> tuple[Weekly | Break, ...]:
    """The lines about weekdays."""
    return (*hours.weekly, *hours.breaks)


def dated_lines(hours: Hours) -> tuple[Holiday | SpecialOpening, ...]:
    """The lines about dates."""
    return (*hours.holidays, *hours.openings)


def intervals(hours: Hours) -> Iterator[Interval]:
    """Every interval of a declaration."""
    yield from (interval for line in weekly_lines(hours) for interval in line.intervals)
    yield from (interval for line in dated_lines(hours) for interval in line.intervals)
