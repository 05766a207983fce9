"""A caller hears nothing for more than two seconds.

Silence on a telephone means that the line is dead: callers say "hello?", and hang up. A sentence or a recording tells
them that something is going on.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Step, Wait
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead

MOST = 2.0
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for step in context.program.declarations():
        if not isinstance(step, Step):
            continue
        quiet = 0.0
        for statement in step.statements:
            if not isinstance(statement, Wait):
                quiet = 0.0
                continue
            quiet += statement.duration.seconds
            if quiet > MOST and statement.duration.unit:
                yield RULE.at(
                    context.program.source,
                    statement.duration.span,
                    f"a caller hears nothing for {quiet:g} s",
                    "silence",
                    help="wait 2 s at most, or play something meanwhile",
                    fix=instead(statement.duration.span, "2s", safe=False)
                    if quiet == statement.duration.seconds
                    else None,
                )
                quiet = 0.0


def _example(wait: str) -> str:
    return script(f"""\
step welcome
    say "One moment, please."
    wait {wait}
    go to sorry
""")


RULE = Rule(
    code="IVR408",
    name="long-silence",
    severity="warning",
    check=check,
    bad=_example("5s"),
    good=_example("2s"),
)
