"""A line names an outcome that the verb does not have.

Every verb ends in one of a closed set of outcomes. A line for another one would never be taken, and the outcome that
was meant has no line: its callers are lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.outcomes import EMERGENCY, Outcome
from dsl.analysis.routed import routed
from dsl.ast import Name, Route
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    for each in routed(context.program):
        if each.verb != "when hours":
            yield from _wrong(context, f"`{each.verb}`", each.routes, each.outcomes)
        elif not context.program.hours[each.name].broken:
            yield from _wrong(context, f"`hours {each.name}`", each.routes, each.outcomes)


def _wrong(
    context: Context, verb: str, routes: tuple[Route, ...], outcomes: tuple[Outcome, ...]
) -> Iterator[Diagnostic]:
    known = [outcome.name for outcome in outcomes]
    routed = {outcome.text for route in routes for outcome in route.outcomes}
    for route in routes:
        for outcome in route.outcomes:
            if outcome.text not in known:
                yield _finding(context, verb, outcome, known, routed)


def _finding(context: Context, verb: str, outcome: Name, known: list[str], routed: set[str]) -> Diagnostic:
    missing = [name for name in known if name not in routed]
    close = nearest(outcome.text, missing) or nearest(outcome.text, known)
    advice = f"did you mean `{close}`?" if close else f"its outcomes are {listed(known, 'and')}"
    if outcome.text == EMERGENCY.name:
        advice, close = "add `emergency switch NAME` to the hours, or take the line out", None
    return RULE.at(
        context.program.source,
        outcome.span,
        f"{verb} has no outcome `{outcome.text}`",
        "not one of its outcomes",
        help=advice,
        fix=instead(outcome.span, close) if close in missing and close else None,
    )


RULE = Rule(
    code="IVR202",
    name="unknown-outcome",
    severity="error",
    check=check,
    bad=script("""\
transfer desk
    to number desk
    answered                                  -> finish handled
    no anwser or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
