"""Some options of a spoken menu have a key and others have none.

The host's recogniser takes a menu in which every option has a key, or none has one; it refuses a mixture, and the
caller would hear an apology instead of the menu. With `phrases anywhere`, or where an option `means` something, the
words are matched by the script's own rules, and the mixture is allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu) or menu.phrases_anywhere or menu.understands or menu.broken:
            continue
        with_key = [option for option in menu.options if option.keys]
        without = [option for option in menu.options if not option.keys]
        if not with_key or not without:
            continue
        taken = {key.text for option in with_key for key in option.keys}
        free = next((key for key in "1234567890" if key not in taken), None)
        yield RULE.at(
            context.program.source,
            without[0].phrases[0].span,
            f"an option of `menu {menu.name.text}` has no key although others have one",
            "only a phrase",
            labels=(Label(with_key[0].keys[0].span, "this one has a key"),),
            help=f"give every option a key, such as `press {free} or say …`" if free else "give every option a key",
        )


RULE = Rule(
    code="IVR309",
    name="keyless-option",
    severity="error",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1 or say billing. For an agent, say agent."
    press 1 or say "billing" -> sorry
    say "agent"              -> desk
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
    press 1 or say "billing" -> sorry
    press 0 or say "agent"   -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
