"""The same text is said twice in a row.

It was copied and never changed. A caller believes that the line hangs, or that something was missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dsl.ast import Collect, Menu, Prompt, Say, Step
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import whole_line


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        lines: list[object] = []
        if isinstance(block, Step):
            lines = list(block.statements)
        elif isinstance(block, Menu | Collect):
            lines = list(block.prompts)
        for one, two in pairwise(lines):
            if not isinstance(one, Say | Prompt) or not isinstance(two, Say | Prompt) or one.language != two.language:
                continue
            first = one.text if isinstance(one, Say) else one.content
            second = two.text if isinstance(two, Say) else two.content
            if first.plain.split() == second.plain.split() and first.plain.strip():
                yield RULE.at(
                    source,
                    second.span,
                    "the same text is said twice in a row",
                    "once more",
                    labels=(Label(first.span, "said here"),),
                    help="take one of them out",
                    fix=Fix("take the line out", (Edit(whole_line(source, two.span), ""),), "safe"),
                )


def _example(second: str) -> str:
    return script(f"""\
step welcome
    say "Thank you for calling."
    say "{second}"
    go to sorry
""")


RULE = Rule(
    code="IVR425",
    name="said-twice",
    severity="warning",
    check=check,
    bad=_example("Thank you for calling."),
    good=_example("We are glad to hear from you."),
)
