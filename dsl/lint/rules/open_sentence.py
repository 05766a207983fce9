"""A sentence has no end.

A voice lowers its pitch at a full stop and raises it at a question mark. Without one, the sentence sounds as if it went
on, and callers wait for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Edit, Fix, Safety
from dsl.lint.example import script
from dsl.lint.heard import heard, words, written
from dsl.lint.rule import Context, Rule
from dsl.source import Span

_ENDS = ".?!…:;,\"'’”»)}"


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for declaration in program.declarations():
        for each in heard(program, declaration):
            text = written(program, each.text).rstrip()
            if each.ssml or words(each.text) < 3 or text[-1:] in _ENDS:
                continue
            end = each.text.span.start + 1 + len(text)
            # A text is the key of its translations: with them, a person has to change both.
            safety: Safety = "unsafe" if program.translations else "safe"
            yield RULE.at(
                program.source,
                Span(end - 1, end),
                "a sentence has no end",
                "sounds as if more were to come",
                help="end it with `.`, `?` or `!`",
                fix=Fix("add `.`", (Edit(Span(end, end), "."),), safety),
            )


RULE = Rule(
    code="IVR410",
    name="open-sentence",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling"
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
