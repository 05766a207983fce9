"""A caller has to choose more than three times.

Each menu costs about ten seconds and loses callers. Behind a third menu most have forgotten what they chose in the
first one; a fourth is better a question to a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import GoTo, Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

MOST = 3


def check(context: Context) -> Iterator[Diagnostic]:
    """The fewest menus on a way to each menu: breadth first, where only a menu counts."""
    program = context.program
    depth: dict[str, int] = {}
    came: dict[str, Menu] = {}
    level = [program.entry]
    above = 0
    while level and above <= MOST:
        menus: list[Menu] = []
        for name in level:
            block = program.blocks.get(name)
            if block is None or name in depth:
                continue
            depth[name] = above
            if isinstance(block, Menu):
                menus.append(block)
                continue
            level += program.targets(block)
        if above == MOST:
            yield from (_finding(context, menu, came.get(menu.name.text)) for menu in menus)
        level = []
        for menu in menus:
            for edge in program.edges(menu):
                if isinstance(edge.destination, GoTo):
                    came.setdefault(edge.destination.target.text, menu)
                    level.append(edge.destination.target.text)
        above += 1


def _finding(context: Context, menu: Menu, before: Menu | None) -> Diagnostic:
    return RULE.at(
        context.program.source,
        menu.name.span,
        f"`menu {menu.name.text}` is at least the fourth choice of a caller",
        f"behind {MOST} other menus",
        labels=(Label(before.name.span, "the choice before"),) if before is not None else (),
        help="lead more choices from the first menu, or hand over to a person",
    )


def _menu(name: str, after: str) -> str:
    return f"""\
menu {name}
    prompt "For more, press 1."
    press 1 -> {after}
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

"""


RULE = Rule(
    code="IVR219",
    name="deep-menu",
    severity="warning",
    check=check,
    bad=script(
        "".join(
            (_menu("first", "second"), _menu("second", "third"), _menu("third", "fourth"), _menu("fourth", "sorry"))
        )
    ),
    good=script("".join((_menu("first", "second"), _menu("second", "third"), _menu("third", "sorry")))),
)
