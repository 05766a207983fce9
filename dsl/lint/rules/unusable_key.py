"""A key does not exist, or two options share it.

A telephone has the keys `0` to `9`, `*` and `#`. When two options of a menu, of a queue or of a flow share one, the
caller gets the first of them, whatever the prompt says. Only a queue may offer the same way by the same key twice, at
two times or on two conditions.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Declaration, Flow, Menu, Name, Queue, Voicemail
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.keys import KEYS, key_named, keys_named
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead, keyword, spoken


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        first: dict[str, Name] = {}
        for key in keys_of(declaration):
            if _same_offer(context, declaration, key, first.get(key.text)):
                continue
            if key.text in KEYS and first.setdefault(key.text, key) is not key:
                yield _twice(context, declaration, key, first[key.text])
            elif key.text not in KEYS and not key.text.isdigit():
                yield _no_key(context, key)


def _same_offer(context: Context, declaration: Declaration, key: Name, first: Name | None) -> bool:
    """Whether a queue offers the same way by the same key again: at another time, or on another condition."""
    if not isinstance(declaration, Queue) or first is None:
        return False
    slices = {
        context.program.source.slice(option.destination.span)
        for option in declaration.options
        if option.key in (key, first)
    }
    return len(slices) == 1


def keys_of(declaration: Declaration) -> tuple[Name, ...]:
    """The keys that a declaration gives a meaning, as written."""
    match declaration:
        case Menu():
            return tuple(key for option in declaration.options for key in option.keys)
        case Queue():
            return tuple(option.key for option in declaration.options)
        case Flow():
            return tuple(key.key for key in declaration.keys)
        case Voicemail():
            return (declaration.stop_key,) if declaration.stop_key else ()
        case _:
            return ()


def _twice(context: Context, declaration: Declaration, key: Name, first: Name) -> Diagnostic:
    source, language = context.program.source, context.program.language
    taken = {other.text for other in keys_of(declaration)}
    texts = [source.slice(each.text.span) for each in spoken(declaration) if not each.language]
    named = [each for text in texts for each in keys_named(text, language) if each not in taken]
    free = [each for each in "1234567890" if each not in taken]
    if named:
        advice = f"did you mean `{named[0]}`, which the prompt names?"
    else:
        advice = f"`{free[0]}` is free" if free else "no key is free: divide the menu"
    return RULE.at(
        source,
        key.span,
        f"the key `{key.text}` is used twice in `{keyword(declaration)} {declaration.name.text}`",
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
