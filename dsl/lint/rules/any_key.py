"""Callers are told to press any key, and most keys are wrong.

"Press any key to go on", and the menu takes 1 only: eleven of twelve callers hear that this is not one of the choices.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import found, part, patterns
from dsl.lint.keys import KEYS
from dsl.lint.rule import Context, Rule
from dsl.spell import listed

_ANY = patterns(
    en=r"\bpress any (?:key|button|number)\b",
    es=r"\b(?:oprima|presione|pulse) cualquier (?:tecla|botón|número)\b",
    fr=r"\bappuyez sur n['’]importe quelle touche\b",
    de=r"\bdrücken sie (?:bitte )?(?:eine beliebige|irgendeine) taste\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu) or menu.broken:
            continue
        keys = {key.text for option in menu.options for key in option.keys}
        if keys >= set("0123456789"):
            continue
        for each, match in found(context.program, menu, _ANY):
            if each.use != "say":
                there = [key for key in KEYS if key in keys]
                yield RULE.at(
                    context.program.source,
                    part(each.text, match),
                    f"`menu {menu.name.text}` does not take any key",
                    f"only {listed(there, 'and')}" if there else "it takes none",
                    help="name the key",
                )


def _example(key: str) -> str:
    return script(f"""\
menu go_on
    prompt "To go on, press {key}."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR435",
    name="any-key",
    severity="warning",
    check=check,
    bad=_example("any key"),
    good=_example("1"),
)
