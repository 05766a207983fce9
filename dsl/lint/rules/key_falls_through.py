"""A key that ends an input falls into the next question.

As many digits as there can be end the input at once. A caller who was told to press pound behind them presses it into
the next block, which takes keys ahead: it is an answer there, before the question was heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, Digits, GoTo, Menu, Name, Step
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, reachable
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not program.keeps_type_ahead:
        return
    for block in program.blocks.values():
        if not isinstance(block, Collect) or not isinstance(block.kind, Digits):
            continue
        end = block.kind.terminator
        if end is None or block.kind.least.value != block.kind.most.value:
            continue
        for route in block.routes:
            if not isinstance(route.destination, GoTo):
                continue
            for other in reachable(program, route.destination.target.text, lambda each: isinstance(each, Step)):
                if isinstance(other, Menu | Collect) and other.type_ahead and other is not block:
                    yield RULE.at(
                        program.source,
                        end.span,
                        f"the `{end.text}` behind {block.kind.most.value} digits falls into "
                        f"`{keyword(other)} {other.name.text}`",
                        "the last digit ends the input before this key",
                        labels=(Label(other.name.span, "takes keys that were pressed before it"),),
                        help=f"take `ends with {end.text}` and its words out: the number of digits is fixed",
                        fix=_without_end(context, block.kind, end),
                    )
                    return


def _without_end(context: Context, digits: Digits, end: Name) -> Fix | None:
    """Take the clause out. What the prompt says about the key is left to a person."""
    written = context.program.source.slice(Span(digits.span.start, end.span.end))
    clause = re.search(r"\s*,\s*ends\s+with\s+\S+$", written)
    if clause is None:
        return None
    place = Span(digits.span.start + clause.start(), end.span.end)
    return Fix(f"take `ends with {end.text}` out", (Edit(place, ""),), "unsafe")


def _example(digits: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your eight digit account number."
    digits {digits}
    no input "I did not get any digits."
    no match "An account number has eight digits."
    accepted      -> main_menu
    after 3 tries -> sorry

menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    type ahead keep
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR307",
    name="key-falls-through",
    severity="warning",
    check=check,
    bad=_example("8, ends with #"),
    good=_example("8"),
)
