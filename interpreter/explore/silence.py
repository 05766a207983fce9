"""Dead air: how long a caller may hear nothing while nobody has been asked anything."""

from __future__ import annotations

from collections.abc import Sequence

from dsl import Program
from dsl.ast import Block, Consult, Do, Filler, Lookup, Pay, Queue, Step, Transfer
from interpreter.explore.graph import Edge, Graph, Node, Way
from interpreter.machine import Continue
from interpreter.machine.requests import WITHIN
from interpreter.protocol import Event, Request, TimerFired
from interpreter.simulate.transcript import AUDIO, WORD

ENDLESS = 3600.0
"""Seconds that stand for a silence without an end."""


def dead_air(program: Program, node: Node, event: Event) -> float:
    """The longest time, in seconds, that nothing is heard in a state before an event."""
    waiting = node.call.waiting
    if waiting is None or node.call.gone:
        return 0.0
    block = program.blocks.get(node.call.block)
    if waiting.kind == "silence":
        return _pause(waiting.then, program)
    if waiting.kind == "center":
        return _in_center(node, block, event)
    if waiting.kind != "request" or not isinstance(node.awaited, Request):
        return 0.0
    fillers = _fillers(program, waiting.then)
    return _between(fillers, node, event, node.awaited.within or WITHIN)


def longest_silence(graph: Graph) -> tuple[float, Way]:
    """The longest dead air of a program, over all states that follow each other, and the states that it lasts over."""
    longest = [0.0] * len(graph.nodes)
    best: dict[int, Edge] = {}
    for _ in range(60):  # more silences in a row than this would be endless anyhow
        changed = False
        for node in reversed(graph.nodes):
            for edge in node.out:
                found = edge.silence + (0.0 if edge.prompts else longest[edge.target.number])
                if found > longest[node.number] + 1e-9:
                    longest[node.number], best[node.number] = min(found, ENDLESS), edge
                    changed = True
        if not changed:
            break
    at = max(range(len(longest)), key=lambda number: (longest[number], best[number].silence if number in best else 0.0))
    way: list[Edge] = []
    onward = best.get(at)
    while onward is not None and onward not in way:
        way.append(onward)
        onward = None if onward.prompts else best.get(onward.target.number)
    return longest[at], tuple(way)


def _pause(then: object, program: Program) -> float:
    """``wait 2s``: the statement before the one that comes next."""
    block = program.blocks.get(then.block) if isinstance(then, Continue) else None
    if isinstance(then, Continue) and isinstance(block, Step) and then.statement > 0:
        duration = getattr(block.statements[then.statement - 1], "duration", None)
        return float(duration.seconds) if duration is not None else 0.0
    return 0.0


def _in_center(node: Node, block: Block | None, event: Event) -> float:
    """Music is heard; where there is none, the next sentence ends the silence."""
    kept = dict(node.call.center)
    if kept.get("talking") is True or kept.get("media") or kept.get("records") is True:
        return 0.0
    if isinstance(block, Queue | Transfer | Consult) and block.music is None:
        sayings = [each for each in getattr(block, "announcements", ()) if each.every is not None]
        return min((each.every.seconds for each in sayings), default=ENDLESS)
    if isinstance(block, Pay):
        return _between(block.fillers, node, event, block.within.seconds if block.within is not None else 15.0)
    return 0.0


def _fillers(program: Program, then: object) -> Sequence[Filler]:
    block = program.blocks.get(then.block) if isinstance(then, Continue) else None
    if not isinstance(then, Continue) or not isinstance(block, Step):
        return ()
    found = block.statements[then.statement]
    return found.fillers if isinstance(found, Lookup | Do) else ()


def _between(fillers: Sequence[Filler], node: Node, event: Event, within: float) -> float:
    """From the end of what was said last to what is said next, or to the end of the request."""
    pending = [number for number in range(len(fillers)) if f"filler.{number}" in dict(node.call.armed)]
    said = [number for number in range(len(fillers)) if number not in pending]
    heard_until = max((fillers[number].after.seconds + _length(fillers[number]) for number in said), default=0.0)
    if isinstance(event, TimerFired) and event.timer.startswith("filler."):
        until = fillers[int(event.timer.removeprefix("filler."))].after.seconds
    else:
        until = min((fillers[number].after.seconds for number in pending), default=within)
    return max(0.0, min(until, within) - heard_until)


def _length(filler: Filler) -> float:
    return AUDIO if filler.file else WORD * len(filler.content.plain.split())
