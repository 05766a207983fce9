"""A script with its names resolved: what the machine runs and the rules look at.

A `Program` exists for every text, also for one full of mistakes, so that all rules can speak in one run. Only a
program that came out of `dsl.check` without errors may be run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import assert_never

from dsl.analysis.outcomes import Outcome, hours_outcomes
from dsl.ast import (
    Block,
    Collect,
    Declaration,
    Destination,
    Flow,
    GoTo,
    Hours,
    Leave,
    Menu,
    Option,
    PlayFile,
    Route,
    Say,
    Script,
    Set,
    Statement,
    Step,
    Transfer,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
)
from dsl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Edge:
    """One way out of a block. ``needs_caller``: only the caller's input (or silence) takes it, so it cannot spin."""

    cause: str
    destination: Destination
    span: Span
    needs_caller: bool


@dataclass(frozen=True)
class Program:
    """Names to declarations. When a name is declared twice the first one counts."""

    source: Source
    script: Script

    @cached_property
    def flow(self) -> Flow | None:
        return next((d for d in self.script.declarations if isinstance(d, Flow)), None)

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        found: dict[str, Block] = {}
        for declaration in self.script.declarations:
            if isinstance(declaration, Step | Menu | Collect | Transfer):
                found.setdefault(declaration.name.text, declaration)
        return found

    @cached_property
    def hours(self) -> Mapping[str, Hours]:
        found: dict[str, Hours] = {}
        for declaration in self.script.declarations:
            if isinstance(declaration, Hours):
                found.setdefault(declaration.name.text, declaration)
        return found

    @cached_property
    def entry(self) -> str:
        """The block in which a call begins: the first one of the script; ``""`` when there is none."""
        return next(iter(self.blocks), "")

    @cached_property
    def digest(self) -> str:
        """The name of this version of the script."""
        return self.source.digest

    @cached_property
    def language(self) -> str:
        return self.flow.language.text if self.flow and self.flow.language else "en-US"

    @cached_property
    def voice(self) -> str:
        return self.flow.voice.plain if self.flow and self.flow.voice else ""

    @cached_property
    def keeps_type_ahead(self) -> bool:
        """Whether any block takes keys that were pressed before its prompt."""
        return any(isinstance(b, Menu | Collect) and b.type_ahead for b in self.blocks.values())

    def timezone_of(self, hours: Hours) -> str:
        """The hours' own zone, else the flow's, else ``""``."""
        if hours.timezone is not None:
            return hours.timezone.plain
        return self.flow.timezone.plain if self.flow and self.flow.timezone else ""

    def outcomes_of(self, statement: WhenHours) -> tuple[Outcome, ...]:
        return hours_outcomes(self.hours.get(statement.hours.text))

    def declarations(self) -> tuple[Declaration, ...]:
        return self.script.declarations

    def edges(self, block: Block) -> tuple[Edge, ...]:
        """Every way out of a block, in the order of the text."""
        match block:
            case Step():
                return tuple(edge for s in block.statements for edge in _statement_edges(s))
            case Menu():
                options = (Edge(_option_cause(o), o.destination, o.span, True) for o in block.options)
                afters = (Edge(f"after {a.count.value} {a.what}", a.destination, a.span, True) for a in block.afters)
                return (*options, *afters)
            case Collect():
                afters = (Edge(f"after {a.count.value} {a.what}", a.destination, a.span, True) for a in block.afters)
                return (*_routes(block.routes, True), *afters)
            case Transfer():
                return tuple(_routes(block.routes, False))
            case _:
                assert_never(block)

    def targets(self, block: Block) -> Iterator[str]:
        """The names of the blocks that can come next."""
        for edge in self.edges(block):
            if isinstance(edge.destination, GoTo):
                yield edge.destination.target.text


def ends_step(statement: Statement) -> bool:
    """Whether nothing after this statement can be reached, provided that the statement itself is complete."""
    match statement:
        case Leave() | WhenHours() | WhenValue():
            return True
        case Say() | PlayFile() | Set() | WhenSwitch() | WhenGuard():
            return False
        case _:
            assert_never(statement)


def _option_cause(option: Option) -> str:
    if option.keys:
        return f"press {option.keys[0].text}"
    return f'say "{option.phrases[0].plain}"'


def _routes(routes: tuple[Route, ...], needs_caller: bool) -> Iterator[Edge]:
    for route in routes:
        for outcome in route.outcomes:
            yield Edge(outcome.text, route.destination, route.span, needs_caller)


def _statement_edges(statement: Statement) -> Iterator[Edge]:
    match statement:
        case WhenHours():
            yield from _routes(statement.routes, False)
        case WhenSwitch():
            cause = f"switch {statement.switch.text} is {'on' if statement.state else 'off'}"
            yield Edge(cause, statement.destination, statement.span, False)
        case WhenGuard():
            yield Edge("when", statement.destination, statement.span, False)
        case WhenValue():
            for case in statement.cases:
                yield Edge("case", case.destination, case.span, False)
            if statement.otherwise is not None:
                yield Edge("otherwise", statement.otherwise.destination, statement.otherwise.span, False)
        case Leave():
            yield Edge("then", statement.destination, statement.span, False)
        case Say() | PlayFile() | Set():
            return
        case _:
            assert_never(statement)
