"""A secret goes where it does not belong.

What a caller enters in confidence may go to a check, a look-up or a payment that asks for a secret, and nowhere else:
not into a sentence, a comparison, a note for the agent or anything that is kept. Of a card its last four digits may be
told (`last`), and whether its check digit and its date are good (`luhn`, `ahead`).
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.kinds import confidential
from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import holes
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    types, source = types_of(context.program), context.program.source
    for clash in types.clashes:
        if clash.kind == "secret":
            yield RULE.at(source, clash.span, clash.headline, clash.label, help=_ADVICE)
    for declaration in context.program.declarations():
        for hole in holes(declaration):
            kind = types.of_path(hole.path)
            if kind is not None and confidential(kind) and kind.name != "record":  # a record is never said
                yield RULE.at(
                    source,
                    hole.span,
                    f"the secret `{'.'.join(hole.path)}` would be said",
                    "whoever is near would hear it",
                    labels=_given(types.given.get(hole.path[0])),
                    help=_ADVICE,
                )


def _given(span: Span | None) -> tuple[Label, ...]:
    return (Label(span, "collected in confidence here"),) if span is not None else ()


_ADVICE = "give it to a data function that takes a secret, or use `last`, `length`, `luhn` or `ahead` of it"


RULE = Rule(
    code="IVR602",
    name="secret-leaks",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> thanks
    after 3 tries -> sorry

step thanks
    say "You have entered {pin_entered as digits}."
    go to sorry
"""),
    good=script("""\
collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> thanks
    after 3 tries -> sorry

step thanks
    say "Your PIN is right."
    go to sorry

data crm
    check pin_ok(id text, pin secret)
"""),
)
