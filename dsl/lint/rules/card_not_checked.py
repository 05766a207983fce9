"""A card is charged that nobody has looked at.

A wrong digit or a date that has passed can be told at once, while the caller has the card in hand; the card service
says only "declined" for all of it. Another check does not see that: `luhn` looks at the number, `ahead` at the date.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.analysis.values import walk
from dsl.ast import Call, Collect, Pay, Variable
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

_WHAT = {"luhn": "the number of the card", "ahead": "the date of the card"}


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.blocks.values():
        if isinstance(block, Pay):
            yield from _part(program, block.card, "luhn")
            yield from _part(program, block.expiry, "ahead")


def _part(program: Program, value: Variable | None, function: str) -> Iterator[Diagnostic]:
    if value is None or len(value.path) != 1:
        return
    asked = [
        each
        for each in program.blocks.values()
        if isinstance(each, Collect) and each.into is not None and each.into.text == value.path[0]
    ]
    for block in asked:
        told = function == "luhn" and not block.checks and block.confirm is None  # by the rule about what is acted upon
        if not told and not _checks(block, function):
            yield RULE.at(
                program.source,
                value.span,
                f"{_WHAT[function]} is not checked before it is charged",
                f"no `{function}` where it is collected",
                labels=(Label(block.name.span, "collected here"),),
                help=f'add a line to the collect: `check {function}({value.path[0]}) otherwise "…"`',
            )


def _checks(block: Collect, function: str) -> bool:
    nodes = (node for check in block.checks for node in walk(check.condition))
    return any(isinstance(node, Call) and node.name == function for node in nodes)


def _example(check: str) -> str:
    return script(f"""\
step welcome
    lookup invoice = billing.open_invoice(caller.number) within 1s
        found               -> card
        not found or failed -> sorry

collect card
    into secret card_number
    prompt "Enter your card number, then press pound."
    digits 12 to 19, ends with #
{check}    no input "I did not get any digits."
    no match "That is not a card number."
    accepted      -> charge
    after 3 tries -> sorry

pay charge
    amount invoice.amount
    card card_number
    through card_service
    within 15s
    after 2s say "Still processing."
    paid "It is paid. Thank you."                 -> finish paid
    declined or cancelled or unknown or failed -> sorry

data billing
    open_invoice(number phone) gives amount money
""")


RULE = Rule(
    code="IVR605",
    name="card-not-checked",
    severity="warning",
    check=check,
    bad=_example('    check length(card_number) > 12 otherwise "That number does not look right."\n'),
    good=_example('    check luhn(card_number) otherwise "That number does not look right."\n'),
)
