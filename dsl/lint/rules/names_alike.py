"""Two names differ only in capital letters or underscores.

Whoever changes the script a year from now reads one and means the other, and callers come to the wrong block.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Name, Promise, Test, Use
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    seen: dict[str, tuple[str, Name]] = {}
    for declaration in context.program.declarations():
        name = declaration.name
        folded = name.text.replace("_", "").casefold()
        if isinstance(declaration, Use | Test | Promise) or not folded:
            continue
        kind, first = seen.setdefault(folded, (keyword(declaration), name))
        if first.text != name.text:
            yield RULE.at(
                source,
                name.span,
                f"`{name.text}` is nearly the name of `{kind} {first.text}`",
                "only capital letters or underscores differ",
                labels=(Label(first.span, "the other one"),),
                help="give one of them a name that tells what it is for",
            )


def _example(name: str) -> str:
    return script(f"""\
step closing_time
    say "Thank you for calling."
    go to {name}

step {name}
    say "We close at noon."
    go to sorry
""")


RULE = Rule(
    code="IVR113",
    name="names-alike",
    severity="warning",
    check=check,
    bad=_example("closingtime"),
    good=_example("early_closing"),
)
