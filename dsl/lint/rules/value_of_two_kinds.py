"""A name is given values of different kinds.

What is said or compared with it would depend on the way that a call came.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for name, first, earlier, span, kind in types_of(context.program).conflicts:
        yield RULE.at(
            context.program.source,
            span,
            f"`{name}` is a {earlier.title} elsewhere and a {kind.title} here",
            f"a {kind.title}",
            labels=(Label(first, f"a {earlier.title}"),),
            help="give one of them another name",
        )


RULE = Rule(
    code="IVR129",
    name="value-of-two-kinds",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    set visits = 1
    when caller.number is "" -> unknown
    say "Visit {visits}."
    go to sorry

step unknown
    set visits = "many"
    say "Visit {visits}."
    go to sorry
"""),
    good=script("""\
step welcome
    set visits = 1
    when caller.number is "" -> unknown
    say "Visit {visits}."
    go to sorry

step unknown
    set visits = 0
    say "Visit {visits}."
    go to sorry
"""),
)
