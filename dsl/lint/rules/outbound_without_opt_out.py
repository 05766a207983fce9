"""A flow that calls people has no key with which they can stop the calls.

Whoever is called without having asked for it must be able to say that it is enough, at any moment of the call; in many
countries the law wants it. A key that holds anywhere is the way that needs no thought in each block.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Dial
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    flow = program.flow
    if flow is None or not flow.outbound or flow.keys:
        return
    if any(isinstance(block, Dial) for block in program.blocks.values()):
        yield RULE.at(
            program.source,
            flow.name.span,
            f"people whom `{flow.name.text}` calls cannot stop the calls",
            "no key holds anywhere in this flow",
            help="add a key to the flow, such as `press 9 anywhere -> opt_out`, and name it in the first prompt",
        )


def _example(line: str, told: str) -> str:
    return f"""\
ivr 1
flow reminder(number phone) outbound
    timezone "America/New_York"
{line}    on caller hangup -> finish abandoned
    on system error  -> removed

dial patient
    number number
    caller id clinic
    attempts 3 every 2h
    only 09:00 to 20:00
    answered                               -> who_is_there
    no answer or busy or invalid or failed -> removed

menu who_is_there
    prompt "This is Contoso Clinic. Press 1 to hear our message{told}."
    press 1 -> message
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 2 tries -> removed

step message
    say "Please bring your card to your appointment. Goodbye."
    finish told

step removed
    say "You are removed. Goodbye."
    finish opted_out
"""


RULE = Rule(
    code="IVR613",
    name="outbound-without-opt-out",
    severity="warning",
    check=check,
    bad=_example("", ""),
    good=_example("    press 9 anywhere -> removed\n", ", or 9 to stop these calls"),
)
