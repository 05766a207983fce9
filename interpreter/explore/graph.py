"""The graph of a program's states, and ways through it."""

from __future__ import annotations

from dataclasses import dataclass, field

from interpreter.explore.moves import Awaited, Move
from interpreter.machine import Call, Trace
from interpreter.protocol import Finished, Value

ANY = -1


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that stands for others. ``name`` says what it is for the opening hours."""

    at: float
    name: str


@dataclass(frozen=True, slots=True)
class Start:
    """How a call begins: who calls, and the switches."""

    at: float
    caller: str
    switches: tuple[tuple[str, bool], ...]
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(slots=True)
class Node:
    """A state: a call that stands for all calls in it. ``end`` is set where the call is over."""

    number: int
    call: Call
    awaited: Awaited
    start: int
    moment: int
    end: Finished | None = None
    out: list[Edge] = field(default_factory=list)


@dataclass(slots=True)
class Edge:
    """From one state to the next. ``prompts`` and ``seconds`` are what is heard on it (or waited for in silence);
    ``silence`` is dead air, in seconds. ``covers`` are the ways through the script that it takes. ``sayable``: a test
    can let it happen."""

    source: Node
    target: Node
    move: Move
    prompts: int
    seconds: float
    silence: float
    covers: tuple[tuple[int, str], ...]
    entered: tuple[str, ...]
    sayable: bool
    moment: int
    """The time at which it is taken, by its number; `ANY` where the script does not ask."""


Way = tuple[Edge, ...]
COARSE = ("press ", 'say "', "no input", "repeat", "run ")
"""What a trace ``took`` and tells more exactly as ``edge``."""


@dataclass(slots=True)
class Graph:
    """Everything that was explored. ``complete`` is false when a bound was reached; ``notes`` say what was abstracted
    or bounded."""

    starts: list[Start]
    moments: list[Moment]
    nodes: list[Node]
    roots: list[Node]
    edges: int
    complete: bool
    notes: list[str]
    blocks: dict[tuple[int, str], str] = field(default_factory=dict)
    """By a way through the script: the block in which it lies."""


def ways(graph: Graph, only_sayable: bool = False) -> list[Edge | None]:
    """By the number of each node: the last edge of a shortest way to it from a beginning of a call. With
    ``only_sayable``, of the shortest one that a test can say, where there is one."""
    found: list[Edge | None] = [None] * len(graph.nodes)
    seen = [False] * len(graph.nodes)
    waiting = list(graph.roots)
    for root in waiting:
        seen[root.number] = True
    for node in waiting:
        for edge in node.out:
            if seen[edge.target.number] or (only_sayable and not edge.sayable):
                continue
            seen[edge.target.number] = True
            found[edge.target.number] = edge
            waiting.append(edge.target)
    return found


def reached(graph: Graph, last: list[Edge | None]) -> list[bool]:
    """By the number of each node: whether one of the ways leads there."""
    roots = {root.number for root in graph.roots}
    return [edge is not None or number in roots for number, edge in enumerate(last)]


def way_to(node: Node, last: list[Edge | None]) -> Way:
    """The way from the beginning of the call to a state."""
    way: list[Edge] = []
    edge = last[node.number]
    while edge is not None:
        way.append(edge)
        edge = last[edge.source.number]
    return tuple(reversed(way))


def covered(trace: tuple[Trace, ...]) -> tuple[tuple[int, str], ...]:
    """The ways through the script that the machine has taken: where, and by which cause. Options, silences and
    fillers are told more exactly by ``edge`` than by ``took``."""
    return tuple(
        (each.offset, each.detail)
        for each in trace
        if each.offset >= 0 and (each.kind == "edge" or (each.kind == "took" and not each.detail.startswith(COARSE)))
    )


def count_paths(graph: Graph) -> int:
    """How many different calls there are, from a beginning to an end; a loop is gone through at most once."""
    order: list[Node] = []
    state = [0] * len(graph.nodes)
    onward: list[list[Node]] = [[] for _ in graph.nodes]
    for root in graph.roots:
        if state[root.number]:
            continue
        stack = [(root, iter(root.out))]
        state[root.number] = 1
        while stack:
            node, edges = stack[-1]
            edge = next(edges, None)
            if edge is None:
                state[node.number] = 2
                order.append(node)
                stack.pop()
            elif state[edge.target.number] == 0:
                onward[node.number].append(edge.target)
                state[edge.target.number] = 1
                stack.append((edge.target, iter(edge.target.out)))
            elif state[edge.target.number] == 2:
                onward[node.number].append(edge.target)
    paths = [0] * len(graph.nodes)
    for node in order:
        paths[node.number] = 1 if node.end is not None else sum(paths[each.number] for each in onward[node.number])
    return sum(paths[root.number] for root in graph.roots)
