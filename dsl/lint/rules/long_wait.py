"""A queue keeps callers for more than 15 minutes and offers nothing else.

Most callers have hung up by then, and those who stay have a low opinion of whoever answers. A key that leads to a
callback or to a voicemail keeps their concern without their time.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Queue
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.impossible_skill import example

MOST = 15 * 60
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for queue in context.program.declarations():
        if not isinstance(queue, Queue) or queue.options:
            continue
        for route in queue.routes:
            if route.waited is not None and route.waited.seconds > MOST:
                yield RULE.at(
                    context.program.source,
                    route.waited.span,
                    f"callers wait for {route.waited.seconds / 60:.0f} min without a choice",
                    f"more than {MOST // 60} min",
                    help='add `press 1 from 2m every 2m "To be called back, press 1." -> BLOCK`, or wait less long',
                )


_SAY = '    say "You are number {queue.position} in line." every 60s when improved\n'

RULE = Rule(
    code="IVR504",
    name="long-wait",
    severity="warning",
    check=check,
    bad=example("2", _SAY, waited="20m"),
    good=example("2", _SAY, waited="15m"),
)
