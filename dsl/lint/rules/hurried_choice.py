"""A menu waits less than three seconds for a choice.

Callers listen to the end, take the telephone from the ear and look for the key. Many are slower than two seconds, older
people above all; they hear that they have said nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.limits import KEYS_FIRST
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead

LEAST = 3
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu) or menu.first is None or not menu.first.unit:
            continue
        if KEYS_FIRST.least <= menu.first.seconds < LEAST:
            yield RULE.at(
                context.program.source,
                menu.first.span,
                f"`menu {menu.name.text}` gives callers {menu.first.seconds:g} s to choose",
                "too short for many",
                help="write `5s`",
                fix=instead(menu.first.span, "5s", safe=False),
            )


def _example(first: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    first within {first}
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR332",
    name="hurried-choice",
    severity="warning",
    check=check,
    bad=_example("2s"),
    good=_example("5s"),
)
