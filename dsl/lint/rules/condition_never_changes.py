"""A condition has the same answer in every call.

Two fixed values are compared, or a case stands twice. The other way is never taken, though somebody meant it to be.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Binary, Case, Expression, NumberLiteral, Step, TextLiteral, WhenGuard, WhenValue, YesNo
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        for statement in block.statements if isinstance(block, Step) else ():
            if isinstance(statement, WhenGuard) and _fixed(statement.condition):
                yield _finding(
                    context, statement.condition.span, "this condition never changes", "the same in every call"
                )
            elif isinstance(statement, WhenValue):
                yield from _cases(context, statement.cases)


def _fixed(condition: Expression) -> bool:
    if isinstance(condition, Binary):
        return _fixed(condition.left) and _fixed(condition.right)
    return isinstance(condition, TextLiteral | NumberLiteral | YesNo)


def _cases(context: Context, cases: tuple[Case, ...]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Span] = {}
    for case in cases:
        for value in case.values:
            if not isinstance(value, TextLiteral | NumberLiteral | YesNo) or case.operator not in ("is", "is-not"):
                continue
            key = (case.operator, str(value.value).casefold())
            first = seen.setdefault(key, value.span)
            if first is not value.span:
                label = (Label(first, "the first one"),)
                yield _finding(context, value.span, "this case stands twice", "never taken: the first one is", label)


def _finding(context: Context, span: Span, headline: str, text: str, labels: tuple[Label, ...] = ()) -> Diagnostic:
    advice = "compare it with another value, or take it out"
    return RULE.at(context.program.source, span, headline, text, labels=labels, help=advice)


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
