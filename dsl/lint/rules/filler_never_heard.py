"""What is to be heard while something takes long comes too late.

The outside system is given up before the filler begins: callers sit in silence, although somebody has thought of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Do, Duration, Filler, Lookup, Pay, Step
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Pay):
            yield from _late(context, block.within, block.fillers)
        elif isinstance(block, Step):
            for statement in block.statements:
                if isinstance(statement, Lookup | Do):
                    yield from _late(context, statement.within, statement.fillers)


def _late(context: Context, within: Duration | None, fillers: tuple[Filler, ...]) -> Iterator[Diagnostic]:
    for filler in fillers if within is not None and within.unit else ():
        if within is not None and filler.after.unit and filler.after.seconds >= within.seconds:
            yield RULE.at(
                context.program.source,
                filler.after.span,
                f"nobody hears what comes after {filler.after.seconds:g} s",
                "too late",
                labels=(Label(within.span, "given up by then"),),
                help="write a shorter time, such as `after 1s`",
                fix=instead(filler.after.span, "1s", safe=False) if within.seconds > 1 else None,
            )


def _example(after: str) -> str:
    return f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    do crm.open_ticket(caller.number) within 3s
        after {after} say "One moment, please."
        done   -> thanks
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
    code="IVR437",
    name="filler-never-heard",
    severity="warning",
    check=check,
    bad=_example("3s"),
    good=_example("1s"),
)
