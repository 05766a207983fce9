"""Callers in an emergency of the office hear no word of it.

The switch is set on the day on which the office is flooded. Callers who are sent on without a word try again and
again; one sentence spares them and everybody else the calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import Destination, GoTo, Step, WhenHours
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import recordings, spoken


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for step in program.declarations():
        for statement in step.statements if isinstance(step, Step) else ():
            if not isinstance(statement, WhenHours):
                continue
            for route in statement.routes:
                (outcome, *others) = route.outcomes
                if others or outcome.text != "emergency" or route.say is not None:
                    continue  # together with `closed` it is meant to be no different
                if not _speaks(program, route.destination):
                    yield RULE.at(
                        program.source,
                        outcome.span,
                        "callers hear nothing of the emergency",
                        "no text here, and none where it leads",
                        help='add a text: `emergency "We are closed because of …" -> BLOCK`',
                    )


def _speaks(program: Program, destination: Destination) -> bool:
    block = program.blocks.get(destination.target.text) if isinstance(destination, GoTo) else None
    return block is not None and (next(spoken(block), None) or next(recordings(block), None)) is not None


def _example(text: str) -> str:
    return script(f"""\
step welcome
    when hours support
        emergency{text} -> night_desk
        open              -> sorry
        holiday or closed -> sorry

transfer night_desk
    to number night_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

hours support
    emergency switch flooded
    monday to friday 09:00 to 17:00
""")


RULE = Rule(
    code="IVR525",
    name="silent-emergency",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(' "Our office is closed today because of a flood."'),
)
