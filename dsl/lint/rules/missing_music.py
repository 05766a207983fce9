"""Callers wait in silence.

A line on which nothing is heard sounds like one that is dead, and callers hang up and call again, at the end of the
queue.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Consult, Queue, Transfer
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Queue | Consult | Transfer) or block.music is not None or block.broken:
            continue
        if isinstance(block, Transfer) and block.is_blind:
            continue
        yield RULE.at(
            context.program.source,
            block.name.span,
            f"callers hear no music in `{keyword(block)} {block.name.text}`",
            "silence, until somebody answers",
            help='add `music "hold"`, and bind the recording in the site file',
        )


def _example(music: str) -> str:
    return script(f"""\
queue helpers
{music}    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> sorry
""")


RULE = Rule(
    code="IVR509",
    name="missing-music",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example('    music "hold"\n'),
)
