"""Music is to be played while a call is handed over, and cannot be.

A transfer without `accept` gives the caller away: the host has the line and plays its own ringing tone. Only with
`accept`, where the target is called first, does the caller stay with us and hear our music.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Transfer
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import whole_line


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        if isinstance(block, Transfer) and block.music is not None and block.is_blind:
            line = Edit(whole_line(source, block.music.span), "")
            yield RULE.at(
                source,
                block.music.span,
                f"nobody hears the music of `transfer {block.name.text}`",
                "the caller is not on our line while it rings",
                help='take the line out, or add `accept "…"` so that the target is called first',
                fix=Fix("take the line out", (line,), "safe"),
            )


RULE = Rule(
    code="IVR231",
    name="unheard-music",
    severity="warning",
    check=check,
    bad=script("""\
transfer anna
    to number anna
    music "hold"
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer anna
    to number anna
    accept "A caller for you. To take the call, press 1. To decline, press 2."
    music "hold"
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
