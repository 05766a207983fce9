"""A text is translated twice into the same language.

Only the first translation is heard. Whoever corrects the second one waits for a change that never comes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Prompts, Translation
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.holes_differ import _example
from dsl.lint.walk import whole_line


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    seen: dict[tuple[str, str], Translation] = {}
    for declaration in program.declarations():
        if not isinstance(declaration, Prompts):
            continue
        for line in declaration.translations:
            first = seen.setdefault((declaration.name.text, program.key_of(line.text)), line)
            if first is line:
                continue
            same = [text.plain for text in first.translations] == [text.plain for text in line.translations]
            yield RULE.at(
                program.source,
                line.text.span,
                f"this text is translated into `{declaration.name.text}` twice",
                "not heard: the first one counts",
                labels=(Label(first.text.span, "first translated here"),),
                help="take one of them out",
                fix=Fix(
                    "take the line out",
                    (Edit(whole_line(program.source, line.span), ""),),
                    "safe" if same else "unsafe",
                ),
            )


_LINE = "Usted llama desde el {caller.number as phone}."

RULE = Rule(
    code="IVR706",
    name="translated-twice",
    severity="warning",
    check=check,
    bad=_example(_LINE) + f'    "You call from {{caller.number as phone}}." = "{_LINE}"\n',
    good=_example(_LINE),
)
