"""A second transfer is asked for while the first one still rings.

`ring` is our own timer: the host has none, and nothing can stop a transfer that it has begun. It rings for 60 s.
Whoever gives up sooner and transfers again is refused by the host, and the caller ends up where failed transfers go,
although the second target never rang.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import GoTo, Step, Transfer
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.limits import RING
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        if not isinstance(block, Transfer) or block.ring is None or block.ring.seconds >= RING.most:
            continue
        if not block.is_blind:
            continue  # a target that is called can be called off
        second = _next_transfer(context, block)
        if second is None or second is block:
            continue  # one that leads back to itself has a message of its own
        line = source.place(block.ring.span.start).line
        start = source.line_start(line)
        whole = Span(start, start + len(source.line_text(line)) + 1)
        yield RULE.at(
            source,
            block.ring.span,
            f"`transfer {second.name.text}` is asked for while `transfer {block.name.text}` still rings",
            "the script goes on, the host goes on ringing",
            labels=(Label(second.name.span, "the host refuses this one"),),
            help="leave `ring` out: the host then ends the first transfer before the second one begins",
            fix=Fix("leave `ring` out", (Edit(whole, ""),), "unsafe"),
        )


def _next_transfer(context: Context, block: Transfer) -> Transfer | None:
    """The transfer that ``no answer`` leads to without anything that the caller has to do."""
    waiting = [r.destination for r in block.routes if any(name.text == "no answer" for name in r.outcomes)]
    seen: set[str] = set()
    while waiting:
        destination = waiting.pop()
        if not isinstance(destination, GoTo) or destination.target.text in seen:
            continue
        seen.add(destination.target.text)
        found = context.program.blocks.get(destination.target.text)
        if isinstance(found, Transfer):
            return found
        if isinstance(found, Step):
            waiting += [edge.destination for edge in context.program.edges(found)]
    return None


RULE = Rule(
    code="IVR545",
    name="transfer-while-ringing",
    severity="error",
    check=check,
    bad=script("""\
transfer anna
    to teams user anna
    ring 20s
    answered                                -> finish handled
    no answer or busy or declined or failed -> desk

transfer desk
    to number desk
    ring 20s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer anna
    to teams user anna
    answered                                -> finish handled
    no answer or busy or declined or failed -> desk

transfer desk
    to number desk
    ring 20s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
