"""Promises, held against every state of a program.

What is shown is shown for the states that were explored, and for nothing else: a proof says how many they are, what
was abstracted on the way, and whether a bound was reached. A promise that does not hold is shown by the shortest call
that breaks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from dsl import Program
from dsl.analysis import told
from dsl.ast import tests
from interpreter.explore.explorer import MOST_STATES, Explorer, gives_up
from interpreter.explore.graph import Edge, Graph, Node, Way, count_paths, way_to, ways
from interpreter.explore.leaks import Leaks
from interpreter.explore.moves import Move
from interpreter.explore.races import quickest, slowest
from interpreter.explore.silence import ENDLESS, longest_silence
from interpreter.machine import Step
from interpreter.machine.feeds import silent
from interpreter.protocol import SECRET_MARK, Play, PlayAudio, Recognize, SayText
from interpreter.simulate import prompt_seconds


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a promise does not hold, and the shortest call that shows it."""

    why: str
    way: Way


@dataclass(frozen=True, slots=True)
class Verdict:
    """A promise and what became of it. ``fact`` is what was found where it holds."""

    promise: tests.Promise
    broken: Broken | None
    fact: str = ""


@dataclass(slots=True)
class Proof:
    """Everything that was shown of a program."""

    program: Program
    graph: Graph
    paths: int
    verdicts: list[Verdict]
    flaws: list[Broken]
    """What no script should do, whether it promises it or not: nothing left to happen, or an error of its own."""

    @property
    def holds(self) -> bool:
        return self.graph.complete and not self.flaws and all(verdict.broken is None for verdict in self.verdicts)


@dataclass
class _Seen:
    """What is noted of each edge while it is found: the first place of each thing that a promise may forbid."""

    program: Program
    leaks: Leaks
    longest: tuple[float, str, Node | None, Move | None] = (0.0, "", None, None)
    foreign: tuple[str, Node, Move] | None = None
    recorded: tuple[Node, Move] | None = None
    errors: list[tuple[str, Node, Move]] = field(default_factory=list)

    def __call__(self, source: Node, move: Move, moved: Step, target: Node) -> None:
        for effect in moved.effects:
            if isinstance(effect, Play | Recognize) and not (isinstance(effect, Play) and effect.loop):
                self._said(effect, source, move, moved)
            secret = isinstance(effect, Recognize) and effect.op.endswith(SECRET_MARK)
            if secret and self.recorded is None and (moved.call.recording == "on" or not silent(moved.call)):
                self.recorded = (source, move)
        self.leaks.look(source, move, moved)
        if moved.call.errors > source.call.errors and move.who not in ("host", "hang_up"):
            why = next((each.detail for each in moved.trace if each.kind == "error"), "")
            failing = move.line.endswith(("fails", "failed", "refused", "never answers")) or not move.line
            if why and not (move.who == "world" and failing) and all(why != each for each, _, _ in self.errors):
                self.errors.append((why, source, move))

    def _said(self, effect: Play | Recognize, source: Node, move: Move, moved: Step) -> None:
        length = sum(map(prompt_seconds, effect.prompts))
        if length > self.longest[0]:
            said = " ".join(each.text if isinstance(each, SayText) else f"[{each.name}]" for each in effect.prompts)
            self.longest = (length, said, source, move)
        chosen = moved.call.language
        if not chosen or self.foreign is not None:
            return
        for prompt in effect.prompts:
            if isinstance(prompt, PlayAudio):
                continue
            language = prompt.language or effect.language
            if language != chosen:
                self.foreign = (prompt.text, source, move)


def prove(program: Program, most: int = MOST_STATES) -> Proof:
    """Explore a program and hold its promises against it."""
    promises = [each for each in told.promises(program) if each.pledge is not None]
    seen = _Seen(program, Leaks(program, promises))
    graph = Explorer(program, most, seen).run()
    last = ways(graph)
    verdicts = [_verdict(program, graph, seen, last, promise) for promise in promises]
    return Proof(program, graph, count_paths(graph), verdicts, list(_flaws(graph, seen, last)))


def _flaws(graph: Graph, seen: _Seen, last: list[Edge | None]) -> Iterator[Broken]:
    for node in graph.nodes:
        if node.end is None and not node.out and (graph.complete or node.number < MOST_STATES):
            yield Broken("the call waits for something that never comes", way_to(node, last))
            break
    for why, node, move in seen.errors:
        yield Broken(f"an error of the script: {why}", _behind(graph, node, move, last))


def _behind(graph: Graph, node: Node, move: Move, last: list[Edge | None]) -> Way:
    """The way to a state, and the edge that something was noted of."""
    way = way_to(node, last)
    edge = next((each for each in node.out if each.move is move), None)
    return (*way, edge) if edge is not None else way


def _verdict(program: Program, graph: Graph, seen: _Seen, last: list[Edge | None], promise: tests.Promise) -> Verdict:
    pledge = promise.pledge
    assert pledge is not None
    match pledge:
        case tests.EveryPathEnds():
            return _ends(graph, last, promise, pledge)
        case tests.Within():
            return _within(program, graph, last, promise, pledge)
        case tests.Never():
            found = seen.leaks.first(promise)
            why = f"`{pledge.value.text}` comes to {found[0]}" if found is not None else ""
            broken = Broken(why, _behind(graph, found[1], found[2], last)) if found is not None else None
            return Verdict(promise, broken)
        case tests.Longest(what="prompt"):
            length, said, node, move = seen.longest
            if length <= pledge.limit.seconds or node is None or move is None:
                return Verdict(promise, None, f"the longest takes {length:.1f}s")
            return Verdict(promise, Broken(f'{length:.1f}s: "{said}"', _behind(graph, node, move, last)))
        case tests.Longest():
            return _silence(graph, last, promise, pledge)
        case tests.OneLanguage():
            if seen.foreign is None:
                return Verdict(promise, None)
            said, node, move = seen.foreign
            return Verdict(promise, Broken(f'in another language: "{said}"', _behind(graph, node, move, last)))
        case tests.NoRecording():
            if seen.recorded is None:
                return Verdict(promise, None)
            return Verdict(
                promise,
                Broken(
                    "it is recorded or written down while a secret is asked for", _behind(graph, *seen.recorded, last)
                ),
            )
        case _:
            assert_never(pledge)


def _ends(graph: Graph, last: list[Edge | None], promise: tests.Promise, pledge: tests.EveryPathEnds) -> Verdict:
    wanted = {name.text for name in pledge.results}
    found: set[str] = set()
    for node in graph.nodes:
        if node.end is None or gives_up(node) or not node.end.block:
            continue
        if node.end.result not in wanted and node.end.ending not in wanted:
            result = f" with `{node.end.result}`" if node.end.result else " without a result"
            why = f"a call ends `{node.end.ending}`{result} at {node.end.block}"
            return Verdict(promise, Broken(why, way_to(node, last)))
        found |= {node.end.result, node.end.ending} & wanted
    never = [name.text for name in pledge.results if name.text not in found]
    return Verdict(promise, None, f"no path ends in {', '.join(never)}" if never else "")


def _within(
    program: Program, graph: Graph, last: list[Edge | None], promise: tests.Promise, pledge: tests.Within
) -> Verdict:
    limit = float(pledge.prompts.value) if pledge.prompts is not None else 0.0
    unit = "prompts"
    if pledge.seconds is not None:
        limit, unit = pledge.seconds.seconds, "seconds"
    race = slowest if pledge.silent else quickest
    target, start = pledge.target.text, pledge.start.text if pledge.start is not None else ""
    found = race(graph, target, start, unit)
    if found is None:
        return Verdict(promise, None, f"no call comes to {start or 'its beginning'}")
    cost, node, way = found
    if cost <= limit + 1e-9:
        return Verdict(promise, None, f"at most {_measured(cost, unit)}")
    who = "a silent caller" if pledge.silent else "a caller who wants to"
    why = f"{who} may need {_measured(cost, unit)}" if cost < ENDLESS * 100 else f"{who} may never come to {target}"
    return Verdict(promise, Broken(why, (*way_to(node, last), *way)))


def _measured(cost: float, unit: str) -> str:
    return f"{cost:.4g} {unit.removesuffix('s') if cost == 1 else unit}"


def _silence(graph: Graph, last: list[Edge | None], promise: tests.Promise, pledge: tests.Longest) -> Verdict:
    length, way = longest_silence(graph)
    if not way or length <= pledge.limit.seconds + 1e-9:
        return Verdict(promise, None, f"the longest is {length:g}s")
    worst = max(way, key=lambda edge: edge.silence)
    why = f"nothing is heard for {length:g}s" if length < ENDLESS else "nothing is heard, without an end"
    return Verdict(promise, Broken(f"{why} in {worst.source.call.block}", (*way_to(way[0].source, last), *way)))
