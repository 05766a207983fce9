"""A value is used before it is given.

On some way that leads here nobody has collected or set it yet. The sentence could not be said, and the caller would be
led where system errors go.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.absent import absent
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for each, way, labels in absent(context.program, looked=False):
        yield RULE.at(
            context.program.source,
            each.span,
            f"`{each.name}` may not be given yet",
            way,
            labels=labels,
            help=f"set it before, or ask first: `when {each.name} is known -> BLOCK`",
        )


RULE = Rule(
    code="IVR127",
    name="value-used-too-early",
    severity="error",
    check=check,
    bad=script("""\
menu choose
    prompt "For your balance, press 1. For an agent, press 2."
    press 1 -> balance
    press 2 -> named
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

step named
    set topic = "agent"
    go to balance

step balance
    say "You have asked for {topic}."
    go to sorry
"""),
    good=script("""\
menu choose
    prompt "For your balance, press 1. For an agent, press 2."
    press 1 -> other
    press 2 -> named
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

step named
    set topic = "agent"
    go to balance

step other
    set topic = "balance"
    go to balance

step balance
    say "You have asked for {topic}."
    go to sorry
"""),
)
