"""A caller is asked the same more than five times.

Who has failed five times will fail a sixth time, and hears the question again instead of a person. Two or three tries
are usual; each one costs the caller about ten seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead

MOST = 5


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect):
            continue
        for after in block.afters:
            if after.what == "tries" and after.count.value > MOST:
                yield RULE.at(
                    context.program.source,
                    after.count.span,
                    f"`{block.name.text}` asks {after.count.value} times before it hands over",
                    f"more than {MOST}",
                    help="write `after 3 tries`, and lead to somebody who can help",
                    fix=instead(after.count.span, "3", safe=False),
                )


RULE = Rule(
    code="IVR211",
    name="many-tries",
    severity="warning",
    check=check,
    bad=script("""\
menu main_menu
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 10 tries -> sorry
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
