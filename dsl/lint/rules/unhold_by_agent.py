"""The agent is to take the caller off hold, in a consult in which there is no agent.

A `consult` of a script brings the expert to a caller who has nobody yet. Were the caller kept on hold when the expert
is there, the expert would be alone on the line, with nobody who could end it. An agent who asks an expert does so from
the desktop, and says there who takes the caller off hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Consult
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        if isinstance(block, Consult) and block.unhold is not None and block.unhold.how == "by agent":
            words = source.slice(block.unhold.span)
            edit = Edit(block.unhold.span, words.replace("by agent", "automatically"))
            yield RULE.at(
                source,
                block.unhold.span,
                f"no agent is there to take the caller of `consult {block.name.text}` off hold",
                "the script is alone with the caller",
                help="write `unhold automatically`",
                fix=Fix("take the caller off hold when the expert is there", (edit,), "safe"),
            )


RULE = Rule(
    code="IVR547",
    name="unhold-by-agent",
    severity="error",
    check=check,
    bad=script("""\
consult network
    with expert network_expert
    music "hold"
    unhold by agent
    joined                                                   -> finish handled
    declined or no answer or not allowed or failed -> sorry
"""),
    good=script("""\
consult network
    with expert network_expert
    music "hold"
    unhold automatically
    joined                                                   -> finish handled
    declined or no answer or not allowed or failed -> sorry
"""),
)
