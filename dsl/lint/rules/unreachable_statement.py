"""A line stands behind the end of its step.

`go to`, `finish` and `hang up` end a step, and so does a `when` that has a route for every case. What stands below is
never heard, although whoever wrote it meant callers to hear it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.edges import ends_step
from dsl.ast import Step
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for step in context.program.declarations():
        if not isinstance(step, Step):
            continue
        for number, statement in enumerate(step.statements[:-1]):
            if ends_step(statement):
                start = statement.span.start
                first = Span(start, min(statement.span.end, start + len(source.slice(statement.span).split("\n")[0])))
                yield RULE.at(
                    source,
                    step.statements[number + 1].span,
                    f"a line of `step {step.name.text}` is never reached",
                    "no call comes to this line",
                    labels=(Label(first, "the step ends here"),),
                    help="move it above, or take it out",
                )
                break


RULE = Rule(
    code="IVR209",
    name="unreachable-statement",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
    say "This call may be recorded."
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    say "This call may be recorded."
    go to sorry
"""),
)
