"""No input can be what the digits ask for.

The least is more than the most, nothing at all is asked for, or the key that ends the input is one that the input
needs. Every caller would fail all attempts.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Digits
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Collect) and block.digits is not None:
            yield from _bounds(context, block.digits)
            yield from _terminator(context, block.digits)


def _bounds(context: Context, digits: Digits) -> Iterator[Diagnostic]:
    source = context.program.source
    least, most = digits.least, digits.most
    if most.value < 1 or least.value < 1:
        zero = least if least.value < 1 else most
        yield RULE.at(
            source, zero.span, "an input of no digits cannot be given", "at least 1", help="write `1` or more"
        )
    elif least.value > most.value:
        edits = (Edit(least.span, str(most.value)), Edit(most.span, str(least.value)))
        yield RULE.at(
            source,
            least.span.to(most.span),
            f"no input has at least {least.value} and at most {most.value} digits",
            "the least is more than the most",
            help=f"write `{most.value} to {least.value}`",
            fix=Fix("change the two numbers over", edits, "safe"),
        )


def _terminator(context: Context, digits: Digits) -> Iterator[Diagnostic]:
    end = digits.terminator
    if end is not None and end.text not in ("*", "#"):
        yield RULE.at(
            context.program.source,
            end.span,
            f"`{end.text}` cannot end an input of digits",
            "a digit that callers may need" if len(end.text) == 1 else "not one key",
            help="write `ends with #`",
            fix=Fix("write `#`", (Edit(end.span, "#"),), "unsafe"),
        )


RULE = Rule(
    code="IVR308",
    name="digits-never-fit",
    severity="error",
    check=check,
    bad=script("""\
collect account
    into number
    prompt "Enter your account number."
    digits 8 to 4
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
    good=script("""\
collect account
    into number
    prompt "Enter your account number."
    digits 4 to 8
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
)
