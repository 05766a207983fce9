"""A translation is the same as the text.

The line was copied and never translated. Nothing seems to be missing, until a caller hears an English sentence in a
Spanish voice. Names and other short texts may well be the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Prompts
from dsl.diagnostics import Diagnostic
from dsl.lint.heard import words
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.holes_differ import _example

LEAST = 4
"""Words. Shorter texts are often the same in two languages."""


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        if not isinstance(declaration, Prompts):
            continue
        if declaration.name.text[:2] == context.program.language[:2]:
            continue  # British and American callers hear most texts alike
        for line in declaration.translations:
            for text in line.translations:
                if text.plain == line.text.plain and words(text) >= LEAST:
                    yield RULE.at(
                        context.program.source,
                        text.span,
                        f"this text is not translated into `{declaration.name.text}`",
                        "the same as the text",
                        help="translate it, or take the line out so that it counts as missing",
                    )


RULE = Rule(
    code="IVR710",
    name="copied-translation",
    severity="warning",
    check=check,
    bad=_example("You call from {caller.number as phone}."),
    good=_example("Usted llama desde el {caller.number as phone}."),
)
