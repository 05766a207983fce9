"""A confirmation does not say how to answer it.

1 accepts what was understood and 2 asks again. A caller who is not told so says "yes" into a line that waits for a key,
or stays silent, and it counts as a failed try.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.texts import Spoken
from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import in_languages, written
from dsl.lint.keys import is_read, numbers_said
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect | Menu) or block.confirm is None:
            continue
        for each in in_languages(context.program, Spoken(block.confirm, "confirm")):
            said = numbers_said(written(context.program, each.text), each.language)
            missing = [key for key in "12" if key not in said]
            if is_read(each.language) and missing:
                where = f"{keyword(block)} {block.name.text}"
                yield RULE.at(
                    context.program.source,
                    each.text.span,
                    f"the confirmation of `{where}` does not name the key {listed(missing, 'and')}",
                    "how to answer is not said",
                    help="add what to press, such as `If this is right, press 1. If not, press 2.`",
                )


def _example(keys: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your eight digit account number."
    digits 8
    confirm "You entered {{number as digits}}. {keys}"
    no input "I did not get any digits."
    no match "An account number has eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR322",
    name="confirm-without-keys",
    severity="warning",
    check=check,
    bad=_example("Is that right?"),
    good=_example("If this is right, press 1. If not, press 2."),
)
