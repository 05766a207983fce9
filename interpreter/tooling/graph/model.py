"""What a picture of a script shows: nodes, arrows, and the groups that sub-flows make. No drawing here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from dsl import Program
from dsl.analysis.edges import Edge
from dsl.ast import Block, Destination, Finish, Flow, Give, GoBack, GoTo, HangUp, Repeat

Kind: TypeAlias = Literal["start", "block", "end", "give", "back"]

LONGEST_LABEL = 40
"""Characters of an arrow's label; what is longer is cut."""


@dataclass(frozen=True, slots=True)
class Node:
    """``word`` is the block's keyword (``menu``), empty for what is not a block."""

    id: str
    title: str
    kind: Kind
    word: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """``labels`` are all the causes that lead from one node to the other, in the order of the text. ``quiet``: for
    what may happen anywhere (hang-up, system error, keys that hold anywhere). ``untested``: one of the causes was taken
    by no test."""

    start: str
    end: str
    labels: tuple[str, ...]
    quiet: bool = False
    untested: bool = False

    @property
    def label(self) -> str:
        """The causes in one line, cut where they are too long."""
        text = ", ".join(self.labels)
        return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip(' ,')}…"


@dataclass(frozen=True, slots=True)
class Graph:
    """``groups`` are the sub-flows that have nodes."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[str, ...]


Untested: TypeAlias = Callable[[Block, Edge], bool]
"""Whether no test takes a way out of a block."""


def graph_of(program: Program, untested: Untested | None = None) -> Graph:
    """The picture of a program. Every block is a node, and so is every result with which calls end."""
    nodes: dict[str, Node] = {}
    arrows: dict[tuple[str, str, bool], list[str]] = {}
    for node, start, end, label, quiet in _parts(program):
        nodes.setdefault(node.id, node)
        if end:
            arrows.setdefault((start, end, quiet), []).append(label)
    red = set(_untested(program, untested)) if untested is not None else set()
    found = tuple(
        Arrow(start, end, tuple(dict.fromkeys(label for label in labels if label)), quiet, (start, end) in red)
        for (start, end, quiet), labels in arrows.items()
    )
    flow = program.flow
    title = flow.title.plain if flow and flow.title else program.source.name
    groups = tuple(dict.fromkeys(node.group for node in nodes.values() if node.group))
    return Graph(title, tuple(nodes.values()), found, groups)


def _untested(program: Program, untested: Untested) -> Iterator[tuple[str, str]]:
    for name, block in program.blocks.items():
        for edge in program.edges(block):
            target = _target(program, name, edge.destination)
            if target is not None and untested(block, edge):
                yield name, target.id


_Part = tuple[Node, str, str, str, bool]
"""A node, and an arrow (from, to, label, quiet) that belongs to it; an empty ``to`` for none."""


def _parts(program: Program) -> Iterator[_Part]:
    yield from _start(program)
    for name, block in program.blocks.items():
        yield _block(program, block), "", "", "", False
        keys = {key.span for key in program.keys_of(block)}
        for edge in program.edges(block):
            target = _target(program, name, edge.destination)
            if target is not None:
                cause = "" if edge.cause == "then" else edge.cause
                yield target, name, target.id, cause, edge.span in keys
        for run in program.runs(block):
            flow = program.flows.get(run.flow.text)
            first = program.blocks.get(program.entry_of(flow)) if flow else None
            if flow is not None and first is not None:
                yield _block(program, first), name, first.name.text, f"run {flow.name.text}", False


def _start(program: Program) -> Iterator[_Part]:
    flow = program.flow
    if flow is None or not program.entry:
        return
    start = Node("call", "call" if not flow.outbound else "outbound call", "start")
    yield start, "call", program.entry, "", False
    for label, handler in (("caller hangup", flow.on_hangup), ("system error", flow.on_error)):
        if handler is not None and (target := _target(program, "", handler)) is not None:
            anywhere = Node(f"on {label}", f"on {label}", "start")
            yield anywhere, "", "", "", True
            yield target, anywhere.id, target.id, "", True


def _block(program: Program, block: Block) -> Node:
    owner = program.owner(block)
    group = owner.name.text if isinstance(owner, Flow) and owner.is_sub else ""
    return Node(block.name.text, block.name.text, "block", type(block).__name__.lower(), group)


def _target(program: Program, name: str, destination: Destination) -> Node | None:
    """The node that a destination is; ``None`` for one that stays where it is or does not exist."""
    match destination:
        case GoTo():
            block = program.blocks.get(destination.target.text)
            return _block(program, block) if block is not None else None
        case Finish():
            result = destination.result.text
            return Node(f"finish {result}", result, "end")
        case HangUp():
            return Node("hang up", "hang up", "end")
        case Give():
            owner = program.owners.get(name)
            group = owner.name.text if owner is not None and owner.is_sub else ""
            outcome = destination.outcome.text
            return Node(f"give {group} {outcome}", f"give {outcome}", "give", group=group)
        case GoBack():
            return Node("go back", "back to where the key was pressed", "back")
        case Repeat():
            block = program.blocks.get(name)
            return _block(program, block) if block is not None else None
        case _:
            assert_never(destination)
