"""No call can come to a block.

Nothing leads to it, so its callers are somewhere else. Most often a route was forgotten, or goes to an older block.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Destination, Flow, GoTo
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, keyword, reachable


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    named = {target for block in program.blocks.values() for target in program.targets(block)}
    if not complete(program) or not named <= set(program.blocks):
        return  # what leads here may stand on a line that could not be read, or with a misspelt name
    flows = [declaration for declaration in program.declarations() if isinstance(declaration, Flow)]
    ends = [end for flow in flows for end in _ways_in(flow) if isinstance(end, GoTo)]
    # A sub-flow that nobody runs is one thing that is not used, not as many as it has blocks: its first one counts.
    starts = [program.entry, *(program.entry_of(flow) for flow in flows), *(end.target.text for end in ends)]
    reached = {block.name.text for start in starts for block in reachable(program, start)}
    left = [name for name in program.blocks if name not in reached]
    led_to = {target for name in left for target in program.targets(program.blocks[name]) if target != name}
    # Blocks that only lie behind an unreachable one are not mistakes of their own.
    for name in sorted(left, key=lambda each: each in led_to):
        if name in reached:
            continue
        reached |= {block.name.text for block in reachable(program, name)}
        block = program.blocks[name]
        yield RULE.at(
            program.source,
            block.name.span,
            f"no call can come to `{keyword(block)} {name}`",
            "nothing leads here",
            help=f"add a route such as `-> {name}` where it belongs, or take the block out",
        )


def _ways_in(flow: Flow) -> Iterator[Destination]:
    """Where a flow itself can lead from anywhere in it."""
    yield from (end for end in (flow.on_hangup, flow.on_error) if end is not None)
    yield from (key.destination for key in flow.keys)


RULE = Rule(
    code="IVR206",
    name="unreachable-block",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to sorry

step news
    say "We have moved to a new building."
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to news

step news
    say "We have moved to a new building."
    go to sorry
"""),
)
