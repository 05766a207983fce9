"""A key that holds anywhere in the flow does something else here.

Callers have heard that 0 brings them to somebody, wherever they are. In this block it does not, because the block needs
the key for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dsl.ast import Collect, GlobalKey, Menu, Queue, Survey
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.heard import heard, written
from dsl.lint.input import keys_taken
from dsl.lint.keys import keys_named
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.blocks.values():
        owner = program.owner(block)
        if not isinstance(block, Menu | Collect | Queue | Survey) or owner is None or block.broken:
            continue
        for key in owner.keys:
            lost = _lost(context, block, key)
            if lost is not None:
                yield RULE.at(
                    program.source,
                    lost,
                    f"`press {key.key.text} anywhere` does not hold in `{block.name.text}`",
                    "the key means something else here",
                    labels=(Label(key.span, "holds everywhere else"),),
                    help="choose another key for one of them",
                )


def _lost(context: Context, block: Menu | Collect | Queue | Survey, key: GlobalKey) -> Span | None:
    """Where a block takes a key for something else."""
    match block:
        case Menu():
            return _lost_in_menu(context, block, key)
        case Collect():
            return _lost_in_collect(context, block, key)
        case Queue():
            meant = context.program.source.slice(key.destination.span)
            lost = (o for o in block.options if o.key.text == key.key.text)
            return next((o.key.span for o in lost if context.program.source.slice(o.destination.span) != meant), None)
        case Survey():
            wanted = key.key.text
            scales = (q for q in block.questions if wanted.isdecimal() and q.least.value <= int(wanted) <= q.most.value)
            return next((question.name.span for question in scales), None)
        case _:
            assert_never(block)


def _lost_in_menu(context: Context, menu: Menu, key: GlobalKey) -> Span | None:
    source = context.program.source
    meant = source.slice(key.destination.span)
    for option in menu.options:
        for own in option.keys:
            if own.text == key.key.text and source.slice(option.destination.span) != meant:
                return own.span
    return None


def _lost_in_collect(context: Context, block: Collect, key: GlobalKey) -> Span | None:
    """A confirmation takes 1 and 2; otherwise only a text that offers the key makes it a loss, for a collect has to
    take digits."""
    program = context.program
    if block.confirm is not None and key.key.text in ("1", "2"):
        return block.confirm.span
    if key in program.keys_of(block) or key.key.text not in keys_taken(block):
        return None  # it holds here, or does nothing at all, and then a text that names it is an error
    for each in heard(program, block):
        asks = each.use in ("prompt", "reprompt", "no input", "no match")
        if asks and key.key.text in keys_named(written(program, each.text), each.language):
            return each.text.span
    return None


def _example(key: str) -> str:
    return f"""\
ivr 1
flow main
    press {key} anywhere -> sorry
    on caller hangup -> finish abandoned
    on system error  -> sorry

collect account
    into number
    prompt "Enter your eight digit account number, or press {"star" if key == "*" else key} for help."
    digits 8
    no input "I did not get any digits."
    no match "An account number has eight digits."
    accepted      -> sorry
    after 3 tries -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
"""


RULE = Rule(
    code="IVR310",
    name="lost-global-key",
    severity="warning",
    check=check,
    bad=_example("0"),
    good=_example("*"),
)
