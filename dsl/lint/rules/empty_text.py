"""A text has no words.

There is nothing to speak, and the host refuses a prompt that is empty; a phrase without words can never be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Hole, Prompts, Text
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import fixed, spoken

_HEARD = ("the name of a recording", "a phrase", "a meaning", "the name of a holiday")
"""What else stands in quotes to be heard or said; the rest, such as time zones and currencies, has rules of its own."""

_TAG = re.compile(r"<[^>]*>")


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        texts = [each.text for each in spoken(declaration)]
        texts += [text for text, what in fixed(declaration) if what in _HEARD]
        if isinstance(declaration, Prompts):
            texts += [text for line in declaration.translations for text in line.translations]
        for text in texts:
            if _is_empty(text):
                yield RULE.at(
                    context.program.source,
                    text.span,
                    "a text has no words",
                    "nothing can be heard here",
                    help="write what is meant, or take it out",
                )


def _is_empty(text: Text) -> bool:
    words = _TAG.sub("", text.plain)
    return not any(isinstance(part, Hole) for part in text.parts) and not any(c.isalnum() for c in words)


RULE = Rule(
    code="IVR401",
    name="empty-text",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say ""
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
