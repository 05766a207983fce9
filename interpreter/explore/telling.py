"""A way through the states of a program, told as a test: lines that let exactly this call happen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from dsl import Program
from dsl.lint.walk import keyword
from interpreter.explore.graph import ANY, Edge, Graph, Way
from interpreter.explore.starts import CALLER, zone_of
from interpreter.explore.written import record


def beginning(program: Program, graph: Graph, way: Sequence[Edge], start: int, moment: int = ANY) -> list[str]:
    """The first lines: when it is, who calls, which switches are on."""
    begun, lines = graph.starts[start], []
    number = next((edge.moment for edge in way if edge.moment != ANY), moment)
    if len(graph.moments) > 1 or number > 0:
        at = datetime.fromtimestamp(graph.moments[max(number, 0)].at, zone_of(program))
        lines.append(f"at {at:%Y-%m-%d %H:%M}")
    if begun.caller != CALLER:
        lines.append(f'calls from "{begun.caller}"' if begun.caller else "calls from withheld")
    lines += (f"switch {name} is on" for name, on in begun.switches if on)
    if begun.arguments:
        lines.append("with" + record(begun.arguments).replace("{ ", "").replace(" }", ""))
    return lines


def answers(way: Sequence[Edge]) -> list[str]:
    """What data answers on the way; a thing that is asked several times has as many answers, in order."""
    lines, slow = [], 0.0
    for edge in way:
        slow = edge.move.slow or slow
        if edge.move.given and edge.move.line:
            later = f" after {slow:g}s" if slow and not edge.move.line.endswith("never answers") else ""
            lines.append(edge.move.line + later)
            slow = 0.0
        elif edge.move.also:
            lines.append(edge.move.also)
    return _without_repetition(lines)


def _without_repetition(lines: list[str]) -> list[str]:
    """The last answer holds on: the same one need not be written again."""
    found: list[str] = []
    for line in lines:
        subject = " ".join(line.split()[:3])
        earlier = [each for each in found if " ".join(each.split()[:3]) == subject]
        if not earlier or earlier[-1] != line:
            found.append(line)
        elif lines.count(line) < sum(" ".join(each.split()[:3]) == subject for each in lines):
            found.append(line)  # others come behind it: the place in the order counts
    return found


def doings(program: Program, way: Sequence[Edge]) -> Iterator[str]:
    """What the caller and the others do, in order; what no test can say stands in a comment."""
    block = ""
    for edge in way:
        here = edge.source.call.block
        if edge.move.line and not edge.move.given:
            first = edge.move.line.split("\n")[0]
            timed = first.startswith("waits ") or first.endswith(("at 0.1s", "at 0.2s", "host fails"))
            if timed and here != block and here in program.blocks:
                yield f"reaches {keyword(program.blocks[here])} {here}"
            yield from edge.move.line.split("\n")
            block = here
        elif not edge.sayable and edge.move.who == "host":
            yield "; the host fails here"
        elif not edge.sayable and edge.move.who == "hang_up":
            yield "; the caller hangs up here"


def as_test(program: Program, graph: Graph, way: Way, title: str, last: Sequence[str] = ()) -> str:
    """A whole test that lets a way happen; ``last`` are its last lines."""
    start = way[0].source.start if way else 0
    lines = [*beginning(program, graph, way, start), *answers(way), *doings(program, way), *last]
    name = title.replace("\\", "").replace('"', "'")
    return f'test "{name}"\n' + "".join(f"    {line}\n" for line in lines)
