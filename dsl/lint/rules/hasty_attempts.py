"""Somebody is called again too soon, or too often.

Whoever did not answer is busy now and will be in a minute. More than five calls for one concern are a nuisance, and in
many countries against the law.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Callback, Dial
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.callback_at_any_hour import _HOURS, example

SOONEST = 5 * 60.0
"""Seconds between two attempts."""
MOST = 5


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Callback | Dial) or block.attempts is None:
            continue
        count, every = block.attempts.count, block.attempts.every
        if count.value > MOST:
            yield RULE.at(
                context.program.source,
                count.span,
                f"somebody is called {count.value} times",
                f"more than {MOST}",
                help="write `attempts 3 every 15m`",
            )
        elif every is not None and every.unit and every.seconds < SOONEST and count.value > 1:
            yield RULE.at(
                context.program.source,
                every.span,
                f"somebody is called again after {every.seconds:g} s",
                f"sooner than {SOONEST / 60:g} min",
                help=f"write `attempts {count.value} every 15m`",
            )


RULE = Rule(
    code="IVR512",
    name="hasty-attempts",
    severity="warning",
    check=check,
    bad=example("    during support\n    attempts 3 every 30s\n") + _HOURS,
    good=example("    during support\n    attempts 3 every 15m\n") + _HOURS,
)
