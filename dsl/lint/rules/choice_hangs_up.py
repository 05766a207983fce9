"""A choice ends the call without a word.

Who presses a key and hears the line go dead believes that something broke. A step that says goodbye, or what has been
done, ends the call as the caller expects it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Finish, HangUp, Menu, Queue
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Queue):
            continue
        for option in block.options:
            if isinstance(option.destination, Finish | HangUp):
                yield RULE.at(
                    context.program.source,
                    option.destination.span,
                    f"a choice of `{keyword(block)} {block.name.text}` ends the call without a word",
                    "the line goes dead",
                    help="lead to a `step` that says goodbye",
                )


RULE = Rule(
    code="IVR228",
    name="choice-hangs-up",
    severity="warning",
    check=check,
    bad=script("""\
menu anything_else
    prompt "To go on, press 1. To end the call, press 2."
    press 1 -> sorry
    press 2 -> hang up
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu anything_else
    prompt "To go on, press 1. To end the call, press 2."
    press 1 -> sorry
    press 2 -> goodbye
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

step goodbye
    say "Thank you for calling. Goodbye."
    hang up
"""),
)
