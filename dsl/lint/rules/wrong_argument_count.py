"""A function gets too few or too many values.

It could not be computed or asked for, and the caller would be led where system errors go.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for clash in types_of(context.program).clashes:
        if clash.kind == "count":
            yield RULE.at(context.program.source, clash.span, clash.headline, clash.label, help=_ADVICE)


_ADVICE = "give it exactly what it takes"

RULE = Rule(
    code="IVR122",
    name="wrong-argument-count",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    lookup customer = crm.by_phone(caller.number, 7) within 1s
        found "Hello, {customer.name}." -> sorry
        not found or failed             -> sorry

data crm
    by_phone(number phone) gives name text
"""),
    good=script("""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found "Hello, {customer.name}." -> sorry
        not found or failed             -> sorry

data crm
    by_phone(number phone) gives name text
"""),
)
