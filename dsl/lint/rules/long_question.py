"""A question takes more than 25 seconds.

The first choices are forgotten when the last one is heard, and callers who know theirs have no patience. The time is
reckoned at 0.35 s a word, in each language.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import asked, seconds
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.text_too_long import LIMIT
from dsl.lint.walk import keyword

MOST = 25.0
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect):
            continue
        for _, texts in asked(context.program, block):
            spoken = [each.text for each in texts if len(each.text.plain) <= LIMIT]
            long = sum(map(seconds, spoken))
            if long > MOST:
                yield RULE.at(
                    context.program.source,
                    max(spoken, key=seconds).span,
                    f"the question of `{keyword(block)} {block.name.text}` lasts {long:.0f} s",
                    f"more than {MOST:.0f} s before a caller can have heard it all",
                    help="say less, or divide it: the caller can ask for more",
                )


_MORE = """\
    prompt "You can ask us for the opening hours of each of our shops, and for the way to the one that is nearest."
    prompt "We can tell you where your parcel is, when it will come, and how you change the day on which we deliver."
    prompt "If something is broken or missing, we send you another one and a label with which the old one comes back."
    prompt "And if you would like to work with us, we have a place for you in most of our shops."
"""


def _example(more: str) -> str:
    return script(f"""\
menu main_menu
{more}    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR426",
    name="long-question",
    severity="warning",
    check=check,
    bad=_example(_MORE),
    good=_example(""),
)
