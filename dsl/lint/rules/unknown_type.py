"""A type is named that the language does not have.

What a data function gives or a sub-flow takes has one of a few types, so that a wrong answer is found out before it is
said to a caller.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.kinds import NAMES
from dsl.analysis.types import type_names
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead
from dsl.spell import listed, nearest

_OTHER = {
    "string": "text",
    "str": "text",
    "int": "number",
    "integer": "number",
    "float": "number",
    "bool": "yes or no",
    "boolean": "yes or no",
    "amount": "money",
    "datetime": "date",
    "e164": "phone",
}
"""What other languages call them."""


def check(context: Context) -> Iterator[Diagnostic]:
    for kind in type_names(context.program):
        if kind.name in (*NAMES, "list", "one_of", "yes_no"):
            continue
        close = _OTHER.get(kind.name.lower()) or nearest(kind.name, NAMES)
        known = listed([*NAMES, "yes or no", "one of", "list of"], "and")
        yield RULE.at(
            context.program.source,
            kind.span,
            f"there is no type `{kind.name}`",
            "not a type",
            help=f"did you mean `{close}`?" if close else f"the types are {known}",
            fix=instead(kind.span, close) if close else None,
        )


RULE = Rule(
    code="IVR133",
    name="unknown-type",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found "Hello, {customer.name}." -> sorry
        not found or failed             -> sorry

data crm
    by_phone(number phone) gives name string
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
