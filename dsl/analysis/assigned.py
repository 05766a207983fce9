"""Which values are there when a call comes to a place, on every way that leads there.

A forward data flow over the blocks: what a block starts with is what all ways into it have in common. A value is never
taken away again, so going back to a block by ``go back`` takes nothing from it.

A sub-flow starts with what is there at each place that runs it, and its parameters; behind one of its outcomes is there
what was before, and what is there at every ``give`` of that outcome. Where a call goes when its caller hangs up or
something fails, nothing is there but what a flow starts with. The answers of a survey are never certain: each question
may be left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.analysis.edges import statement_edges
from dsl.analysis.given import given_by
from dsl.analysis.once import once
from dsl.analysis.program import Program
from dsl.analysis.reads import State, behind, gained, on_edge, reads
from dsl.ast import Block, Destination, Flow, Give, GoTo, Run, Step
from dsl.source import Span

EVERYTHING: State = frozenset({"*"})
"""The state of what no call has come to yet: in common with anything it is that thing."""


@dataclass(frozen=True, slots=True)
class Way:
    """An edge with what is there when it is taken."""

    cause: str
    destination: Destination
    state: State


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that is read in a block where it may not be there."""

    name: str
    span: Span
    block: str


@dataclass
class Assigned:
    """The result: what is there at the beginning of each block, and every read of what may not be."""

    program: Program
    start: dict[str, State] = field(default_factory=dict)
    gives: dict[tuple[str, str], State] = field(default_factory=dict)
    ways: dict[str, tuple[Way, ...]] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    """Every read of a value that may not be there, in the order of the script; of each value in a block once."""

    _searches: dict[str, _Search] = field(default_factory=dict)

    def path(self, missing: Missing) -> tuple[str, ...]:
        """The blocks of a shortest way on which a value is not there, each with the cause of the step behind it."""
        if missing.name not in self._searches:
            self._searches[missing.name] = _Search(self, missing.name)
        return self._searches[missing.name].path(missing.block)

    def reached(self, name: str) -> bool:
        """Whether any call comes to a block."""
        return self.start.get(name, EVERYTHING) is not EVERYTHING


@once
def assigned(program: Program) -> Assigned:
    """Solve the data flow of a program, and look at every read."""
    result = Assigned(program)
    _solve(result)
    result.missing = tuple(_missing(result))
    return result


def _missing(result: Assigned) -> Iterator[Missing]:
    # A name that nothing gives is unknown, which is another rule's business.
    given = {each for declaration in result.program.declarations() for each in given_by(declaration)}
    for name, block in result.program.blocks.items():
        if not result.reached(name):
            continue
        told: set[str] = set()
        for root, span, known in reads(block, result.start[name], result.gives):
            if root not in known and root not in told and root in given:
                told.add(root)
                yield Missing(root, span, name)


class _Search:
    """The blocks to which a call can come without a value, nearest first, as far as somebody has asked."""

    def __init__(self, result: Assigned, root: str) -> None:
        self._result, self._root = result, root
        self._waiting = deque(name for name, state in _begins(result.program).items() if root not in state)
        self._seen = set(self._waiting)
        self._came: dict[str, tuple[str, str]] = {}

    def path(self, block: str) -> tuple[str, ...]:
        """The blocks of a shortest way to a block, with the cause of each step."""
        while self._waiting and block not in self._seen:
            self._look(self._waiting.popleft())
        path: list[str] = []
        while block in self._came:
            block, cause = self._came[block]
            path.append(f"{block} ({cause})" if cause != "then" else block)
        return tuple(reversed(path))

    def _look(self, name: str) -> None:
        for way in self._result.ways.get(name, ()):
            target = way.destination.target.text if isinstance(way.destination, GoTo) else ""
            if target in self._result.program.blocks and target not in self._seen and self._root not in way.state:
                self._seen.add(target)
                self._came[target] = (name, way.cause)
                self._waiting.append(target)


# --------------------------------------------------------------------------------------------------------------------
# The data flow


def _begins(program: Program) -> dict[str, State]:
    """Where calls begin, and where they go when something fails or the caller hangs up."""
    found: dict[str, State] = {}
    start = _parameters(program.flow)
    for flow in (program.flow, *program.flows.values()):
        for handler in (flow.on_hangup, flow.on_error) if flow is not None else ():
            if isinstance(handler, GoTo):
                found[handler.target.text] = start | _parameters(flow)
    if program.entry:
        found[program.entry] = start
    return found


def _parameters(flow: Flow | None) -> State:
    return frozenset(each.name.text for each in flow.parameters) if flow is not None else frozenset()


def _solve(result: Assigned) -> None:
    """To the fixed point. States only ever shrink, so this ends."""
    program = result.program
    result.start = dict.fromkeys(program.blocks, EVERYTHING)
    runners: dict[str, list[str]] = {}
    for name, block in program.blocks.items():
        for run in program.runs(block):
            runners.setdefault(run.flow.text, []).append(name)
    waiting: dict[str, None] = {}
    for name, state in _begins(program).items():
        if name in program.blocks and _meet(result.start, name, state):
            waiting[name] = None
    while waiting:
        name = next(iter(waiting))
        del waiting[name]
        result.ways[name] = tuple(_ways(result, program.blocks[name], result.start[name]))
        for way in result.ways[name]:
            waiting.update(dict.fromkeys(_follow(result, runners, name, way)))


def _follow(result: Assigned, runners: dict[str, list[str]], name: str, way: Way) -> list[str]:
    """Bring a state where a way leads. The blocks that have to be looked at again."""
    program = result.program
    if isinstance(way.destination, GoTo):
        target = way.destination.target.text
        return [target] if target in program.blocks and _meet(result.start, target, way.state) else []
    if isinstance(way.destination, Give):
        owner = program.owners.get(name)
        key = (owner.name.text if owner is not None else "", way.destination.outcome.text)
        earlier = result.gives.get(key, EVERYTHING)
        result.gives[key] = way.state if earlier is EVERYTHING else earlier & way.state
        if result.gives[key] != earlier:
            return [other for other in runners.get(key[0], ()) if result.reached(other)]
    return []


def _meet(start: dict[str, State], name: str, state: State) -> bool:
    earlier = start[name]
    start[name] = state if earlier is EVERYTHING else earlier & state
    return start[name] != earlier or earlier is EVERYTHING


def _ways(result: Assigned, block: Block, state: State) -> Iterator[Way]:
    """The edges of a block, each with what is there on it; also those into the sub-flows that it runs."""
    if isinstance(block, Step):
        yield from _step_ways(result, block, state)
        return
    for edge in result.program.edges(block):
        yield Way(edge.cause, edge.destination, state | gained(block, edge.cause))


def _step_ways(result: Assigned, step: Step, state: State) -> Iterator[Way]:
    for statement in step.statements:
        if isinstance(statement, Run):
            flow = result.program.flows.get(statement.flow.text)
            entry = result.program.blocks.get(result.program.entry_of(flow)) if flow is not None else None
            if flow is not None and entry is not None:
                inside = state | _parameters(flow)
                yield Way(f"run {flow.name.text}", GoTo(entry.name, statement.span), inside)
        for edge in statement_edges(statement):
            there = on_edge(statement, edge.cause, state, result.gives)
            if there is not None:
                yield Way(edge.cause, edge.destination, there)
        state = behind(statement, state)
