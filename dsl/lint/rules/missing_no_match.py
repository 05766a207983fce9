"""A block that asks has no sentence for a wrong key.

The question would simply be heard again, and the caller does not learn why. A sentence of its own, such as `no match
"That is not one of the choices."`, tells what went wrong before the question is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect) or block.broken or block.no_match is not None or not block.afters:
            continue
        if any(after.count.value <= 1 and after.what in ("tries", "wrong") for after in block.afters):
            continue  # the first one already leads away
        yield RULE.at(
            context.program.source,
            block.name.span,
            f"`{keyword(block)} {block.name.text}` has no `no match`",
            "a caller who pressed something else hears no reason",
            help='add `no match "That is not one of the choices."`, in your words',
        )


RULE = Rule(
    code="IVR317",
    name="missing-no-match",
    severity="warning",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    after 3 tries -> sorry
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
