"""The time for the whole input is over before the time for its beginning.

`for at most` counts from the beginning. When it is shorter than `first within`, a caller who begins as late as allowed
has no time for a single digit.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.limits import FIRST_DEFAULT
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect) or block.kind is None or block.kind.total is None:
            continue
        total, first = block.kind.total, block.kind.first
        wait = first.seconds if first else FIRST_DEFAULT
        if total.seconds <= wait and total.unit and (first is None or first.unit):
            yield RULE.at(
                context.program.source,
                total.span,
                f"`collect {block.name.text}` allows less time in all than for the first key",
                f"the first key has {wait:g} s",
                labels=(Label(first.span, "this long for the beginning"),) if first else (),
                help=f"write more than {wait:g} s, or leave it out",
            )


def _example(total: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your eight digit account number."
    digits 8, first within 8s, for at most {total}
    no input "I did not get any digits."
    no match "An account number has eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR331",
    name="total-below-first",
    severity="warning",
    check=check,
    bad=_example("5s"),
    good=_example("30s"),
)
