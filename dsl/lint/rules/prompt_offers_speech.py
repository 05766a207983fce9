"""A text tells the caller to say something, and nothing listens for words.

"Press or say 1", and the menu has no phrases: the caller talks to a machine that only hears keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import heard, part, written
from dsl.lint.input import hears_words
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword

# "press 1 or say billing", "say billing" at the start of a sentence or behind a comma; not "we are sorry to say".
_OFFER = {
    "en": re.compile(r"(?:\bor\s+|[.,:;?!]\s*|^)(?:please\s+|just\s+|simply\s+)?(say|speak)\b", re.I),
    "es": re.compile(r"(?:\bo\s+|[.,:;?!]\s*|^)(?:por favor,?\s+)?(diga|di)\b", re.I),
    "fr": re.compile(r"(?:\bou\s+|[.,:;?!]\s*|^)(?:veuillez\s+)?(dites|dire)\b", re.I),
    "de": re.compile(r"(?:\boder\s+|[.,:;?!]\s*|^)(?:bitte\s+)?(sagen\s+sie)\b", re.I),
}


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect) or block.broken:
            continue
        if hears_words(block) or any(key.phrases for key in program.keys_of(block)):
            continue
        for each in heard(program, block):
            offer = _OFFER.get(each.language[:2]) if each.use in ("prompt", "reprompt") else None
            match = offer.search(written(program, each.text)) if offer else None
            if match is not None:
                yield RULE.at(
                    program.source,
                    part(each.text, match, 1),
                    f"the text asks the caller to speak, but `{keyword(block)} {block.name.text}` only hears keys",
                    "no one listens for words",
                    help='give the options phrases, such as `press 1 or say "billing"`, or change the text'
                    if isinstance(block, Menu)
                    else "write `listen for speech or keys`, or change the text",
                )


RULE = Rule(
    code="IVR414",
    name="prompt-offers-speech",
    severity="warning",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1 or say billing."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1 or say billing."
    press 1 or say "billing" -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
