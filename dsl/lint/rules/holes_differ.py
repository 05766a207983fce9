"""A translation does not say the same values as the text.

A caller hears a sentence without the balance in it, or one with a value that belongs elsewhere. Every value of the
text stands in its translation, as often as the language needs it, and no other does.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Hole, Prompts, Text
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        if not isinstance(declaration, Prompts):
            continue
        for line in declaration.translations:
            wanted = _values(line.text)
            for text in line.translations:
                found = _values(text)
                if found == wanted:
                    continue
                lost, more = sorted(wanted - found), sorted(found - wanted)
                what = (
                    f"leaves out {listed(lost, 'and')}"
                    if lost
                    else f"has {listed(more, 'and')}, which the text has not"
                )
                yield RULE.at(
                    context.program.source,
                    text.span,
                    f"the translation {what}",
                    "the values differ",
                    labels=(Label(line.text.span, "the text"),),
                    help="put the same values into both",
                )


def _values(text: Text) -> set[str]:
    return {"{" + ".".join(part.path) + "}" for part in text.parts if isinstance(part, Hole)}


def _example(translation: str) -> str:
    return f"""\
ivr 1
flow main
    language en-US
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    language es-US
    go to sorry

step sorry
    say "You call from {{caller.number as phone}}."
    hang up

prompts es-US
    "You call from {{caller.number as phone}}." = "{translation}"
"""


RULE = Rule(
    code="IVR705",
    name="holes-differ",
    severity="error",
    check=check,
    bad=_example("Usted llama desde otro número."),
    good=_example("Usted llama desde el {caller.number as phone}."),
)
