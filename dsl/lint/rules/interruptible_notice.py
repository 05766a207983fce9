"""A notice that callers must have heard can be skipped.

"This call may be recorded" protects nobody when a key ends it after the second word. Prompts always give way to a key,
and sentences of a step do where a later block takes keys ahead; `cannot be interrupted` keeps them whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu, Prompt, Say, Step, Text
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.heard import fitting, part, patterns, written
from dsl.lint.rule import Context, Rule
from dsl.source import Span

_NOTICE = patterns(
    en=r"\b(?:(?:may|will|can|is|are|being) (?:be )?(?:being )?(?:recorded|monitored)|by law|"
    r"terms and conditions|legally required)\b",
    es=r"\b(?:grabad[ao]s?|por ley|términos y condiciones)\b",
    fr=r"\b(?:être enregistrée?|sera enregistrée?|est enregistrée?|la loi)\b",
    de=r"\b(?:aufgezeichnet|gesetzlich|allgemeine geschäftsbedingungen)\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.declarations():
        texts: list[Say | Prompt] = []
        if isinstance(block, Menu | Collect) and all(each.interruptible or each.file for each in block.prompts):
            texts = [each for each in block.prompts if not each.file]
        elif isinstance(block, Step) and program.keeps_type_ahead:
            texts = [each for each in block.statements if isinstance(each, Say)]
        for each in texts:
            text: Text = each.content if isinstance(each, Prompt) else each.text
            language = each.language.text if each.language else program.language
            match = fitting(language, written(program, text), _NOTICE)
            if match is not None and each.interruptible:
                end = Span(text.span.end, text.span.end)
                yield RULE.at(
                    program.source,
                    part(text, match),
                    "a key skips a notice that callers must have heard",
                    "a notice",
                    help="write `cannot be interrupted` behind the text",
                    fix=Fix("add `cannot be interrupted`", (Edit(end, " cannot be interrupted"),), "unsafe"),
                )


def _example(behind: str) -> str:
    return script(f"""\
menu main_menu
    prompt "This call may be recorded."{behind}
    prompt "For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR406",
    name="interruptible-notice",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(" cannot be interrupted"),
)
