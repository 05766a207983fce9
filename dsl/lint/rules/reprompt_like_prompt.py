"""A reprompt says the same as the prompt.

Without a `reprompt` the prompt is heard again anyway. A caller who did not cope with it the first time needs other,
and fewer, words.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import whole_line


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect) or len(block.prompts) != 1:
            continue
        prompt = block.prompts[0]
        for again in block.reprompts:
            if again.file == prompt.file and again.content.plain.split() == prompt.content.plain.split():
                # With several reprompts the others would move up one attempt: a person has to look.
                alone = len(block.reprompts) == 1 and again.interruptible == prompt.interruptible
                line = Edit(whole_line(source, again.span), "")
                yield RULE.at(
                    source,
                    again.content.span,
                    "the reprompt says the same as the prompt",
                    "the same words",
                    labels=(Label(prompt.content.span, "the prompt"),),
                    help="say it in fewer words, or take the line out",
                    fix=Fix("take the line out", (line,), "safe" if alone else "unsafe"),
                )


RULE = Rule(
    code="IVR319",
    name="reprompt-like-prompt",
    severity="warning",
    check=check,
    bad=script("""\
menu main_menu
    prompt   "For billing, press 1."
    reprompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu main_menu
    prompt   "For billing, press 1."
    reprompt "Press 1, or stay on the line."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
