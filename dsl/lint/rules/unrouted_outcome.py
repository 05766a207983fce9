"""An outcome is not routed.

A verb ends in one of a closed set of outcomes, and a script must say where each of them goes. A transfer that is
refused when the script has only thought of an answer leaves the caller in silence: the most common way in which
callers are lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.routed import Routed, routed
from dsl.ast import Step, WhenValue
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.source import Span
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    for each in routed(context.program):
        if not each.broken:
            yield from _missing(context, each)
    for declaration in context.program.declarations():
        if isinstance(declaration, Step) and not declaration.broken:
            for statement in declaration.statements:
                if isinstance(statement, WhenValue) and statement.otherwise is None:
                    yield _no_otherwise(context, statement)


def _missing(context: Context, each: Routed) -> Iterator[Diagnostic]:
    given = {outcome.text for route in each.routes for outcome in route.outcomes}
    known = {outcome.name for outcome in each.outcomes}
    missing = [outcome for outcome in each.outcomes if outcome.name not in given and not outcome.default]
    if not missing or len(given - known) >= len(missing):
        return  # each missing outcome is most likely a misspelt one, which has a message of its own
    names = [outcome.name for outcome in missing]
    plural = "outcomes" if len(names) > 1 else "outcome"
    yield RULE.at(
        context.program.source,
        each.span,
        f"{plural} {listed(names, 'and')} of `{each.title}` not routed",
        "; ".join(f"{outcome.name}: {outcome.meaning}" for outcome in missing[:2]),
        help=f"add a line such as `{' or '.join(_written(name) for name in names)} -> ` with a block",
    )


def _written(outcome: str) -> str:
    """An outcome as a line of a script has it: a queue says how long a caller has waited."""
    return "waited 10m" if outcome == "waited" else outcome


def _no_otherwise(context: Context, statement: WhenValue) -> Diagnostic:
    start = statement.span.start
    return RULE.at(
        context.program.source,
        Span(start, start + len("when")),
        "`otherwise` of this `when` not routed",
        "a value that fits no case goes nowhere",
        help="add `otherwise -> ` with a block as the last case",
    )


RULE = Rule(
    code="IVR203",
    name="unrouted-outcome",
    severity="error",
    always=True,
    check=check,
    bad="""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

transfer desk
    to number desk
    answered          -> finish handled
    no answer or busy -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
    good="""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
)
