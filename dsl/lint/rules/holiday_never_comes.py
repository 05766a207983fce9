"""A script has words for holidays, and its hours name none.

On Christmas Day callers are told that the office is open, and nobody answers. The way for holidays is never taken
before the hours name them.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Step, WhenHours
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for step in program.declarations():
        for statement in step.statements if isinstance(step, Step) else ():
            hours = program.hours.get(statement.hours.text) if isinstance(statement, WhenHours) else None
            if not isinstance(statement, WhenHours) or hours is None or hours.broken or hours.holidays or hours.public:
                continue
            for route in statement.routes:
                if [outcome.text for outcome in route.outcomes] == ["holiday"] and _is_special(statement, route.span):
                    yield RULE.at(
                        program.source,
                        route.outcomes[0].span,
                        f"`hours {hours.name.text}` never has a holiday",
                        "this way is never taken",
                        labels=(Label(hours.name.span, "names no holidays"),),
                        help="add `holidays of US`, with your country, or name the days",
                    )


def _is_special(statement: WhenHours, span: object) -> bool:
    """Whether the way differs from the one for `closed`, so that somebody has meant it."""
    (here,) = (route for route in statement.routes if route.span == span)
    closed = [route for route in statement.routes if any(each.text == "closed" for each in route.outcomes)]
    return here.say is not None or any(route.destination != here.destination for route in closed)


def _example(line: str) -> str:
    return script(f"""\
step welcome
    when hours support
        open -> sorry
        holiday "It is a holiday today." -> sorry
        closed -> sorry

hours support
{line}    monday to friday 09:00 to 17:00
""")


RULE = Rule(
    code="IVR522",
    name="holiday-never-comes",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example("    holidays of US\n"),
)
