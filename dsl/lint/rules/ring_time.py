"""It rings too short or too long.

A telephone that rings for less than 15 s is not reached by somebody who has to put down a cup; one that rings for more
than 180 s is given up by the host. The caller waits all the while.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Callback, Consult, Dial, Queue
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword

LEAST, MOST = 15.0, 180.0
"""Seconds. Transfers have limits of their own: the host gives them up after 60 s."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Queue | Callback | Consult | Dial) or block.ring is None:
            continue
        seconds = block.ring.seconds
        if block.ring.unit and not LEAST <= seconds <= MOST:
            yield RULE.at(
                context.program.source,
                block.ring.span,
                f"`{keyword(block)} {block.name.text}` rings for {seconds:g} s",
                f"less than {LEAST:g} s" if seconds < LEAST else f"more than {MOST:g} s",
                help="write `ring 20s`",
            )


def _example(ring: str) -> str:
    return script(f"""\
queue helpers
    music "hold"
    ring {ring}
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> sorry
""")


RULE = Rule(
    code="IVR505",
    name="ring-time",
    severity="warning",
    check=check,
    bad=_example("5s"),
    good=_example("20s"),
)
