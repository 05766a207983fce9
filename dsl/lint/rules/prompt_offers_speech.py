"""A text tells the caller to say something, and nothing listens for words.

"Press or say 1", and the menu has no phrases: the caller talks to a machine that only hears keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, spoken
from dsl.source import Span

# "press 1 or say billing", "say billing" at the start of a sentence or behind a comma; not "we are sorry to say".
_OFFER = re.compile(r"(?:\bor\s+|[.,:;?!]\s*|^\")(?:please\s+|just\s+|simply\s+)?(say|speak)\b", re.I)


def check(context: Context) -> Iterator[Diagnostic]:
    if not context.program.language.startswith("en"):
        return
    source = context.program.source
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect) or block.broken:
            continue
        if isinstance(block, Menu) and any(option.phrases for option in block.options):
            continue
        for each in spoken(block):
            match = _OFFER.search(source.slice(each.text.span)) if each.use in ("prompt", "reprompt") else None
            if match is not None:
                start = each.text.span.start
                yield RULE.at(
                    source,
                    Span(start + match.start(1), start + match.end(1)),
                    f"the text asks the caller to speak, but `{keyword(block)} {block.name.text}` only hears keys",
                    "no one listens for words",
                    help='give the options phrases, such as `press 1 or say "billing"`, or change the text'
                    if isinstance(block, Menu)
                    else "change the text: a `collect` takes digits",
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
