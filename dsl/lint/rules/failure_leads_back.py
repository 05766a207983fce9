"""A failure leads back to what has just failed.

A transfer that failed is tried again at once, without end; or a system error leads to a block that asks the caller,
which needs the very voice or recogniser that may have failed. The way out of a failure has to be simpler than what
failed: a transfer, or a step that ends the call.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Destination, Flow, GoTo, Menu, Pay, Step, Survey, Transfer
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, reachable, unique_edges


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for flow in program.declarations():
        if isinstance(flow, Flow) and flow.on_error:
            yield from _error_handler(context, flow.on_error)
    for transfer in program.blocks.values():
        if not isinstance(transfer, Transfer):
            continue
        for edge in unique_edges(program, transfer):
            if isinstance(edge.destination, GoTo) and edge.destination.target.text == transfer.name.text:
                yield RULE.at(
                    program.source,
                    edge.destination.span,
                    f"`transfer {transfer.name.text}` leads back to itself",
                    "it would be tried again without end",
                    help="hand over to another block",
                )


def _error_handler(context: Context, handler: Destination) -> Iterator[Diagnostic]:
    if not isinstance(handler, GoTo):
        return
    for block in reachable(context.program, handler.target.text, lambda block: isinstance(block, Step)):
        if isinstance(block, Menu | Collect | Pay | Survey):
            yield RULE.at(
                context.program.source,
                handler.span,
                f"`on system error` leads to `{keyword(block)} {block.name.text}`, where it can happen again",
                "a call could go round here for ever",
                labels=(Label(block.name.span, "asks the caller, which may be what has failed"),),
                help="lead to a `transfer`, or to a `step` that ends the call",
            )
            return


RULE = Rule(
    code="IVR234",
    name="failure-leads-back",
    severity="error",
    check=check,
    bad=script("""\
transfer desk
    to number desk
    answered                      -> finish handled
    busy                          -> desk
    no answer or declined or failed -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    answered                      -> finish handled
    busy                          -> second_desk
    no answer or declined or failed -> sorry

transfer second_desk
    to number second_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
