"""The wait for the first digit is shorter than the wait between two digits.

Before the first digit a caller has to understand the question and find the card with the number on it; between two
digits only the next key. A first wait that is the shorter one cuts off callers who are still looking.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, OneOfKind, SpeechKind, YesNoKind
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.limits import BETWEEN_DEFAULT, BETWEEN_DIGITS, FIRST_DEFAULT, KEYS_FIRST
from dsl.lint.rule import Context, Rule

_SINGLE = (YesNoKind, OneOfKind, SpeechKind)
"""Kinds that are answered by one key or by words."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect) or isinstance(block.kind, _SINGLE) or block.kind is None:
            continue
        first, between = block.kind.first, block.kind.between
        waits = first.seconds if first else FIRST_DEFAULT, between.seconds if between else BETWEEN_DEFAULT
        given = first or between
        if waits[0] > KEYS_FIRST.most or waits[1] > BETWEEN_DIGITS.most:
            continue  # a timer that the host does not allow has a message of its own
        if given is None or waits[0] >= waits[1] or not all(each.unit for each in (first, between) if each):
            continue
        labels = (Label(between.span, "and this between two digits"),) if first and between else ()

        yield RULE.at(
            context.program.source,
            given.span,
            "the wait for the first digit is shorter than the wait between digits",
            "this long for the first digit" if first else "this long between digits",
            labels=labels,
            help=f"give `first within` at least {waits[1]:g} s" if first else f"add `first within {waits[1]:g}s`",
        )


RULE = Rule(
    code="IVR306",
    name="hasty-first-timer",
    severity="warning",
    check=check,
    bad=script("""\
collect account
    into number
    prompt "Enter your four digit account number."
    digits 4, first within 2s, between 4s
    no input "I did not get any digits."
    no match "An account number has four digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
    good=script("""\
collect account
    into number
    prompt "Enter your four digit account number."
    digits 4, first within 8s, between 4s
    no input "I did not get any digits."
    no match "An account number has four digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
)
