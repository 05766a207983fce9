"""A condition has the same answer in every call.

Two fixed values are compared, so one of the two ways is never taken, though somebody meant it to be.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Binary, Expression, NumberLiteral, Step, TextLiteral, WhenGuard, YesNo
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        for statement in block.statements if isinstance(block, Step) else ():
            if isinstance(statement, WhenGuard) and _fixed(statement.condition):
                yield RULE.at(
                    context.program.source,
                    statement.condition.span,
                    "this condition never changes",
                    "the same in every call",
                    help="compare a value of the call, or take the line out",
                )


def _fixed(condition: Expression) -> bool:
    if isinstance(condition, Binary):
        return _fixed(condition.left) and _fixed(condition.right)
    return isinstance(condition, TextLiteral | NumberLiteral | YesNo)


RULE = Rule(
    code="IVR125",
    name="condition-never-changes",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    when "gold" is "silver" -> sorry
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    when caller.number is "" -> sorry
    say "Thank you for calling."
    go to sorry
"""),
)
