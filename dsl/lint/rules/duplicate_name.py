"""A name is declared twice.

Behind an arrow the name could mean either block, and the caller would come to the one that the author forgot.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.outcomes import EMERGENCY, HOURS
from dsl.ast import Flow, Hours, Name, Use
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword

_TAKEN = frozenset(outcome.name for outcome in (EMERGENCY, *HOURS))


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    seen: dict[tuple[bool, str], tuple[str, Name]] = {}
    for declaration in context.program.declarations():
        if isinstance(declaration, Flow | Use) or declaration.name.text == "_":
            continue  # flows and files are counted elsewhere; "_" stands for a name that could not be read
        key = (isinstance(declaration, Hours), declaration.name.text)
        kind, first = seen.setdefault(key, (keyword(declaration), declaration.name))
        if first is not declaration.name:
            yield RULE.at(
                source,
                declaration.name.span,
                f"the name `{declaration.name.text}` is declared twice",
                f"a second time, for a `{keyword(declaration)}`",
                labels=(Label(first.span, f"first declared here, for a `{kind}`"),),
                help="give one of them another name",
            )
        if isinstance(declaration, Hours):
            for pause in declaration.breaks:
                if pause.name.text in _TAKEN:
                    yield RULE.at(
                        source,
                        pause.name.span,
                        f"a break cannot be called `{pause.name.text}`",
                        "every `when hours` has an outcome of that name already",
                        help="give the break another name",
                    )


RULE = Rule(
    code="IVR111",
    name="duplicate-name",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to sorry

step welcome
    say "Welcome back."
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to news

step news
    say "We have moved to a new building."
    go to sorry
"""),
)
