"""A caller whose attempts are used up is hung up on.

Whoever cannot cope with the menu is the one who needs a person most. `after N tries` hands over: to a desk, a
colleague, or at least a step that says what to do instead. A first silence that ends the call politely, with a
sentence, is allowed: `after 1 silence "Goodbye." -> hang up`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import After, Collect, Finish, GoTo, HangUp, Menu, Repeat
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect):
            continue
        for after in block.afters:
            # A lock after failed checks may end the call, too: whoever guesses PINs is not to be handed over.
            polite = after.what in ("silences", "failed", "limit") and after.say is not None
            if isinstance(after.destination, Finish | HangUp) and not polite:
                yield RULE.at(
                    context.program.source,
                    after.destination.span,
                    "exhausted attempts hang up on the caller",
                    "ends the call",
                    help="hand over to a block, such as a `transfer` or a `step` that says what to do instead",
                )
            elif _back(after, block):
                yield RULE.at(
                    context.program.source,
                    after.destination.span,
                    f"exhausted attempts lead back into the same `{keyword(block)}`",
                    "the counting would begin again",
                    help="hand over to another block",
                )


def _back(after: After, block: Menu | Collect) -> bool:
    if isinstance(after.destination, Repeat):
        return isinstance(block, Menu)
    return isinstance(after.destination, GoTo) and after.destination.target.text == block.name.text


RULE = Rule(
    code="IVR216",
    name="exhausted-attempts-hang-up",
    severity="error",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> hang up
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
