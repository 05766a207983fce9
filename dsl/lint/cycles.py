"""Ways through a script that come back to where they began."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dsl.analysis.program import Edge, Program
from dsl.ast import Block, Flow, Give, GoTo
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Cycle:
    """Blocks in the order in which a call goes through them, and the edge out of each; the last one leads back."""

    blocks: tuple[Block, ...]
    edges: tuple[Edge, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The names, the first one again at the end."""
        names = tuple(block.name.text for block in self.blocks)
        return (*names, names[0])


def cycles(program: Program, ways: Callable[[Edge], bool]) -> Iterator[Cycle]:
    """Cycles by edges that ``ways`` accepts: a shortest one for the first block of each group of blocks that lead to
    each other, so that one mistake gives one cycle. An outcome of a sub-flow is such an edge only when the sub-flow can
    give it by such edges, too."""
    shut = not_given(program, ways)
    graph = {name: _ways_out(program, block, ways, shut) for name, block in program.blocks.items()}
    group = _groups(graph)
    done: set[int] = set()
    for name in graph:
        if group[name] in done:
            continue
        if not any(group[target] == group[name] for target in graph[name]):
            continue  # a block alone that does not lead to itself
        done.add(group[name])
        members = [other for other in graph if group[other] == group[name]]
        within = {other: {t: e for t, e in graph[other].items() if group[t] == group[name]} for other in members}
        yield _shortest(program, within, name)


def not_given(program: Program, ways: Callable[[Edge], bool]) -> frozenset[tuple[Span, str]]:
    """The outcomes of `run` statements, by route and name, that cannot come about by edges that ``ways`` accepts:
    somebody has to do more in the sub-flow."""
    given: dict[str, frozenset[str]] = {}
    runs = [run for block in program.blocks.values() for run in program.runs(block)]
    for _ in range(len(program.flows) + 1):  # a sub-flow may run others: each round settles at least one more
        shut = frozenset(
            (route.span, outcome.text)
            for run in runs
            for route in run.routes
            for outcome in route.outcomes
            if run.flow.text in program.flows and outcome.text not in given.get(run.flow.text, frozenset())
        )
        now = {name: _given(program, flow, ways, shut) for name, flow in program.flows.items()}
        if now == given:
            break
        given = now
    return shut


def _given(
    program: Program, flow: Flow, ways: Callable[[Edge], bool], shut: frozenset[tuple[Span, str]]
) -> frozenset[str]:
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [program.entry_of(flow)]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in program.blocks:
            continue
        seen.add(name)
        for edge in program.edges(program.blocks[name]):
            if not ways(edge) or (edge.span, edge.cause) in shut:
                continue
            if isinstance(edge.destination, Give):
                found.add(edge.destination.outcome.text)
            elif isinstance(edge.destination, GoTo):
                waiting.append(edge.destination.target.text)
    return frozenset(found)


def _ways_out(
    program: Program, block: Block, ways: Callable[[Edge], bool], shut: frozenset[tuple[Span, str]]
) -> dict[str, Edge]:
    found: dict[str, Edge] = {}
    for edge in program.edges(block):
        if (edge.span, edge.cause) in shut:
            continue
        if ways(edge) and isinstance(edge.destination, GoTo) and edge.destination.target.text in program.blocks:
            found.setdefault(edge.destination.target.text, edge)
    return found


def _groups(graph: dict[str, dict[str, Edge]]) -> dict[str, int]:
    """A number for each block, the same for blocks that lead to each other (Kosaraju's algorithm, linear)."""
    order: list[str] = []
    seen: set[str] = set()
    for root in graph:
        stack = [(root, iter(graph[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            name, targets = stack[-1]
            fresh = next((target for target in targets if target not in seen), None)
            if fresh is None:
                order.append(name)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, iter(graph[fresh])))
    sources: dict[str, list[str]] = {name: [] for name in graph}
    for name, out in graph.items():
        for target in out:
            sources[target].append(name)
    group: dict[str, int] = {}
    for number, root in enumerate(reversed(order)):
        waiting = [root]
        while waiting:
            name = waiting.pop()
            if name not in group:
                group[name] = number
                waiting += sources[name]
    return group


def _shortest(program: Program, graph: dict[str, dict[str, Edge]], start: str) -> Cycle:
    """Breadth first, so that the first way back is a shortest one."""
    came: dict[str, str] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        for target in graph[name]:
            if target == start:
                names = [name]
                while names[-1] != start:
                    names.append(came[names[-1]])
                names.reverse()
                edges = [graph[a][b] for a, b in zip(names, [*names[1:], start], strict=True)]
                return Cycle(tuple(program.blocks[each] for each in names), tuple(edges))
            if target not in came:
                came[target] = name
                waiting.append(target)
    raise AssertionError("the blocks of a group lead to each other")
