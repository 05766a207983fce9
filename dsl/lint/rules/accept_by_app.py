"""Somebody is to accept a caller by a key who cannot.

With `accept` somebody hears who calls and presses 1. Behind a resource account there is a call queue or an auto
attendant of Teams: it takes the call itself, hears nothing and presses nothing, and nobody can be moved out of it. Such
a transfer always fails, after the caller has listened to music for nothing. And whom an agent calls on behalf of the
line (`to callee`) is a customer, who is added to the call and asked nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Transfer
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import whole_line


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        if not isinstance(block, Transfer) or block.accept is None or block.target is None:
            continue
        if block.is_to_callee:
            yield RULE.at(
                source,
                block.accept.span,
                f"`transfer {block.name.text}` asks whom the agent calls to press a key",
                "a customer is called, and asked nothing",
                labels=(Label(block.target.span, "whom the agent calls"),),
                help="take `accept` out",
                fix=Fix("take the line out", (Edit(whole_line(source, block.accept.span), ""),), "unsafe"),
            )
        elif block.target.kind == "teams_app":
            lines = (block.accept.span, *((block.music.span,) if block.music is not None else ()))
            edits = tuple(Edit(whole_line(source, each), "") for each in lines)
            yield RULE.at(
                source,
                block.accept.span,
                f"`transfer {block.name.text}` asks a Teams app to press a key",
                "only a person can accept",
                labels=(Label(block.target.span, "a call queue or an auto attendant"),),
                help="take `accept` and `music` out: the app takes the call at once, and plays music of its own",
                fix=Fix("hand the caller over at once", edits, "unsafe"),
            )


RULE = Rule(
    code="IVR546",
    name="accept-by-app",
    severity="error",
    check=check,
    bad=script("""\
transfer sales
    to teams app sales_queue
    music "hold"
    accept "A call for sales. Press 1 to accept, 2 to decline."
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer sales
    to teams app sales_queue
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
