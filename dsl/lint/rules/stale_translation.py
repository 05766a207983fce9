"""A translation belongs to no text of the script.

The text was changed after it had been translated, so that its callers hear it untranslated, or it is gone. The key of
a translation is the text exactly as it is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import Prompts
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.holes_differ import _example
from dsl.lint.walk import complete, meanings, phrases, spoken, whole_line
from dsl.spell import nearest

_LONGEST = 200
"""Longer texts are not compared when the one that was meant is looked for."""


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program.flow is None or not complete(program):
        return
    texts = translatable(program)
    for declaration in program.declarations():
        if not isinstance(declaration, Prompts):
            continue
        rest = sorted(texts - program.translations.get(declaration.name.text, {}).keys())
        for line in declaration.translations:
            key = program.key_of(line.text)
            if key in texts:
                continue
            close = nearest(key, rest[:100]) if len(key) < _LONGEST else None
            yield RULE.at(
                program.source,
                line.text.span,
                "this text stands nowhere in the script",
                "translated for nothing",
                help=f"did you mean `{close}`?" if close else "take it out, or write it as the script has it",
                fix=Fix("take the line out", (Edit(whole_line(program.source, line.span), ""),), "unsafe")
                if not close
                else None,
            )


def translatable(program: Program) -> set[str]:
    """The texts and phrases of a script, as translations name them."""
    found: set[str] = set()
    for declaration in program.declarations():
        found |= {program.key_of(each.text) for each in spoken(declaration) if not each.language}
        found |= {program.key_of(phrase) for phrase in (*phrases(declaration), *meanings(declaration))}
    return found


_LINE = _example("Usted llama desde el {caller.number as phone}.")

RULE = Rule(
    code="IVR708",
    name="stale-translation",
    severity="warning",
    check=check,
    bad=_LINE + '    "We are closed." = "Hemos cerrado."\n',
    good=_LINE,
)
