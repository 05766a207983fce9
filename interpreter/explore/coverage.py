"""Which ways through a script its tests take, of all that a caller can take.

A way is one cause in one place: a key of an option, a phrase, the second silence, an outcome, a condition that does not
hold, hanging up in a block. All of them are known from exploring; those that only a failing host opens no test can
take, and they do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dsl import Program
from dsl.lint.walk import keyword
from interpreter.explore.explorer import explore
from interpreter.explore.graph import ANY, Edge, Graph, Way, covered
from interpreter.machine import Trace

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A way through the script: where it is written (an offset), by which cause, in which block."""

    key: Key
    block: str

    @property
    def cause(self) -> str:
        return self.key[1]


@dataclass
class Coverage:
    """The ways of a program, and those that were taken."""

    program: Program
    graph: Graph
    ways: dict[Key, Way] = field(default_factory=dict)
    """By way through the script: the shortest call that takes it."""
    taken: set[Key] = field(default_factory=set)

    def take(self, trace: Iterable[Trace]) -> None:
        """Note what a call did."""
        self.taken |= set(covered(tuple(trace)))

    @property
    def spots(self) -> list[Spot]:
        """Everything that a test can take, in the order of the text: also what only a test by hand has taken."""
        by_hand = self.taken & set(self.graph.blocks)
        return [Spot(key, self._block(key)) for key in sorted(set(self.ways) | by_hand)]

    @property
    def missing(self) -> list[Spot]:
        """What no test has taken."""
        return [spot for spot in self.spots if spot.key not in self.taken]

    @property
    def beyond(self) -> list[Spot]:
        """What only a failing host opens, or a time that passes during the call."""
        return [Spot(key, self._block(key)) for key in sorted(self.graph.blocks) if key not in self.ways]

    def _block(self, key: Key) -> str:
        for each in self.program.declarations():
            if each.span.start <= key[0] < each.span.end:
                return f"{keyword(each)} {each.name.text}"
        return self.graph.blocks.get(key, "")


def coverage(program: Program, graph: Graph | None = None) -> Coverage:
    """What can be covered, before any test has run."""
    found = Coverage(program, graph if graph is not None else explore(program))
    found.ways = shortest(found.graph)
    return found


def shortest(graph: Graph) -> dict[Key, Way]:
    """For each way through the script the shortest call that takes it and that a test can say: at one time of day."""
    found: dict[Key, Way] = {}
    size = max(1, len(graph.moments))
    last: dict[tuple[int, int], Edge | None] = {}
    waiting = [(root, moment) for moment in range(size) for root in graph.roots]
    for root, moment in waiting:
        last[root.number, moment] = None
    for node, moment in waiting:
        for edge in node.out:
            if not edge.sayable or edge.moment not in (ANY, moment):
                continue
            for key in edge.covers:
                if key not in found:
                    found[key] = (*_back(node.number, moment, last), edge, *_answer(edge))
            at = (edge.target.number, moment)
            if at not in last:
                last[at] = edge
                waiting.append((edge.target, moment))
    return found


def _answer(edge: Edge) -> Way:
    """A filler is heard before an answer, and a talk ends: the test has to say so."""
    if edge.move.line.endswith(" connected"):
        ends = tuple(each for each in edge.target.out if each.move.line.endswith((" answered", " joined")))
        return ends[:1]
    if not edge.move.slow:
        return ()
    return tuple(each for each in edge.target.out if each.move.given and each.sayable)[:1]


def _back(number: int, moment: int, last: dict[tuple[int, int], Edge | None]) -> Way:
    way: list[Edge] = []
    edge = last[number, moment]
    while edge is not None:
        way.append(edge)
        edge = last[edge.source.number, moment]
    return tuple(reversed(way))
