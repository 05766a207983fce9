"""What a name is that is no value: hours, a block, a data function."""

from __future__ import annotations

from dataclasses import dataclass

from dsl.analysis.kinds import FUNCTIONS
from dsl.analysis.once import once
from dsl.analysis.program import Program
from dsl.ast import Collect, Step, WhenSwitch
from dsl.lint.walk import keyword
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Named:
    """``what`` it is, ``help`` on what to write instead, the value that was perhaps meant, and where it is declared."""

    what: str
    help: str
    meant: str = ""
    place: Span | None = None


def other_kind(program: Program, path: tuple[str, ...]) -> Named | None:
    """What a path names that is no value; ``None`` for nothing at all."""
    name = ".".join(path)
    if name in program.functions:
        function = program.functions[name]
        help = f"look it up in a step: `lookup NAME = {name}(…) within 3s`"
        uses = {"lookup": help, "check": f"write `check {name}(…)` in a collect", "action": f"write `do {name}(…)`"}
        return Named("a data function", uses[function.use], place=function.name.span)
    if len(path) > 1:
        return None
    if name in program.hours:
        return Named("the name of opening hours", f"ask `{name} is open`", place=program.hours[name].name.span)
    if name in program.blocks:
        block = program.blocks[name]
        meant = block.into.text if isinstance(block, Collect) and block.into is not None else ""
        advice = f"what it collects is called `{meant}`" if meant else f"a call can be led there: `go to {name}`"
        return Named(f"the name of a {keyword(block)}", advice, meant, block.name.span)
    return _rare(program, name)


def _rare(program: Program, name: str) -> Named | None:
    if name in program.flows:
        return Named("the name of a sub-flow", f"write `run {name}` in a step", place=program.flows[name].name.span)
    if name in program.counters:
        advice = f"a counter leads a call on by itself: `after limit of {name} -> BLOCK`"
        return Named("the name of a counter", advice, place=program.counters[name].name.span)
    if name in program.data:
        names = [each.name.text for each in program.data[name].functions]
        advice = f"name one of its functions, such as `{name}.{names[0]}`" if names else "give it functions"
        return Named("the name of a data source", advice, place=program.data[name].name.span)
    if name in FUNCTIONS:
        return Named("a function", f"write `{name}(…)` with what it is to be computed from")
    if name in _switches(program):
        return Named("the name of a switch", f"ask in a line of its own: `when switch {name} is on -> BLOCK`")
    return None


@once
def _switches(program: Program) -> frozenset[str]:
    return frozenset(
        statement.switch.text
        for block in program.blocks.values()
        for statement in (block.statements if isinstance(block, Step) else ())
        if isinstance(statement, WhenSwitch)
    )
