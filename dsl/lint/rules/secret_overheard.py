"""A secret is collected where something listens that cannot be paused.

Recording, transcription and audio streaming are paused before a secret is asked for. Keys that are taken ahead (`type
ahead keep`) are reported to the server one by one, secret or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    secrets = [each for each in program.blocks.values() if isinstance(each, Collect) and each.secret]
    if not secrets:
        return
    first = (Label(secrets[0].name.span, "a secret is collected here"),)
    for block in program.blocks.values():
        if isinstance(block, Menu | Collect) and block.type_ahead:
            yield RULE.at(
                program.source,
                block.name.span,
                "keys are taken ahead in a script that collects a secret",
                "`type ahead keep` has every key of the call reported",
                labels=first,
                help="take `type ahead keep` out",
            )


RULE = Rule(
    code="IVR603",
    name="secret-overheard",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
menu welcome
    prompt "Press 1 to go on."
    type ahead keep
    press 1 -> pin
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)
"""),
    good=script("""\
menu welcome
    prompt "Press 1 to go on."
    press 1 -> pin
    no match "That is not one of the choices."
    after 1 silence -> sorry
    after 2 tries   -> sorry

collect pin
    into secret pin_entered
    prompt "Enter your four digit PIN."
    digits 4
    check crm.pin_ok(caller.number, pin_entered) otherwise "That PIN is not right."
    no input "I did not get any digits."
    no match "Your PIN has four digits."
    accepted      -> sorry
    after 3 tries -> sorry

data crm
    check pin_ok(id text, pin secret)
"""),
)
