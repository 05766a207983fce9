"""A value is of another kind than what is wanted there.

The call could not go on with it, and would be led where system errors go, in front of a caller who has done nothing
wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for clash in types_of(context.program).clashes:
        if clash.kind == "type":
            yield RULE.at(context.program.source, clash.span, clash.headline, clash.label, help=_ADVICE)


_ADVICE = "use a value of the wanted kind, or make one with a function such as `number` or `digits`"

RULE = Rule(
    code="IVR121",
    name="type-mismatch",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    set visits = 1
    when visits -> sorry
    say "Thank you for calling."
    finish told
"""),
    good=script("""\
step welcome
    set visits = 1
    when visits > 0 -> sorry
    say "Thank you for calling."
    finish told
"""),
)
