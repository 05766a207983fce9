"""A translation has other digits than the text.

Callers of one language press another key than the others for the same thing, or hear another telephone number. It
happens when a menu is changed in one language only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Prompts, Text, Words
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.spell import listed

_DIGITS = re.compile(r"\d+")


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        if not isinstance(declaration, Prompts):
            continue
        for line in declaration.translations:
            wanted = _digits(line.text)
            for text in line.translations:
                found = _digits(text)
                lost, more = sorted(wanted - found), sorted(found - wanted)
                if not lost or not more:
                    continue  # one of them may spell a number out
                yield RULE.at(
                    context.program.source,
                    text.span,
                    f"the translation has {listed(more, 'and')} instead of {listed(lost, 'and')}",
                    "other digits than in the text",
                    labels=(Label(line.text.span, "the text"),),
                    help="write the same numbers in both",
                )


def _digits(text: Text) -> set[str]:
    return {each for part in text.parts if isinstance(part, Words) for each in _DIGITS.findall(part.text)}


def _example(key: int) -> str:
    return f"""\
ivr 1
flow main
    language en-US
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    language es-US
    go to sorry

step sorry
    say "Our fax has the extension 24. Goodbye."
    hang up

prompts es-US
    "Our fax has the extension 24. Goodbye." = "Nuestro fax tiene la extensión {key}. Adiós."
"""


RULE = Rule(
    code="IVR714",
    name="digits-differ",
    severity="warning",
    check=check,
    bad=_example(42),
    good=_example(24),
)
