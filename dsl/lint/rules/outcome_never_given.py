"""A sub-flow never gives one of its outcomes.

Each step that runs it has a line for that outcome, and no call ever takes it. Either a block was meant to give it, or
the outcome is left over.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import BLOCKS, Flow, Give
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, destinations


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return
    given: dict[str, set[str]] = {name: set() for name in program.flows}
    for declaration in program.declarations():
        owner = program.owner(declaration) if isinstance(declaration, BLOCKS) else None
        if isinstance(declaration, Flow):
            owner = declaration
        if owner is None or owner.name.text not in given:
            continue
        for destination in destinations(program, declaration):
            if isinstance(destination, Give):
                given[owner.name.text].add(destination.outcome.text)
    for name, flow in program.flows.items():
        if not program.entry_of(flow):
            continue  # without a block it gives nothing at all, which has a message of its own
        for outcome in flow.gives:
            if outcome.text not in given[name]:
                yield RULE.at(
                    program.source,
                    outcome.span,
                    f"`flow {name}` never gives `{outcome.text}`",
                    "no block gives it",
                    help=f"write `give {outcome.text}` where it was meant, or take the outcome out",
                )


def _example(gives: str) -> str:
    return f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    run greet
        {gives.replace(", ", " or ")} -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up

flow greet gives {gives}

step hello
    when caller.number is "+14255550100" -> known
    give stranger

step known
    say "Welcome back."
    give friend
"""


RULE = Rule(
    code="IVR229",
    name="outcome-never-given",
    severity="warning",
    check=check,
    bad=_example("friend, stranger, enemy"),
    good=_example("friend, stranger"),
)
