"""A decision leads to the same place whatever it finds.

Somebody thought that callers differ here, and they do not: a case was copied and its destination was forgotten, or the
test is left over.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Destination, GoTo, Leave, Statement, Step, Text, WhenSwitch, WhenValue
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for step in context.program.declarations():
        if not isinstance(step, Step) or step.broken:
            continue
        for number, statement in enumerate(step.statements):
            following = step.statements[number + 1] if number + 1 < len(step.statements) else None
            other = _other(statement, following)
            if other is not None:
                yield RULE.at(
                    context.program.source,
                    other,
                    f"a `when` of `step {step.name.text}` leads to the same place in every case",
                    "as in every other case",
                    labels=(Label(_first_line(context, statement.span), "nothing depends on this"),),
                    help="change the destination that was meant to differ, or take the `when` out",
                )


def _other(statement: Statement, following: Statement | None) -> Span | None:
    """The last destination of a decision whose destinations are all one block."""
    ways: list[tuple[Destination, Text | None]] = []
    if isinstance(statement, WhenValue) and statement.otherwise is not None and statement.cases:
        ways = [(case.destination, None) for case in statement.cases]
        ways.append((statement.otherwise.destination, statement.otherwise.say))
        literal = [case.operator for case in statement.cases]
        if len(statement.cases) > 1 and len(set(literal)) < len(literal) and "says" not in literal:
            return None  # a case that stands twice has a message of its own
    elif isinstance(statement, WhenSwitch) and isinstance(following, Leave):
        ways = [(statement.destination, statement.say), (following.destination, None)]
    names = {way.target.text if isinstance(way, GoTo) else None for way, _ in ways}
    if len(ways) < 2 or len(names) > 1 or None in names or any(say for _, say in ways):
        return None
    return ways[-1][0].span


def _first_line(context: Context, span: Span) -> Span:
    return Span(span.start, span.start + len(context.program.source.slice(span).split("\n")[0]))


RULE = Rule(
    code="IVR215",
    name="same-target",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    when switch storm is on -> sorry
    go to sorry
"""),
    good=script("""\
step welcome
    when switch storm is on "Because of a storm we have few people today." -> sorry
    go to sorry
"""),
)
