"""Two values are compared that do not compare with each other.

Money with a text, a date with a number: the answer would always be no, and the callers for whom the line was written
would never come that way.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for clash in types_of(context.program).clashes:
        if clash.kind == "compare":
            yield RULE.at(context.program.source, clash.span, clash.headline, clash.label, help=_ADVICE)


_ADVICE = "compare it with a value of its own kind"

RULE = Rule(
    code="IVR130",
    name="kinds-do-not-compare",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    when today > 5 -> sorry
    say "Thank you for calling."
    finish told
"""),
    good=script("""\
step welcome
    when today > 2026-12-24 -> sorry
    say "Thank you for calling."
    finish told
"""),
)
