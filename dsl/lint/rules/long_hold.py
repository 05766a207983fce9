"""Callers hear nothing but music for more than 10 minutes.

Without a word now and then nobody knows whether the line still works, or whether it is worth to wait. The place in
line or the time that is left tell it best.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Queue
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.change_without_effect import waits
from dsl.lint.rules.impossible_skill import example

MOST = 10 * 60
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for queue in context.program.declarations():
        if not isinstance(queue, Queue) or queue.broken or queue.announcements:
            continue
        if any(option.offer for option in queue.options):
            continue
        longest = waits(queue)
        if MOST < longest < float("inf"):
            yield RULE.at(
                context.program.source,
                queue.name.span,
                f"callers hear only music for {longest / 60:.0f} min",
                f"more than {MOST // 60} min without a word",
                help='add `say "You are number {queue.position} in line." every 60s when improved`',
            )


RULE = Rule(
    code="IVR543",
    name="long-hold",
    severity="warning",
    check=check,
    bad=example("2", waited="12m"),
    good=example("2", '    say "Thank you for waiting." every 2m\n', waited="12m"),
)
