"""A system error ends the call without a word.

The caller hears the line go dead in the middle of a sentence, and calls again. A step that says what has happened, or
a transfer to somebody who can help, costs nothing while everything works.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Finish, Flow, HangUp
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    if not context.program.blocks:
        return
    for flow in context.program.declarations():
        if isinstance(flow, Flow) and isinstance(flow.on_error, Finish | HangUp):
            yield RULE.at(
                context.program.source,
                flow.on_error.span,
                "a system error hangs up on the caller",
                "ends the call without a word",
                help="lead to a `transfer`, or to a `step` that says what to do instead",
            )


_TAIL = """
step welcome
    say "Thank you for calling. Please call again tomorrow."
    hang up
"""

RULE = Rule(
    code="IVR225",
    name="silent-failure",
    severity="warning",
    check=check,
    bad=f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> hang up
{_TAIL}""",
    good=f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> welcome
{_TAIL}""",
)
