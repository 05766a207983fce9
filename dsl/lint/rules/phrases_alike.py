"""Two choices have phrases that sound almost the same.

A recogniser hears them over a telephone line, with traffic behind the caller. Where one letter makes the difference,
some callers come to the wrong place and do not know why.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import DamerauLevenshtein

from dsl.ast import Menu, Text
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.ambiguous_phrase import sound_of

ALIKE = 0.79
"""At most one letter in five differs; a little less than 0.8, which is no exact number in a computer."""

SHORTEST = 4
"""Letters. Shorter words are told apart by their vowels; letters say little about them."""


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if isinstance(menu, Menu):
            yield from _pairs(context, menu)


def _pairs(context: Context, menu: Menu) -> Iterator[Diagnostic]:
    earlier: list[tuple[str, Text, str]] = []
    for option in menu.options:
        place = context.program.source.slice(option.destination.span)
        for phrase in option.phrases:
            sound = sound_of(phrase)
            for other, first, other_place in earlier:
                if place != other_place and _alike(sound, other):
                    yield RULE.at(
                        context.program.source,
                        phrase.span,
                        f"`{phrase.plain}` and `{first.plain}` sound almost the same",
                        "a recogniser can take one for the other",
                        labels=(Label(first.span, "leads somewhere else"),),
                        help="choose a word that sounds different for one of them",
                    )
                    break
        earlier += [(sound_of(phrase), phrase, place) for phrase in option.phrases]


def _alike(a: str, b: str) -> bool:
    if a == b or min(len(a), len(b)) < SHORTEST:
        return False  # the same phrase twice is an error with a message of its own
    return DamerauLevenshtein.normalized_similarity(a, b, score_cutoff=ALIKE) >= ALIKE


def _example(phrase: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For billing, press 1 or say billing. For {phrase}, press 2 or say {phrase}."
    press 1 or say "billing" -> sorry
    press 2 or say "{phrase}" -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")


RULE = Rule(
    code="IVR312",
    name="phrases-alike",
    severity="warning",
    check=check,
    bad=_example("filling"),
    good=_example("support"),
)
