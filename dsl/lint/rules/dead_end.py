"""A path ends in nothing.

A step must say where the call goes when its last line has been heard. In other tools the call would end there, or fall
into whatever happens to stand below.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.edges import ends_step
from dsl.ast import Step, WhenGuard, WhenSwitch
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for step in context.program.declarations():
        if not isinstance(step, Step) or step.broken or any(map(ends_step, step.statements)):
            continue
        last = step.statements[-1] if step.statements else None
        conditional = isinstance(last, WhenSwitch | WhenGuard)
        label = "nothing comes after this" if last else "it has no lines"
        yield RULE.at(
            context.program.source,
            last.span if last else step.name.span,
            f"`step {step.name.text}` ends in nothing",
            "when this does not hold, nothing comes after it" if conditional else label,
            help="add `go to BLOCK`, `finish RESULT` or `hang up` as the last line",
        )


RULE = Rule(
    code="IVR204",
    name="dead-end",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
step welcome
    when caller.number is "+14255550100" -> sorry
    say "Thank you for calling."
"""),
    good=script("""\
step welcome
    when caller.number is "+14255550100" -> sorry
    say "Thank you for calling."
    go to sorry
"""),
)
