"""Something that sounds like a secret is collected in clear text.

A PIN, a card number or a security code that is not marked `secret` stands in the journal of the call for as long as
calls are kept, and in every log that shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Call, Collect
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

_SOUNDS = re.compile(r"(^|_)(pin|cvv|cvc|card|card_number|passcode|password|security_code|ssn)(_|$)", re.I)


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        if not isinstance(block, Collect) or block.into is None or block.secret or block.digits is None:
            continue
        card = any(isinstance(each.condition, Call) and each.condition.name == "luhn" for each in block.checks)
        if card or _SOUNDS.search(block.into.text):
            yield RULE.at(
                context.program.source,
                block.into.span,
                f"`{block.into.text}` is collected in clear text",
                "it would be kept with the call",
                help=f"write `into secret {block.into.text}`",
                fix=Fix("collect it in confidence", (Edit(block.into.span, f"secret {block.into.text}"),), "unsafe"),
            )


RULE = Rule(
    code="IVR609",
    name="secret-in-clear",
    severity="warning",
    check=check,
    bad=script("""\
collect code
    into pin
    prompt "Enter your four digit PIN."
    digits 4
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> thanks
    after 3 tries -> sorry

step thanks
    say "You have entered {pin as digits}."
    go to sorry
"""),
    good=script("""\
collect code
    into secret pin
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)
"""),
)
