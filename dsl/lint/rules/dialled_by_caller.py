"""A number is called that nobody has checked.

What a caller enters as digits may be any number in the world, at the owner's cost. A number that is to be called is
collected as `phone`, which has a country, or is the one that the caller calls from.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.ast import Callback, Dial, TextLiteral
from dsl.diagnostics import Diagnostic
from dsl.emergency import is_emergency
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    types = types_of(context.program)
    for block in context.program.blocks.values():
        if not isinstance(block, Callback | Dial) or block.number is None:
            continue
        if isinstance(block.number, TextLiteral) and is_emergency(block.number.value):
            continue  # IVR616
        kind = types.of(block.number)
        if kind.name not in ("phone", "unknown"):
            yield RULE.at(
                context.program.source,
                block.number.span,
                f"the number that is called is a {kind.title}, not a telephone number",
                "it may be any number in the world",
                help='collect it with `phone in "US"`, or use `caller.number`',
            )


RULE = Rule(
    code="IVR612",
    name="dialled-by-caller",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
collect wanted
    into number_entered
    prompt "Which number should we call?"
    digits 10
    confirm "{number_entered as digits}: press 1 if that is right, 2 to enter it again."
    no input "I did not get any digits."
    no match "That is not a number."
    accepted      -> promise
    after 3 tries -> sorry

callback promise
    number number_entered
    during office
    scheduled                                                              -> finish promised
    invalid number or already scheduled or not available or failed         -> sorry

hours office
    monday to friday 09:00 to 17:00
    holiday "New Year" 01-01
"""),
    good=script("""\
collect wanted
    into number_entered
    prompt "Which number should we call? Press pound at its end."
    phone in "US", ends with #
    confirm "{number_entered as phone}: press 1 if that is right, 2 to enter it again."
    no input "I did not get any digits."
    no match "That is not a number."
    accepted      -> promise
    after 3 tries -> sorry

callback promise
    number number_entered
    during office
    scheduled                                                              -> finish promised
    invalid number or already scheduled or not available or failed         -> sorry

hours office
    monday to friday 09:00 to 17:00
    holiday "New Year" 01-01
"""),
)
