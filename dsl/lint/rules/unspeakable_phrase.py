"""A phrase has signs that nobody says.

The recogniser compares words. `24/7` or `Q&A` is written so, and said "twenty-four seven" and "Q and A": a caller who
says it is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import part, written
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import phrases

_SIGN = re.compile(r"[&/@#*+%=<>|_()\[\]~^]")


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for phrase in phrases(declaration):
            sign = _SIGN.search(written(context.program, phrase))
            if sign is not None:
                yield RULE.at(
                    context.program.source,
                    part(phrase, sign),
                    f"the phrase `{phrase.plain}` cannot be said as it is written",
                    "no word",
                    help="write the words that callers say",
                )


def _example(phrase: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For questions and answers, press 1 or say questions."
    press 1 or say "questions", "{phrase}" -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR313",
    name="unspeakable-phrase",
    severity="warning",
    check=check,
    bad=_example("Q&A"),
    good=_example("Q and A"),
)
