"""The key 0 leads away from the people that the menu offers.

For decades 0 has been the key for a person. Callers press it without listening; here it leads to something that no
person takes, while another key of the same menu is the way to one.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import GoTo, Menu, Repeat
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.people import is_person, leading_to, leads_to
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return
    served = leading_to(program, is_person)
    for menu in program.blocks.values():
        if not isinstance(menu, Menu):
            continue
        zero = next(((key, option) for option in menu.options for key in option.keys if key.text == "0"), None)
        if zero is None or not isinstance(zero[1].destination, GoTo | Repeat) or leads_to(zero[1].destination, served):
            continue
        people = [option for option in menu.options if _is_at_once(context, option.destination)]
        if people:
            yield RULE.at(
                program.source,
                zero[0].span,
                f"`press 0` of `menu {menu.name.text}` does not lead to a person",
                "callers press it to be connected",
                labels=(Label(people[0].destination.span, "a person is here"),),
                help="give 0 to the choice that connects, and another key to this one",
            )


def _is_at_once(context: Context, destination: object) -> bool:
    if not isinstance(destination, GoTo):
        return False
    block = context.program.blocks.get(destination.target.text)
    return block is not None and is_person(block)


def _example(first: str, second: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For our address, press {first}. For an agent, press {second}."
    press {first} -> sorry
    press {second} -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")


RULE = Rule(
    code="IVR302",
    name="zero-not-operator",
    severity="warning",
    check=check,
    bad=_example("0", "1"),
    good=_example("1", "0"),
)
