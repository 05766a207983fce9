"""A caller may wait in silence for an outside system.

The longest time that is allowed is more than four seconds, and nothing is heard meanwhile. When the system is slow,
callers believe that the line is dead. `after 1s say "One moment, please."` is heard only when it is slow.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Do, Duration, Filler, Lookup, Pay, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule

MOST = 4.0
"""Seconds of silence."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Pay):
            yield from _slow(context, f"pay {block.name.text}", block.within, block.fillers)
        elif isinstance(block, Step):
            for statement in block.statements:
                if isinstance(statement, Lookup):
                    yield from _slow(context, f"lookup {statement.target.text}", statement.within, statement.fillers)
                elif isinstance(statement, Do):
                    yield from _slow(context, f"do {statement.call.name}", statement.within, statement.fillers)


def _slow(context: Context, what: str, within: Duration | None, fillers: tuple[Filler, ...]) -> Iterator[Diagnostic]:
    if within is None or not within.unit or within.seconds <= MOST:
        return
    first = min((filler.after.seconds for filler in fillers), default=within.seconds)
    if first > MOST:
        yield RULE.at(
            context.program.source,
            within.span,
            f"a caller may wait {first:g} s in silence for `{what}`",
            "nothing is heard meanwhile" if not fillers else "the first words come later than that",
            help='add a line below it: `after 1s say "One moment, please."`',
        )


def _example(filler: str) -> str:
    return f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    do crm.open_ticket(caller.number) within 8s
{filler}        done   -> thanks
        failed -> sorry

step thanks
    say "We have opened a ticket for you. Goodbye."
    hang up

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up

data crm
    action open_ticket(number phone)
"""


RULE = Rule(
    code="IVR409",
    name="slow-without-filler",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example('        after 1s say "One moment, please."\n'),
)
