"""A name is not written in small letters.

Names are read by people who did not write them, in traces, reports and arrows. All of them look alike when they are
words in small letters with underscores between: `billing_menu`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, Name, Promise, Prompts, Set, Step, Test, Use
from dsl.ast import Declaration as AnyDeclaration
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

_GOOD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*_?")


def check(context: Context) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for declaration in context.program.declarations():
        for name in _names(declaration):
            if _GOOD.fullmatch(name.text) or name.text == "_" or name.text in seen:
                continue
            seen.add(name.text)
            snake = re.sub(r"_+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.text)).lower().strip("_")
            yield RULE.at(
                context.program.source,
                name.span,
                f"`{name.text}` is not written like the other names",
                "a name is small letters, digits and single underscores",
                help=f"call it `{snake}`" if snake else "give it a name in words",
            )


def _names(declaration: AnyDeclaration) -> Iterator[Name]:
    if isinstance(declaration, Use | Prompts | Test | Promise):
        return
    yield declaration.name
    if isinstance(declaration, Collect) and declaration.into is not None:
        yield declaration.into
    elif isinstance(declaration, Step):
        yield from (each.target for each in declaration.statements if isinstance(each, Set))


def _example(name: str) -> str:
    return script(f"""\
step {name}
    say "Thank you for calling."
    go to sorry
""")


RULE = Rule(
    code="IVR801",
    name="naming",
    severity="warning",
    check=check,
    bad=_example("firstWords"),
    good=_example("first_words"),
)
