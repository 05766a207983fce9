"""A block ends a sub-flow in a way that it does not have.

Only a block of a sub-flow can `give`, and only what the sub-flow `gives`: the step that runs it has no line for
anything else, and its caller would be lost.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Flow, Give
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, destinations, instead
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return  # the line that begins the sub-flow may be one that could not be read
    for declaration in program.declarations():
        if isinstance(declaration, Flow):
            owner: Flow | None = declaration
        elif declaration.name.text in program.blocks:
            owner = program.owners.get(declaration.name.text)
        else:
            continue
        keys = {key.destination.span for key in owner.keys} if owner is not None else set()
        for destination in destinations(program, declaration):
            if isinstance(destination, Give) and (isinstance(declaration, Flow) or destination.span not in keys):
                yield from _given(context, owner, destination)


def _given(context: Context, owner: Flow | None, give: Give) -> Iterator[Diagnostic]:
    source = context.program.source
    if owner is None or not owner.is_sub:
        yield RULE.at(
            source,
            give.span,
            f"`give {give.outcome.text}` stands outside of a sub-flow",
            "there is no step to give it to",
            help="write a block or `finish`, or move this block below the `flow` that it belongs to",
        )
        return
    known = [name.text for name in owner.gives]
    if give.outcome.text in known:
        return
    close = nearest(give.outcome.text, known)
    yield RULE.at(
        source,
        give.outcome.span,
        f"`flow {owner.name.text}` has no outcome `{give.outcome.text}`",
        "not one that it gives",
        labels=(Label(owner.gives[0].span, "what it gives begins here"),),
        help=f"did you mean `{close}`?" if close else f"it gives {listed(known, 'and')}",
        fix=instead(give.outcome.span, close, safe=False) if close else None,
    )


def _example(outcome: str) -> str:
    return f"""\
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

step look
    when caller.number is "+14255550100" -> good
    give unverified

step good
    when called.number is "+14255550101" -> other_line
    give verified

step other_line
    say "Thank you."
    give {outcome}
"""


RULE = Rule(
    code="IVR221",
    name="outcome-not-given",
    severity="error",
    check=check,
    bad=_example("confirmed"),
    good=_example("verified"),
)
