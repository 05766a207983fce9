"""A choice wants more than one key.

A menu, a queue and a flow listen for a single key: with `press 12` the caller would be taken at `1`. And in a menu
with phrases the host's recogniser knows one key for each option.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.keys import KEYS
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.unusable_key import keys_of
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for menu in context.program.declarations():
        for key in keys_of(menu):
            if key.text.isdigit() and key.text not in KEYS:
                yield RULE.at(
                    source,
                    key.span,
                    f"`press {key.text}` is more than one key",
                    f"a {keyword(menu)} takes one key",
                    help="give the option a key of its own, or ask for digits in a `collect`",
                )
        if not isinstance(menu, Menu):
            continue
        free = menu.phrases_anywhere or menu.understands
        choices = any(option.phrases for option in menu.options) and not free
        for option in menu.options:
            if choices and len(option.keys) > 1:
                yield RULE.at(
                    source,
                    option.keys[1].span,
                    "an option with several keys stands in a menu with phrases",
                    "the host takes one key for an option",
                    labels=(Label(option.keys[0].span, "the first key"),),
                    help="keep one key, or write `phrases anywhere` in the menu",
                )


RULE = Rule(
    code="IVR316",
    name="several-keys",
    severity="error",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, choose twelve."
    press 12 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
