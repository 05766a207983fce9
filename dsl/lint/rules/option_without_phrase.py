"""A choice of a spoken menu cannot be spoken.

Callers who have begun to talk go on talking. This choice has a key only, while the others have phrases: whoever says it
hears that this is not one of the choices.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu) or menu.broken:
            continue
        spoken = next((option for option in menu.options if option.phrases), None)
        for option in menu.options if spoken is not None else ():
            digits = [key for key in option.keys if key.text.isdecimal()]
            if digits and not (option.phrases or option.meanings or option.hidden) and spoken is not None:
                yield RULE.at(
                    context.program.source,
                    digits[0].span,
                    f"`press {digits[0].text}` of `menu {menu.name.text}` has no phrase although others have one",
                    "only a key",
                    labels=(Label(spoken.phrases[0].span, "this one has a phrase"),),
                    help=f'add what callers say: `press {digits[0].text} or say "…"`',
                )


def _example(option: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For billing, press 1 or say billing. For support, press 2 or say support."
    press 1 or say "billing" -> sorry
    press 2 or say "support" -> sorry
    press 3{option} -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""").replace("say support.", "say support. For news, press 3.")


RULE = Rule(
    code="IVR311",
    name="option-without-phrase",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(' or say "news"'),
)
