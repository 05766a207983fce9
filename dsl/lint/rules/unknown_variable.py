"""A value is used that nothing gives.

Known are `caller.number`, `caller.name` and `called.number`, of every `hours` its `opens_again` and `holiday`, and
what the script itself keeps with `set` or `into`. A sentence with an unknown value cannot be spoken.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.given import BUILT_IN, given_by
from dsl.ast import Flow, Hours
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, holes, instead, is_lost, near_name, variables
from dsl.source import Span

OF_THE_CALL = ("caller.number", "caller.name", "called.number")
OF_HOURS = ("opens_again", "holiday")


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    known = set(OF_THE_CALL) | {f"{name}.{what}" for name in program.hours for what in OF_HOURS} | set(BUILT_IN)
    for declaration in program.declarations():
        known |= set(given_by(declaration))
    for declaration in program.declarations():
        if isinstance(declaration, Flow | Hours):
            continue
        uses = [(hole.path, Span(hole.span.start + 1, hole.span.end - 1)) for hole in holes(declaration)]
        uses += [(each.path, each.span) for each in variables(declaration)]
        for path, span in uses:
            name = ".".join(path)
            may_be_lost = not complete(program) and (len(path) == 1 or is_lost(program, path[0]))
            if name not in known and path[0] not in known and not may_be_lost:
                yield _finding(context, name, span, known)


def _finding(context: Context, name: str, span: Span, known: set[str]) -> Diagnostic:
    source = context.program.source
    close = near_name(name, known)
    at = source.text.find(name, span.start, span.end)
    place = span if at < 0 else Span(at, at + len(name))
    given = ", ".join(f"`{each}`" for each in sorted(known)[:6])
    return RULE.at(
        source,
        place,
        f"there is no value `{name}`",
        "nothing in the script gives it",
        help=f"did you mean `{close}`?" if close else f"known are {given}{' and more' if len(known) > 6 else ''}",
        fix=instead(place, close, safe=False) if close and at >= 0 else None,
    )


RULE = Rule(
    code="IVR120",
    name="unknown-variable",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "You are calling from {caller.numbr as digits}."
    go to sorry
"""),
    good=script("""\
step welcome
    say "You are calling from {caller.number as digits}."
    go to sorry
"""),
)
