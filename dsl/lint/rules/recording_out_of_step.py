"""A recording is paused, resumed or stopped that nothing has started.

Callers would be told, or agents would believe, that something is recorded which is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import RecordCall, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    flow = program.flow
    statements = [
        statement
        for block in program.blocks.values()
        for statement in (block.statements if isinstance(block, Step) else ())
        if isinstance(statement, RecordCall)
    ]
    if (flow is not None and flow.record is not None) or any(each.action == "start" for each in statements):
        return
    for each in statements:
        yield RULE.at(
            program.source,
            each.span,
            f"`record call {each.action}` where nothing is recorded",
            "no `record call start` in the script",
            help='start it first: `record call start`, or `record call notice "…"` in the flow',
        )


RULE = Rule(
    code="IVR601",
    name="recording-out-of-step",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    record call resume
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    record call start
    say "Thank you for calling."
    go to sorry
"""),
)
