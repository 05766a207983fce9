"""Where a caller can come to a person from."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.analysis.program import Program
from dsl.ast import Block, Callback, Consult, Destination, GoBack, GoTo, Queue, Transfer, Voicemail


def is_person(block: Block) -> bool:
    """Whether somebody takes the call there."""
    return isinstance(block, Transfer | Queue | Consult)


def takes_over(block: Block) -> bool:
    """Whether a caller is looked after there: by a person at once or later."""
    return is_person(block) or isinstance(block, Voicemail | Callback)


def leading_to(program: Program, wanted: Callable[[Block], bool]) -> frozenset[str]:
    """The blocks from which a call can come to one that is ``wanted``, those included. Linear."""
    sources: dict[str, list[str]] = {}
    backs: dict[str, str] = {}
    for name, block in program.blocks.items():
        for edge in program.edges(block):
            if isinstance(edge.destination, GoTo):
                sources.setdefault(edge.destination.target.text, []).append(name)
            elif isinstance(edge.destination, GoBack):
                # One knot for all ways back of a flow: as many steps may go back as there are blocks to go back to.
                owner = program.owner(block)
                knot = f"go back in {owner.name.text if owner is not None else ''}"
                sources.setdefault(knot, []).append(name)
                backs.setdefault(knot, name)
        for run in program.runs(block):
            if run.flow.text in program.flows:
                sources.setdefault(program.entry_of(program.flows[run.flow.text]), []).append(name)
    for knot, name in backs.items():
        for target in program.ways_back(program.blocks[name]):
            sources.setdefault(target, []).append(knot)
    return frozenset(_spread(sources, (name for name, block in program.blocks.items() if wanted(block))))


def _spread(sources: dict[str, list[str]], start: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sources.get(name, ())
    return found


def leads_to(destination: Destination, names: frozenset[str]) -> bool:
    """Whether a destination is one of these blocks."""
    return isinstance(destination, GoTo) and destination.target.text in names
