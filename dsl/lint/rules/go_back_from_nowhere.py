"""There is nothing to go back to.

`go back` leads to the block in which the caller pressed a key that holds anywhere. No such key leads to this place, so
no call that comes here has a way back.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import Flow, GoBack, GoTo
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, unique_edges


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return
    behind = behind_keys(program)
    for name, block in program.blocks.items():
        owner = program.owner(block)
        keys = owner is not None and owner.keys
        for edge in unique_edges(program, block):
            if isinstance(edge.destination, GoBack) and name not in behind and edge.span not in _lines(owner):
                yield RULE.at(
                    program.source,
                    edge.destination.span,
                    f"`{name}` has nothing to go back to",
                    "no key that holds anywhere leads here" if keys else "the flow has no key that holds anywhere",
                    help="write the name of a block, or add a key: `press 9 anywhere -> " + name + "`",
                )


def behind_keys(program: Program) -> set[str]:
    """The blocks to which a call can come after a key that holds anywhere, before it goes back."""
    flows = [declaration for declaration in program.declarations() if isinstance(declaration, Flow)]
    waiting = [key.destination.target.text for flow in flows for key in flow.keys if isinstance(key.destination, GoTo)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in program.blocks:
            continue
        found.add(name)
        block = program.blocks[name]
        ways = (edge.destination for edge in program.edges(block))
        waiting += [way.target.text for way in ways if isinstance(way, GoTo)]
        waiting += [
            program.entry_of(program.flows[r.flow.text]) for r in program.runs(block) if r.flow.text in program.flows
        ]
    return found


def _lines(flow: Flow | None) -> set[object]:
    """The lines of a flow that are edges of its blocks, too."""
    return {key.span for key in flow.keys} if flow is not None else set()


RULE = Rule(
    code="IVR222",
    name="go-back-from-nowhere",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    when caller.number is "+14255550100" -> sorry
    go back
"""),
    good="""\
ivr 1
flow main
    press 9 anywhere -> address
    on caller hangup -> finish abandoned
    on system error  -> sorry

menu main_menu
    prompt "For billing, press 1. For our address at any time, press 9."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

step address
    say "We are at the market."
    go back

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
)
