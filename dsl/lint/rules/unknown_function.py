"""A function is called that the language does not have.

There is a dozen of them, for texts, numbers and dates. Whatever else has to be computed is the business of a data
function, outside of the script.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead
from dsl.spell import listed, nearest


def check(context: Context) -> Iterator[Diagnostic]:
    for clash in types_of(context.program).clashes:
        if clash.kind != "function":
            continue
        close = nearest(clash.name, clash.known)
        advice = f"did you mean `{close}`?" if close else f"the functions are {listed(sorted(clash.known), 'and')}"
        fix = instead(clash.span, close) if close else None
        yield RULE.at(context.program.source, clash.span, clash.headline, clash.label, help=advice, fix=fix)


RULE = Rule(
    code="IVR132",
    name="unknown-function",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    when lenght(caller.name) > 20 -> sorry
    say "Thank you for calling."
    finish told
"""),
    good=script("""\
step welcome
    when length(caller.name) > 20 -> sorry
    say "Thank you for calling."
    finish told
"""),
)
