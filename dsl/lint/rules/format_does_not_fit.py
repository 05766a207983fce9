"""A value cannot be read out in the format that the text asks for.

Money has no digits one by one, and a name is no date. The sentence could not be said.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.formats import FORMATS
from dsl.analysis.types import types_of
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import holes
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    types = types_of(context.program)
    for declaration in context.program.declarations():
        for hole in holes(declaration):
            kind = types.of_path(hole.path)
            if kind is None or kind.name in ("unknown", "secret"):
                continue
            if kind.name == "record":
                yield RULE.at(
                    context.program.source,
                    hole.span,
                    f"`{'.'.join(hole.path)}` has several values and cannot be said",
                    "a record",
                    help=f"say one of them: {listed([f'{hole.path[0]}.{name}' for name, _ in kind.fields][:6])}",
                )
            elif hole.format in FORMATS and kind.name not in FORMATS[hole.format]:
                fitting = [name for name, kinds in FORMATS.items() if kind.name in kinds]
                yield RULE.at(
                    context.program.source,
                    hole.format_span or hole.span,
                    f"a {kind.title} cannot be read out as `{hole.format}`",
                    f"`{'.'.join(hole.path)}` is a {kind.title}",
                    help=f"it can be read out as {listed(fitting)}, or without a format",
                )


RULE = Rule(
    code="IVR134",
    name="format-does-not-fit",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "Today is {today as money}."
    go to sorry
"""),
    good=script("""\
step welcome
    say "Today is {today as date}."
    go to sorry
"""),
)
