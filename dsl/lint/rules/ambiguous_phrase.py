"""Two choices share a phrase.

Who says it gets the first of them, and the other one cannot be spoken to. Phrases are compared as they sound: case and
punctuation do not count. Keys that hold anywhere in the flow have phrases, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, Declaration, Flow, Menu, Text
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, meanings, phrases


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        first: dict[str, Text] = {}
        for phrase in (*_anywhere(context, declaration), *phrases(declaration), *meanings(declaration)):
            sound = sound_of(phrase)
            if sound and first.setdefault(sound, phrase) is not phrase:
                yield RULE.at(
                    context.program.source,
                    phrase.span,
                    f"the phrase `{phrase.plain}` is used twice in `{keyword(declaration)} {declaration.name.text}`",
                    "a second time",
                    labels=(Label(first[sound].span, "first used here"),),
                    help="take one of them out, or choose words that sound different",
                )


def sound_of(phrase: Text) -> str:
    """What is compared: the words alone."""
    return " ".join(re.findall(r"\w+", phrase.plain.casefold()))


def _anywhere(context: Context, declaration: Declaration) -> Iterator[Text]:
    """The phrases of the flow that hold in a block, those of keys to which the block leads itself left out."""
    if isinstance(declaration, Flow) or not isinstance(declaration, Menu | Collect):
        return
    own = [option.destination for option in declaration.options] if isinstance(declaration, Menu) else []
    places = {context.program.source.slice(destination.span) for destination in own}
    for key in context.program.keys_of(declaration):
        if context.program.source.slice(key.destination.span) not in places:
            yield from key.phrases


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
