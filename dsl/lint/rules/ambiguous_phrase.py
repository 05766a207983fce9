"""Two options of a menu share a phrase.

Who says it gets the first of them, and the other one cannot be spoken to. Phrases are compared as they sound: case and
punctuation do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Menu, Text
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu):
            continue
        first: dict[str, Text] = {}
        for phrase in (phrase for option in menu.options for phrase in option.phrases):
            sound = " ".join(re.findall(r"\w+", phrase.plain.casefold()))
            if sound and first.setdefault(sound, phrase) is not phrase:
                yield RULE.at(
                    context.program.source,
                    phrase.span,
                    f"the phrase `{phrase.plain}` is used twice in `menu {menu.name.text}`",
                    "a second time",
                    labels=(Label(first[sound].span, "first used here"),),
                    help="take one of them out, or choose words that sound different",
                )


RULE = Rule(
    code="IVR303",
    name="ambiguous-phrase",
    severity="error",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1 or say billing. For an agent, press 0 or say agent."
    press 1 or say "billing", "my bill"    -> sorry
    press 0 or say "agent", "My bill"      -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1 or say billing. For an agent, press 0 or say agent."
    press 1 or say "billing", "my bill"    -> sorry
    press 0 or say "agent", "operator"     -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
