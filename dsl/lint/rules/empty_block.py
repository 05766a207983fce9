"""A step does nothing but lead on.

Whoever reads the script looks for what a caller meets there, and finds nothing. Most often its lines were taken out and
the step was forgotten, or they are still to be written.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Block, GoTo, Leave, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        target = _only_target(block)
        if target is not None and _arrives(context, block, target):
            yield RULE.at(
                context.program.source,
                block.name.span,
                f"`step {block.name.text}` does nothing but lead to `{target}`",
                "it has no other line",
                help=f"lead to `{target}` at once, or write what callers hear here",
            )


def _only_target(block: Block | None) -> str | None:
    """Where a step leads that has no other line."""
    if not isinstance(block, Step) or block.broken or len(block.statements) != 1:
        return None
    leave = block.statements[0]
    if not isinstance(leave, Leave) or not isinstance(leave.destination, GoTo):
        return None
    return leave.destination.target.text


def _arrives(context: Context, block: Block, target: str) -> bool:
    """Whether the way ends in a block that exists and has more lines: other ways have messages of their own."""
    seen = {block.name.text}
    while target not in seen and target in context.program.blocks:
        seen.add(target)
        further = _only_target(context.program.blocks[target])
        if further is None:
            return True
        target = further
    return False


RULE = Rule(
    code="IVR207",
    name="empty-block",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to news

step news
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
