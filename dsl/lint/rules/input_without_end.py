"""Behind the last digit there is a long silence.

An input of any length, without a key that ends it, ends when nothing more comes for `between`. Callers who have typed
everything wait, wonder, and press the number once more.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.input import hears_keys, varies
from dsl.lint.limits import BETWEEN_DEFAULT, BETWEEN_DIGITS
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect) or block.kind is None or not varies(block) or not hears_keys(block):
            continue
        between = block.kind.between
        if block.kind.terminator is not None or between is None or not between.unit:
            continue
        if BETWEEN_DEFAULT < between.seconds <= BETWEEN_DIGITS.most:
            end = block.kind.span.end
            yield RULE.at(
                context.program.source,
                between.span,
                f"`collect {block.name.text}` keeps every caller waiting after the last digit",
                "this long, and no key ends it",
                help="add `ends with #`, and tell callers to press pound",
                fix=Fix("add `ends with #`", (Edit(Span(end, end), ", ends with #"),), "unsafe"),
            )


def _example(end: str, text: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your account number{text}."
    digits 4 to 8, first within 8s, between 6s{end}
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR329",
    name="input-without-end",
    severity="warning",
    check=check,
    bad=_example("", ""),
    good=_example(", ends with #", ", then press pound"),
)
