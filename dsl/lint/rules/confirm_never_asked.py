"""A menu has a confirmation, and nothing to confirm.

A key and a phrase are certain. Only what is understood from a sentence may be doubtful, and no option of this menu
`means` anything: nobody ever hears the confirmation.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if isinstance(menu, Menu) and menu.confirm is not None and not menu.understands and not menu.broken:
            yield RULE.at(
                context.program.source,
                menu.confirm.span,
                f"`menu {menu.name.text}` never asks this",
                "no option `means` anything",
                help='take it out, or let an option mean something, such as `press 1 or means "billing question"`',
            )


def example(option: str, confirm: str) -> str:
    """A script with a menu."""
    return script(f"""\
menu main_menu
    prompt "What are you calling about? You can also press 1 for billing."
    press 1 or {option} -> sorry
    confirm "{confirm} If so, press 1. If not, press 2."
    no input "I did not hear anything."
    no match "I did not understand that."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR334",
    name="confirm-never-asked",
    severity="warning",
    check=check,
    bad=example('say "billing"', "Is it about billing?"),
    good=example('means "billing question"', "Is it about a {menu.meaning}?"),
)
