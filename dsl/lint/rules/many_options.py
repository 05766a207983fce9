"""A menu offers more than five choices.

People keep three or four choices in mind while they listen. With six or more they forget the first ones, or take one
that sounds near enough, and have to be transferred again. Hidden choices and `repeat` do not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Menu, Repeat
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

MOST = 5


def check(context: Context) -> Iterator[Diagnostic]:
    for menu in context.program.declarations():
        if not isinstance(menu, Menu):
            continue
        offered = [each for each in menu.options if not each.hidden and not isinstance(each.destination, Repeat)]
        if len(offered) > MOST:
            first = offered[MOST]
            span = first.keys[0].span if first.keys else first.phrases[0].span
            yield RULE.at(
                context.program.source,
                span,
                f"`menu {menu.name.text}` offers {len(offered)} choices",
                f"the choice number {MOST + 1}",
                labels=(Label(menu.name.span, f"more than {MOST} to keep in mind"),),
                help="put those together that go to the same people, or divide the menu",
            )


def _example(count: int) -> str:
    keys = range(1, count + 1)
    prompt = " ".join(f"For part {key}, press {key}." for key in keys)
    options = "".join(f"    press {key} -> sorry\n" for key in keys)
    return script(f"""\
menu main_menu
    prompt "{prompt}"
{options}    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR404",
    name="many-options",
    severity="warning",
    check=check,
    bad=_example(6),
    good=_example(5),
)
