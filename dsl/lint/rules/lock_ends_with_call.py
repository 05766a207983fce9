"""A lock-out counts in one call only.

Three wrong PINs lock the account; whoever hangs up and calls again has three more. A counter that guards a secret is
kept by what it guards, and for some time: `by account_number for 24h`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.values import data_check
from dsl.ast import Collect
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.blocks.values():
        if not isinstance(block, Collect) or not block.secret:
            continue
        for each in block.checks:
            counter = program.counters.get(each.counter.text) if each.counter is not None else None
            if data_check(each) is not None and each.counter is not None and counter and counter.key is None:
                yield RULE.at(
                    program.source,
                    each.counter.span,
                    f"`{each.counter.text}` begins anew with every call",
                    "it guards a secret",
                    labels=(Label(counter.name.span, "declared here"),),
                    help="add a line to the counter, such as `by account_number for 24h`",
                )


RULE = Rule(
    code="IVR610",
    name="lock-ends-with-call",
    severity="warning",
    check=check,
    bad=script("""\
collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) counts wrong_pins otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after limit of wrong_pins -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)

counter wrong_pins
    at most 3
"""),
    good=script("""\
collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) counts wrong_pins otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after limit of wrong_pins -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)

counter wrong_pins
    at most 3
    by caller.number for 24h
"""),
)
