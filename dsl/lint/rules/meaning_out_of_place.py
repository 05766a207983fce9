"""`menu.meaning` is used where there is none.

It is what a menu believes to have understood while it asks whether that is right, in its `confirm`. Before that nothing
is understood, and afterwards the call is where the option leads: a sentence with it could not be said.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.given import MEANING
from dsl.ast import Hole, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import holes, variables
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    if not any(isinstance(block, Menu) and block.confirm is not None for block in context.program.blocks.values()):
        return  # then there is no such value at all, which has a message of its own
    for declaration in context.program.declarations():
        confirm = declaration.confirm if isinstance(declaration, Menu) else None
        allowed = {part.span for part in confirm.parts if isinstance(part, Hole)} if confirm is not None else set()
        found = [hole.span for hole in holes(declaration) if _is(hole.path, hole.span, allowed)]
        uses = [Span(span.start + 1, span.end - 1) for span in found]
        uses += [each.span for each in variables(declaration) if _is(each.path, each.span, allowed)]
        for span in uses:
            yield RULE.at(
                context.program.source,
                span,
                f"`{MEANING}` has no value here",
                "only a `confirm` of a menu has it",
                help="write the words themselves: the block that an option leads to knows what was meant",
            )


def _is(path: tuple[str, ...], span: Span, allowed: set[Span]) -> bool:
    return ".".join(path) == MEANING and span not in allowed


def _example(text: str) -> str:
    return script(f"""\
menu main_menu
    prompt "What are you calling about? You can also press 1 for billing."
    press 1 or means "billing question" -> billing
    confirm "Is it about a {{menu.meaning}}? If so, press 1. If not, press 2."
    no input "I did not hear anything."
    no match "I did not understand that."
    after 3 tries -> sorry

step billing
    say "{text}"
    go to sorry
""")


RULE = Rule(
    code="IVR335",
    name="meaning-out-of-place",
    severity="error",
    check=check,
    bad=_example("You have a {menu.meaning}."),
    good=_example("You have a question about a bill."),
)
