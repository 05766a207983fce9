"""A caller is hung up on because nobody was there.

The one who waited for a person hears the line go dead. A sentence on the way says why: `no answer "Nobody is free now.
Please call again." -> finish unanswered`; better is another block, such as a mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.outcomes import VERBS
from dsl.ast import Consult, Destination, Finish, GoTo, HangUp, Leave, Queue, Step, Transfer
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.declarations():
        if not isinstance(block, Transfer | Queue | Consult):
            continue
        # An outcome that does not exist is the affair of another rule.
        known = {outcome.name for outcome in VERBS[keyword(block)]} - {"answered", "joined"}
        for route in block.routes:
            lost = [name.text for name in route.outcomes if name.text in known]
            if lost and route.say is None and _ends_silently(context, route.destination):
                yield RULE.at(
                    program.source,
                    route.destination.span,
                    f"`{keyword(block)} {block.name.text}` hangs up when the outcome is `{lost[0]}`",
                    "ends the call without a word",
                    help="lead to a block that helps the caller, or add a sentence before the arrow",
                )


def _ends_silently(context: Context, destination: Destination) -> bool:
    if isinstance(destination, Finish | HangUp):
        return True
    if not isinstance(destination, GoTo):
        return False
    block = context.program.blocks.get(destination.target.text)
    if not isinstance(block, Step) or len(block.statements) != 1 or not isinstance(block.statements[0], Leave):
        return False
    return isinstance(block.statements[0].destination, Finish | HangUp)


RULE = Rule(
    code="IVR227",
    name="unanswered-hangs-up",
    severity="warning",
    check=check,
    bad=script("""\
transfer desk
    to number desk
    answered                        -> finish handled
    no answer or busy               -> finish unanswered
    declined or failed              -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    answered                                         -> finish handled
    no answer or busy "Nobody is free now. Goodbye." -> finish unanswered
    declined or failed                               -> sorry
"""),
)
