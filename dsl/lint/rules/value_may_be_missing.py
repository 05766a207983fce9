"""A value is used that may not have been found.

What a look-up or the memory gives is there only behind `found`, what a payment gives behind `paid`, and a question of a
survey may be left out. On every other way the sentence could not be said, and the caller would be led where system
errors go. Ask first: `when customer is known -> …`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.absent import absent
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for each, way, labels in absent(context.program, looked=True):
        yield RULE.at(
            context.program.source,
            each.span,
            f"`{each.name}` may be missing here",
            way,
            labels=labels,
            help=f"ask for it first: `when {each.name} is known -> BLOCK`, or lead other callers elsewhere",
        )


RULE = Rule(
    code="IVR126",
    name="value-may-be-missing",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found               -> greet
        not found or failed -> greet

step greet
    say "Hello, {customer.name}."
    go to sorry

data crm
    by_phone(number phone) gives name text
"""),
    good=script("""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found               -> greet
        not found or failed -> sorry

step greet
    say "Hello, {customer.name}."
    go to sorry

data crm
    by_phone(number phone) gives name text
"""),
)
