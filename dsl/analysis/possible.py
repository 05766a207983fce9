"""What something outside of the script can be doing at each place: whether the call is recorded, or streamed.

A forward data flow over the blocks: what is possible at the beginning of a block is what is possible at the end of any
way into it. Nobody knows where a call comes from when something fails: either anything that was possible anywhere is
possible where such calls are led, or that way is left out, by what an analysis is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from dsl.analysis.edges import ends_step, statement_edges
from dsl.analysis.program import Program
from dsl.ast import Block, Destination, Flow, Give, GoBack, GoTo, Run, Statement, Step

States: TypeAlias = frozenset[str]
NONE: States = frozenset()


class Change(Protocol):
    """What a statement makes of a state. ``cause`` is the outcome by which it leaves, "" where the step goes on."""

    def __call__(self, statement: Statement, cause: str, state: str) -> str: ...


@dataclass
class Possible:
    """The result: what is possible where a block begins, and before each statement (by the offset of the statement)."""

    program: Program
    change: Change
    errors: bool
    """Whether the way that a call takes when something fails counts."""
    start: dict[str, States] = field(default_factory=dict)
    before: dict[int, States] = field(default_factory=dict)
    gives: dict[tuple[str, str], States] = field(default_factory=dict)
    back: dict[str, States] = field(default_factory=dict)
    """By flow: what is possible where ``go back`` leads back into it."""

    def at(self, statement: Statement) -> States:
        """What is possible before a statement; nothing where no call comes."""
        return self.before.get(statement.span.start, NONE)


def possible(program: Program, begin: str, change: Change, *, errors: bool) -> Possible:
    """Follow what calls begin with through a program."""
    result = Possible(program, change, errors)
    runners: dict[str, list[str]] = {}
    for name, block in program.blocks.items():
        for run in program.runs(block):
            runners.setdefault(run.flow.text, []).append(name)
    waiting = dict.fromkeys(_bring(result, program.entry, frozenset({begin})))
    while waiting:
        name = next(iter(waiting))
        del waiting[name]
        for destination, states in _ways(result, program.blocks[name], result.start[name]):
            waiting.update(dict.fromkeys(_follow(result, runners, name, destination, states)))
    return result


def _bring(result: Possible, name: str, states: States) -> list[str]:
    """Add states to the beginning of a block. Its name, when it has to be looked at again."""
    earlier = result.start.get(name, NONE)
    if name not in result.program.blocks or states <= earlier:
        return []
    result.start[name] = earlier | states
    return [name]


def _follow(
    result: Possible, runners: dict[str, list[str]], name: str, destination: Destination, states: States
) -> list[str]:
    program = result.program
    owner = program.owners.get(name)
    flow = owner.name.text if owner is not None else ""
    match destination:
        case GoTo():
            return _bring(result, destination.target.text, states)
        case Give():
            key = (flow, destination.outcome.text)
            if states <= result.gives.get(key, NONE):
                return []
            result.gives[key] = result.gives.get(key, NONE) | states
            return [other for other in runners.get(flow, ()) if other in result.start]
        case GoBack():
            if states <= result.back.get(flow, NONE):
                return []
            result.back[flow] = result.back.get(flow, NONE) | states
            return [each for other in program.ways_back(program.blocks[name]) for each in _bring(result, other, states)]
        case _:
            return []


def _ways(result: Possible, block: Block, states: States) -> Iterator[tuple[Destination, States]]:
    program = result.program
    passed = states
    if isinstance(block, Step):
        for statement in block.statements:
            result.before[statement.span.start] = states
            yield from _statement_ways(result, statement, states)
            if ends_step(statement):
                break
            states = frozenset(result.change(statement, "", state) for state in states)
            passed |= states
    else:
        for edge in program.edges(block):
            yield edge.destination, states
    for handler in _handlers(program) if result.errors else ():
        yield handler, passed


def _statement_ways(result: Possible, statement: Statement, states: States) -> Iterator[tuple[Destination, States]]:
    if isinstance(statement, Run):
        flow = result.program.flows.get(statement.flow.text)
        entry = result.program.blocks.get(result.program.entry_of(flow)) if flow is not None else None
        if entry is not None:
            yield GoTo(entry.name, statement.span), states
        for edge in statement_edges(statement):
            yield edge.destination, result.gives.get((statement.flow.text, edge.cause), NONE)
        return
    for edge in statement_edges(statement):
        yield edge.destination, frozenset(result.change(statement, edge.cause, state) for state in states)


def _handlers(program: Program) -> Iterator[GoTo]:
    flows: tuple[Flow | None, ...] = (program.flow, *program.flows.values())
    for flow in flows:
        if flow is not None and isinstance(flow.on_error, GoTo):
            yield flow.on_error
