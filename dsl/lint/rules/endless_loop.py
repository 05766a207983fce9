"""A loop needs nothing of the caller and has no limit.

The call would go round and round, speaking the same sentences or none at all, until the caller hangs up. Going back
needs an input of the caller: a `menu` or a `collect`, which count their tries.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Transfer
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.cycles import cycles
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    for cycle in cycles(context.program, lambda edge: not edge.needs_caller):
        if all(isinstance(block, Transfer) for block in cycle.blocks):
            continue  # transfer-circle and failure-leads-back have words of their own for it
        start = cycle.blocks[0].name
        yield RULE.at(
            context.program.source,
            cycle.edges[-1].destination.span,
            f"a call can go round {listed(cycle.path, 'and')} for ever",
            f"back to `{start.text}` without any input of the caller",
            labels=(Label(start.span, "the round begins here"),) if len(cycle.blocks) > 1 else (),
            help="let the caller decide in a `menu`, or go on in a block that does not lead back",
        )


RULE = Rule(
    code="IVR210",
    name="endless-loop",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
step welcome
    say "All our lines are busy."
    go to desk

transfer desk
    to number desk
    answered                        -> finish handled
    no answer or busy               -> welcome
    declined or failed              -> sorry
"""),
    good=script("""\
step welcome
    say "All our lines are busy."
    go to desk

transfer desk
    to number desk
    answered                        -> finish handled
    no answer or busy               -> again
    declined or failed              -> sorry

menu again
    prompt "Nobody is free now. To try again, press 1."
    reprompt "Press 1 to try again, or hang up."
    press 1 -> welcome
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 2 tries -> sorry
"""),
)
