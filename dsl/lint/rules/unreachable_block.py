"""No call can come to a block.

Nothing leads to it, so its callers are somewhere else. Most often a route was forgotten, or goes to an older block.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import Destination, Flow, GoTo
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, following, keyword


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    backs: set[str] = set()
    named = {target for block in program.blocks.values() for target in following(program, block, backs)}
    if not complete(program) or not named <= set(program.blocks):
        return  # what leads here may stand on a line that could not be read, or with a misspelt name
    flows = [declaration for declaration in program.declarations() if isinstance(declaration, Flow)]
    ends = [end for flow in flows for end in _ways_in(flow) if isinstance(end, GoTo)]
    # A sub-flow that nobody runs is one thing that is not used, not as many as it has blocks: its first one counts.
    starts = [program.entry, *(program.entry_of(flow) for flow in flows), *(end.target.text for end in ends)]
    reached: set[str] = set()
    gone_back: set[str] = set()
    for start in starts:
        _reach(program, start, reached, gone_back)
    left = [name for name in program.blocks if name not in reached]
    backs = set(gone_back)
    led_to = {target for name in left for target in following(program, program.blocks[name], backs) if target != name}
    # Blocks that only lie behind an unreachable one are not mistakes of their own.
    for name in sorted(left, key=lambda each: each in led_to):
        if name in reached:
            continue
        _reach(program, name, reached, gone_back)
        block = program.blocks[name]
        yield RULE.at(
            program.source,
            block.name.span,
            f"no call can come to `{keyword(block)} {name}`",
            "nothing leads here",
            help=f"add a route such as `-> {name}` where it belongs, or take the block out",
        )


def _reach(program: Program, start: str, reached: set[str], gone_back: set[str]) -> None:
    """Add the blocks to which a call can come from ``start``; what is behind those in ``reached`` is there already."""
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached and name in program.blocks:
            reached.add(name)
            waiting += following(program, program.blocks[name], gone_back)


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
