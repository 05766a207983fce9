"""A key does not exist, or two options share it.

A telephone has the keys `0` to `9`, `*` and `#`. When two options share one, the caller gets the first of them,
whatever the prompt says.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu, Name
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.keys import KEYS, key_named, keys_named
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead, spoken


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu):
            continue
        first: dict[str, Name] = {}
        for key in (key for option in menu.options for key in option.keys):
            if key.text in KEYS and first.setdefault(key.text, key) is not key:
                yield _twice(context, menu, key, first[key.text])
            elif key.text not in KEYS and not key.text.isdigit():
                yield _no_key(context, key)


def _twice(context: Context, menu: Menu, key: Name, first: Name) -> Diagnostic:
    source = context.program.source
    taken = {other.text for option in menu.options for other in option.keys}
    named = [each for text in spoken(menu) for each in keys_named(source.slice(text.text.span)) if each not in taken]
    free = [each for each in "1234567890" if each not in taken]
    if named and context.program.language.startswith("en"):
        advice = f"did you mean `{named[0]}`, which the prompt names?"
    else:
        advice = f"`{free[0]}` is free" if free else "no key is free: divide the menu"
    return RULE.at(
        source,
        key.span,
        f"the key `{key.text}` is used twice in `menu {menu.name.text}`",
        "a second time",
        labels=(Label(first.span, "first used here"),),
        help=advice,
    )


def _no_key(context: Context, key: Name) -> Diagnostic:
    meant = key_named(key.text)
    return RULE.at(
        context.program.source,
        key.span,
        f"`{key.text}` is not a key of a telephone",
        "not a key",
        help=f"write `{meant}`" if meant else "the keys are `0` to `9`, `*` and `#`",
        fix=instead(key.span, meant) if meant else None,
    )


RULE = Rule(
    code="IVR301",
    name="unusable-key",
    severity="error",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1. For support, press 2."
    press 1 -> sorry
    press 2 -> sorry
    press 2 -> desk
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
    prompt "For billing, press 1. For support, press 2."
    press 1 -> sorry
    press 2 -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
