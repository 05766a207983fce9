"""A callback is promised without a look at the opening hours.

Somebody who calls five minutes before the end of the day is promised a call that nobody makes, or is woken by it. With
`during` the promise is only made when there is time to keep it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Callback
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Callback) and block.hours is None and not block.broken:
            yield RULE.at(
                context.program.source,
                block.name.span,
                f"`callback {block.name.text}` promises a call at any hour",
                "no opening hours",
                help="add `during HOURS`, with the hours in which somebody calls back",
            )


def example(lines: str, number: str = "caller.number") -> str:
    """A script with a callback."""
    return script(f"""\
callback call_back
    number {number}
{lines}    scheduled or already scheduled            -> sorry
    invalid number or not available or failed -> sorry
""")


_HOURS = """
hours support
    monday to friday 09:00 to 17:00
"""

RULE = Rule(
    code="IVR510",
    name="callback-at-any-hour",
    severity="warning",
    check=check,
    bad=example(""),
    good=example("    during support\n") + _HOURS,
)
