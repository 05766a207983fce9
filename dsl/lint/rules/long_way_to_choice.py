"""A caller hears more than half a minute before the first choice.

People call with a question and listen to news, notices and greetings first; after half a minute they press 0, or hang
up. The time is reckoned at 0.35 s a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import GoTo, Say, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import seconds
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.text_too_long import LIMIT

MOST = 30.0
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    name, heard, seen = program.entry, 0.0, set[str]()
    longest: tuple[float, Say] | None = None
    # The plain way through the first steps. A branch leads somewhere else, and what is said there is not for everybody.
    while name not in seen and isinstance(step := program.blocks.get(name), Step):
        seen.add(name)
        for statement in step.statements:
            if isinstance(statement, Say) and len(statement.text.plain) <= LIMIT:
                long = seconds(statement.text)
                heard += long
                if longest is None or long > longest[0]:
                    longest = long, statement
        ways = {edge.destination.target.text for edge in program.edges(step) if isinstance(edge.destination, GoTo)}
        name = next(iter(ways)) if len(ways) == 1 else ""
    if heard > MOST and longest is not None:
        yield RULE.at(
            program.source,
            longest[1].text.span,
            f"a caller hears {heard:.0f} s before the first choice",
            "most of it is this" if longest[0] > heard / 2 else "a part of it",
            help="say less, or say it to those who ask for it: `for news, press 4`",
        )


_NEWS = """\
    say "We have moved to a new building in the middle of the town, close to the station and to the market."
"""
_MORE = """\
    say "Our shop on the hill is open again, with more parking space and a place where your children can play."
    say "Since the first of March we deliver on Saturdays, too, when you order before noon on the day before."
    say "Parcels that nobody takes in wait for you at the post office, where you need your order number and a card."
    say "Our new catalogue is there, with garden furniture, lamps and everything for summer evenings."
"""

RULE = Rule(
    code="IVR218",
    name="long-way-to-choice",
    severity="warning",
    check=check,
    bad=script(f"step welcome\n{_NEWS}{_MORE}    go to sorry\n"),
    good=script(f"step welcome\n{_NEWS}    go to sorry\n"),
)
