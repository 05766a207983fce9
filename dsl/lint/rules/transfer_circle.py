"""Transfers hand the caller round in a circle.

When nobody answers, each of them goes on to the next, and the last one back to the first. The caller listens to
ringing for ever.
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
        if len(cycle.blocks) < 2 or not all(isinstance(block, Transfer) for block in cycle.blocks):
            continue
        start = cycle.blocks[0].name
        yield RULE.at(
            context.program.source,
            cycle.edges[-1].destination.span,
            f"the transfers {listed(cycle.path, 'and')} go round in a circle",
            f"back to `{start.text}`",
            labels=(Label(start.span, "the circle begins here"),),
            help="let the last one go on in a block that is not a transfer",
        )


RULE = Rule(
    code="IVR220",
    name="transfer-circle",
    severity="error",
    check=check,
    bad=script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> duty_phone

transfer duty_phone
    to number duty_phone
    answered                                -> finish handled
    no answer or busy or declined or failed -> desk
"""),
    good=script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> duty_phone

transfer duty_phone
    to number duty_phone
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
