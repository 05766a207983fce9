"""Callers in a queue hear something more often than every 30 seconds.

Each time they look up from what they are doing, because it could be the agent. After some minutes nothing is worse
than the sentence that thanks for their patience.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Announcement, Consult, Queue, QueueOption
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.impossible_skill import example

LEAST = 30.0
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Queue | Consult):
            heard: list[Announcement | QueueOption] = [*block.announcements]
            heard += block.options if isinstance(block, Queue) else ()
            for each in heard:
                if each.every is not None and each.every.unit and each.every.seconds < LEAST:
                    yield RULE.at(
                        context.program.source,
                        each.every.span,
                        f"callers hear this every {each.every.seconds:g} s",
                        f"more often than every {LEAST:g} s",
                        help="write `every 60s`",
                    )


_SAY = '    say "You are number {{queue.position}} in line." every {every}\n'

RULE = Rule(
    code="IVR508",
    name="frequent-announcement",
    severity="warning",
    check=check,
    bad=example("2", _SAY.format(every="10s")),
    good=example("2", _SAY.format(every="60s")),
)
