"""A line changes nothing in a queue.

A level that is lowered to what it was, or after the caller has left, or a priority that grows by nothing: whoever
wrote the line believes that callers who wait long get help from more agents, and they do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import NumberLiteral, Queue
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.impossible_skill import example
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for queue in context.program.declarations():
        if isinstance(queue, Queue) and not queue.broken:
            yield from _relaxes(context.program, queue)
            yield from _ageing(context.program, queue)


def _relaxes(program: Program, queue: Queue) -> Iterator[Diagnostic]:
    levels: dict[str, int | None] = {need.skill.text: need.level.value if need.level else 1 for need in queue.needs}
    end = waits(queue)
    for relax in sorted(queue.relaxes, key=lambda each: each.after.seconds):
        skill = relax.skill.text
        now = levels.get(skill)
        if relax.after.seconds >= end:
            why = "the caller has left the queue by then"
        elif skill not in levels:
            why = f"the queue does not need `{skill}` at all"
        elif now is None:
            why = f"`{skill}` is ignored already"
        elif relax.level is not None and relax.level.value >= now:
            why = f"it is {now} already" if relax.level.value == now else f"more than the {now} before: fewer agents"
        else:
            levels[skill] = relax.level.value if relax.level is not None else None
            continue
        yield _finding(program, relax.skill.span, f"the change of `{skill}` helps nobody", why)


def _ageing(program: Program, queue: Queue) -> Iterator[Diagnostic]:
    ageing = queue.ageing
    if ageing is None:
        return
    first = queue.priority.value if isinstance(queue.priority, NumberLiteral) else None
    if ageing.by.value < 1:
        yield _finding(program, ageing.by.span, "the priority never grows", "nothing is added")
    elif ageing.every.seconds >= waits(queue):
        yield _finding(program, ageing.every.span, "the priority never grows", "the caller has left the queue by then")
    elif first is not None and ageing.most.value <= first:
        yield _finding(program, ageing.most.span, "the priority never grows", f"it begins with {first:g}")


def waits(queue: Queue) -> float:
    """The longest that callers are in a queue, in seconds."""
    return min((route.waited.seconds for route in queue.routes if route.waited is not None), default=float("inf"))


def _finding(program: Program, span: Span, headline: str, label: str) -> Diagnostic:
    return RULE.at(program.source, span, headline, label, help="change it so that more agents fit, or take it out")


RULE = Rule(
    code="IVR506",
    name="change-without-effect",
    severity="warning",
    check=check,
    bad=example("2", "    after 60s needs skill billing >= 2\n"),
    good=example("2", "    after 60s needs skill billing >= 1\n"),
)
