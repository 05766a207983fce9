"""A language is used that the flow does not list.

A call can only be in a language of the line `languages`. One that is not there is not an error when the call comes to
it: the call goes on in the first language, and the caller who chose Spanish hears English.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.ast import Flow, LocaleLiteral, Name, Prompts, SetLanguage, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program.flow is None or not complete(program):
        return
    told: set[str] = set()
    for name, label in _named(program):
        if name.text not in program.languages and name.text not in told:
            # One line of the flow lists it for all the places that name it.
            told.add(name.text)
            listed = ", ".join((*program.languages, name.text))
            yield RULE.at(
                program.source,
                name.span,
                f"the flow does not list the language `{name.text}`",
                label,
                help=f"write `languages {listed}` into the flow",
            )


def _named(program: Program) -> Iterator[tuple[Name, str]]:
    """Every place that names a language, and what it means there that no call is in it."""
    for declaration in program.declarations():
        if isinstance(declaration, Prompts):
            yield declaration.name, "no call can hear these translations"
        elif isinstance(declaration, Flow):
            yield from ((language, "no call can need this voice") for language, _ in declaration.voices)
        elif isinstance(declaration, Step):
            for each in declaration.statements:
                if isinstance(each, SetLanguage) and isinstance(each.value, LocaleLiteral):
                    yield Name(each.value.value, each.value.span), "the call goes on in its first language"


_SCRIPT = """\
ivr 1
flow main
    language en-US
{languages}    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    language es-US
    go to sorry

step sorry
    say es-US "Adiós."
    hang up
"""

RULE = Rule(
    code="IVR712",
    name="unlisted-language",
    severity="error",
    check=check,
    bad=_SCRIPT.format(languages=""),
    good=_SCRIPT.format(languages="    languages en-US, es-US\n"),
)
