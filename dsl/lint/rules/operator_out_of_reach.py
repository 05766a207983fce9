"""A menu has no way to a person, although the script knows some.

Whoever does not find their case among the choices, or cannot cope with the menu, needs somebody to talk to. From this
menu no choice and no number of tries leads to a `transfer` or a `queue`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.people import is_person, leading_to
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, keyword


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    person = next((block for block in program.blocks.values() if is_person(block)), None)
    if person is None or not complete(program):
        return
    served = leading_to(program, is_person)
    for name, menu in program.blocks.items():
        owner = program.owner(menu)
        if not isinstance(menu, Menu) or name in served or (owner is not None and owner.is_sub):
            continue  # behind a sub-flow the call goes on where it was run
        yield RULE.at(
            program.source,
            menu.name.span,
            f"from `menu {name}` no caller can come to a person",
            "neither a choice nor a limit leads to one",
            labels=(Label(person.name.span, f"the script has `{keyword(person)} {person.name.text}`"),),
            help=f"add an option for it, or lead there after the tries: `after 3 tries -> {person.name.text}`",
        )


_HEAD = """\
step welcome
    when switch staffed is on -> desk
    go to main_menu

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

menu main_menu
    prompt "For our address, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
"""

RULE = Rule(
    code="IVR217",
    name="operator-out-of-reach",
    severity="warning",
    check=check,
    bad=script(f"{_HEAD}    after 3 tries -> sorry\n"),
    good=script(f"{_HEAD}    after 3 tries -> desk\n"),
)
