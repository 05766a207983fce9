"""How far it is to a block, in prompts or in seconds.

`quickest` is a game: whoever wants to get there chooses what the caller does, and everything else (data, people, the
clock) does its worst. `slowest` is the way of a caller who does nothing at all.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from interpreter.explore.graph import Edge, Graph, Node, Way

NEVER = 1e9
"""A distance that nobody can go."""


def _cost(unit: str) -> Callable[[Edge], float]:
    return (lambda edge: float(edge.prompts)) if unit == "prompts" else (lambda edge: edge.seconds + edge.silence)


def _begins(graph: Graph, start: str) -> list[tuple[Node, float]]:
    """The states in which a call has just come to a block, with what was heard on that very step."""
    if not start:
        return [(root, 0.0) for root in graph.roots]
    found: dict[int, tuple[Node, Edge]] = {}
    for node in graph.nodes:
        for edge in node.out:
            if start in edge.entered and edge.target.number not in found:
                found[edge.target.number] = (edge.target, edge)
    return [(node, float(edge.prompts)) for node, edge in found.values()]


def quickest(graph: Graph, target: str, start: str, unit: str) -> tuple[float, Node, Way] | None:
    """The worst of the best ways from a block to another: how far, from which state, and along which way."""
    begins = _begins(graph, start)
    if not begins:
        return None
    distance, best = _distances(graph, target, _cost(unit))
    worst: tuple[float, Node] | None = None
    for node, heard in begins:
        cost = distance[node.number] + (heard if unit == "prompts" and start else 0.0)
        if worst is None or cost > worst[0]:
            worst = (cost, node)
    assert worst is not None
    way: list[Edge] = []
    node = worst[1]
    while (edge := best.get(node.number)) is not None and len(way) < len(graph.nodes):
        way.append(edge)
        node = edge.target
        if target in edge.entered:
            break
    return worst[0], worst[1], tuple(way)


def _useful(node: Node) -> tuple[list[Edge], list[Edge]]:
    """What the caller may choose, and what others decide. Whoever wants to get there does not hang up, and the host
    works: a proof about a broken host is another one."""
    mine = [edge for edge in node.out if edge.move.who in ("caller", "silence", "clumsy")]
    theirs = [edge for edge in node.out if edge.move.who in ("world", "itself")]
    return mine, theirs


def _distances(graph: Graph, target: str, cost: Callable[[Edge], float]) -> tuple[list[float], dict[int, Edge]]:
    """Dijkstra's algorithm for a game: a state in which others decide is settled when all of its ways are."""
    size = len(graph.nodes)
    distance = [NEVER] * size
    best: dict[int, Edge] = {}
    before: list[list[tuple[Edge, bool]]] = [[] for _ in range(size)]
    open_ways = [0] * size
    worst = [0.0] * size
    ready: list[tuple[float, int]] = []
    queue_choice: dict[int, float] = {}

    def settle(number: int, value: float, edge: Edge | None) -> None:
        if value < queue_choice.get(number, NEVER):
            queue_choice[number] = value
            if edge is not None:
                best[number] = edge
            heapq.heappush(ready, (value, number))

    def take(edge: Edge, own: bool, beyond: float) -> None:
        number, value = edge.source.number, cost(edge) + beyond
        if own:
            settle(number, value, edge)
            return
        open_ways[number] -= 1
        if value >= worst[number]:
            worst[number] = value
            if number not in queue_choice:
                best[number] = edge
        if open_ways[number] == 0:
            settle(number, worst[number], best.get(number))

    done = [False] * size
    for node in graph.nodes:
        mine, theirs = _useful(node)
        own = bool(mine)
        edges = mine if own else theirs
        open_ways[node.number] = len(edges)
        for edge in edges:
            if target in edge.entered:
                continue
            before[edge.target.number].append((edge, own))
    for node in graph.nodes:
        mine, theirs = _useful(node)
        for edge in mine or theirs:
            if target in edge.entered:
                take(edge, bool(mine), 0.0)
    while ready:
        value, number = heapq.heappop(ready)
        if done[number]:
            continue
        done[number] = True
        distance[number] = value
        for edge, own in before[number]:
            if not done[edge.source.number]:
                take(edge, own, value)
    return distance, best


def slowest(graph: Graph, target: str, start: str, unit: str) -> tuple[float, Node, Way] | None:
    """The longest way of a caller who does nothing from a block to another; `NEVER` where there is a way that does not
    come there."""
    begins = _begins(graph, start)
    if not begins:
        return None
    cost = _cost(unit)
    worst: tuple[float, Node, Way] | None = None
    known: dict[int, tuple[float, Way]] = {}
    for node, heard in begins:
        length, way = _silently(node, target, cost, known)
        length += heard if unit == "prompts" and start else 0.0
        if worst is None or length > worst[0]:
            worst = (length, node, way)
    return worst


def _silently(
    node: Node, target: str, cost: Callable[[Edge], float], known: dict[int, tuple[float, Way]]
) -> tuple[float, Way]:
    """Depth first, without recursion; a state that is met again on its own way is a loop, and nobody gets out."""
    stack: list[tuple[Node, list[Edge], tuple[float, Way]]] = []
    on_way: set[int] = set()

    def enter(each: Node) -> None:
        on_way.add(each.number)
        silence = [edge for edge in each.out if edge.move.who == "silence"]
        stack.append((each, silence or [e for e in each.out if e.move.who in ("world", "itself")], (-1.0, ())))

    enter(node)
    while stack:
        here, edges, worst = stack[-1]
        if not edges:
            stack.pop()
            on_way.discard(here.number)
            known[here.number] = worst if worst[0] >= 0 else (NEVER, ())
            continue
        edge = edges[0]
        if target in edge.entered:
            beyond: tuple[float, Way] | None = (0.0, ())
        elif edge.target.number in on_way:
            beyond = (0.0, ()) if edge.move.who == "itself" else (NEVER, ())
        else:
            beyond = known.get(edge.target.number)
        if beyond is None:
            enter(edge.target)
            continue
        length = min(cost(edge) + beyond[0], NEVER)
        if length > worst[0]:
            worst = (length, (edge, *beyond[1]))
        stack[-1] = (here, edges[1:], worst)
    return known[node.number]
