"""A recording is paused and never goes on.

The rest of the call, and what an agent promises in it, is not recorded, though the caller was told that it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import RecordCall, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import reachable


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.blocks.values():
        for number, statement in enumerate(block.statements if isinstance(block, Step) else ()):
            if not isinstance(statement, RecordCall) or statement.action != "pause":
                continue
            behind = [*block.statements[number + 1 :]] if isinstance(block, Step) else []
            for other in reachable(program, block.name.text):
                if isinstance(other, Step) and other is not block:
                    behind += other.statements
            if not any(isinstance(each, RecordCall) and each.action in ("resume", "stop") for each in behind):
                yield RULE.at(
                    program.source,
                    statement.span,
                    "the recording is paused and never goes on",
                    "no `record call resume` can follow",
                    help="add `record call resume` where it may go on, or `record call stop`",
                )


RULE = Rule(
    code="IVR607",
    name="recording-stays-paused",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    record call start
    record call pause
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    record call start
    record call pause
    say "Thank you for calling."
    record call resume
    go to sorry
"""),
)
