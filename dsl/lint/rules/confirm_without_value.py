"""A confirmation does not say what it is about.

"Is that right?" can only be answered by somebody who knows what was understood. The value belongs into the text:
`confirm "You entered {account as digits}. …"`, in a menu `confirm "Is it about a {menu.meaning}? …"`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.given import MEANING
from dsl.ast import Collect, Hole, Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Menu) and block.confirm is not None and block.understands:
            yield from _menu(context, block)
        if not isinstance(block, Collect) or block.confirm is None or block.into is None or block.secret:
            continue  # a secret is never said
        named = {part.path[0] for part in block.confirm.parts if isinstance(part, Hole)}
        if block.into.text not in named:
            yield RULE.at(
                context.program.source,
                block.confirm.span,
                f"the confirmation of `collect {block.name.text}` does not say the value",
                f"nothing of `{block.into.text}`",
                labels=(Label(block.into.span, "the value"),),
                help=f"put it in: `{{{block.into.text}}}`, with `as` and how it is read out",
            )


def _menu(context: Context, menu: Menu) -> Iterator[Diagnostic]:
    holes = {".".join(part.path) for part in menu.confirm.parts if isinstance(part, Hole)} if menu.confirm else set()
    if menu.confirm is not None and MEANING not in holes:
        yield RULE.at(
            context.program.source,
            menu.confirm.span,
            f"the confirmation of `menu {menu.name.text}` does not say what was understood",
            f"nothing of `{MEANING}`",
            help=f"put it in: `{{{MEANING}}}`",
        )


def _example(text: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your eight digit account number."
    digits 8
    confirm "{text} If this is right, press 1. If not, press 2."
    no input "I did not get any digits."
    no match "An account number has eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR321",
    name="confirm-without-value",
    severity="warning",
    check=check,
    bad=_example("Thank you."),
    good=_example("You entered {number as digits}."),
)
