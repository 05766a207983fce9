"""A block leads into the middle of another flow.

A sub-flow begins at its first block and ends by `give`. Whoever jumps into it, or out of it, leaves its values and its
way back behind: the step that has run it waits for an outcome that never comes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Block, Destination, Flow, GoTo
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, unique_edges


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.blocks.values():
        keys = {key.destination.span for key in program.keys_of(block)}
        for edge in unique_edges(program, block):
            if edge.destination.span not in keys:  # a key that holds anywhere is one line, and one mistake
                yield from _leaves(context, block, program.owner(block), edge.destination)
    for flow in program.declarations():
        if isinstance(flow, Flow) and (flow is program.flow or flow is program.flows.get(flow.name.text)):
            ends = [each for each in (flow.on_hangup, flow.on_error) if each is not None]
            for destination in (*ends, *(key.destination for key in flow.keys)):
                yield from _leaves(context, flow, flow, destination)


def _leaves(
    context: Context, where: Block | Flow, owner: Flow | None, destination: Destination
) -> Iterator[Diagnostic]:
    program = context.program
    if not isinstance(destination, GoTo) or owner is None:
        return
    target = program.blocks.get(destination.target.text)
    other = program.owner(target) if target is not None else None
    if target is None or other is None or other is owner:
        return
    named = f"`{keyword(where)} {where.name.text}`"
    advice = "end the sub-flow by `give` and an outcome, and let the step that runs it lead there"
    if other.is_sub and other.name.text != owner.name.text:
        advice = f"write `run {other.name.text}` in a step: it begins at its first block"
    yield RULE.at(
        program.source,
        destination.span,
        f"{named} leads out of its flow to `{keyword(target)} {target.name.text}`",
        f"belongs to `flow {other.name.text}`",
        labels=(Label(owner.name.span, f"the flow of {named}"),) if where is not owner else (),
        help=advice,
    )


_HEAD = """\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    run verify
        verified or unverified -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up

flow verify gives verified, unverified

collect pin
    into entry
    prompt "Enter your four digit code."
    digits 4
    no input "I did not get any digits."
    no match "Your code has four digits."
"""

RULE = Rule(
    code="IVR208",
    name="jump-out-of-sub-flow",
    severity="error",
    check=check,
    bad=f"""{_HEAD}    accepted      -> good
    after 3 tries -> sorry

step good
    when entry is "0000" -> bad
    give verified

step bad
    give unverified
""",
    good=f"""{_HEAD}    accepted      -> good
    after 3 tries -> bad

step good
    when entry is "0000" -> bad
    give verified

step bad
    give unverified
""",
)
