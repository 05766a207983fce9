"""Everything in a script that ends in one of a closed set of outcomes, with the lines that route them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.analysis.outcomes import VERBS, Outcome, hours_outcomes, outcomes_of, verb_of
from dsl.analysis.program import Program
from dsl.ast import BLOCKS, Block, CountUp, Do, Lookup, Menu, Name, Recall, Route, Run, Statement, Step, WhenHours
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Routed:
    """``verb`` is the word that messages use, ``name`` what it is called there (may be empty), ``span`` where to point.

    ``broken``: lines of it could not be read, so that nothing can be said about what is missing."""

    block: Block
    verb: str
    name: str
    span: Span
    routes: tuple[Route, ...]
    outcomes: tuple[Outcome, ...]
    broken: bool

    @property
    def title(self) -> str:
        """``transfer desk``, ``lookup customer``, ``record call``."""
        return f"{self.verb} {self.name}".strip()


def routed(program: Program) -> Iterator[Routed]:
    """In the order of the text. Statements whose outcomes are unknown (``run`` of a missing flow) are left out."""
    for declaration in program.declarations():
        if not isinstance(declaration, BLOCKS):
            continue
        if isinstance(declaration, Step):
            for statement in declaration.statements:
                found = _statement(program, declaration, statement)
                if found is not None:
                    yield found
        elif not isinstance(declaration, Menu) and (verb := verb_of(declaration)) is not None:
            name = declaration.name
            outcomes = outcomes_of(declaration, verb)
            yield Routed(declaration, verb, name.text, name.span, declaration.routes, outcomes, declaration.broken)


def _statement(program: Program, block: Step, statement: Statement) -> Routed | None:
    if isinstance(statement, WhenHours):
        hours = program.hours.get(statement.hours.text)
        if hours is None:
            return None
        broken = block.broken or hours.broken
        return _found(block, "when hours", statement.hours, statement.routes, hours_outcomes(hours), broken)
    if isinstance(statement, Run):
        flow = program.flows.get(statement.flow.text)
        if flow is None:
            return None
        given = tuple(Outcome(name.text, f"`flow {flow.name.text}` gives it") for name in flow.gives)
        return _found(block, "run", statement.flow, statement.routes, given, block.broken)
    verb = verb_of(statement)
    if verb is None:
        return None
    routes: tuple[Route, ...] = getattr(statement, "routes", ())
    if isinstance(statement, Lookup | Recall):
        return _found(block, verb, statement.target, routes, VERBS[verb], block.broken)
    if isinstance(statement, CountUp):
        return _found(block, verb, statement.counter, routes, VERBS[verb], block.broken)
    if isinstance(statement, Do):
        name = Name(statement.call.name, statement.call.name_span)
        return _found(block, verb, name, routes, VERBS[verb], block.broken)
    start = statement.span.start
    return Routed(block, verb, "", Span(start, start + len(verb.split()[0])), routes, VERBS[verb], block.broken)


def _found(
    block: Step, verb: str, name: Name, routes: tuple[Route, ...], outcomes: tuple[Outcome, ...], broken: bool
) -> Routed:
    return Routed(block, verb, name.text, name.span, routes, outcomes, broken)
