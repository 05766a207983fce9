"""A phrase has no translation into a language in which callers can say it.

The host listens for words of the language that the call speaks. A Spanish caller would have to say the English word,
in an accent that a Spanish recogniser does not expect.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.speaking import speaking
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.missing_translation import SHOWN, untranslated
from dsl.lint.walk import complete


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if len(program.languages) < 2 or not complete(program):
        return
    for language, found in untranslated(program, speaking(program).phrases()):
        first, *others = found
        count = "a phrase has" if not others else f"{len(others) + 1} phrases have"
        yield RULE.at(
            program.source,
            first.span,
            f"{count} no translation into `{language}`",
            "can be said only as it is",
            labels=tuple(Label(text.span, "and this") for text in others[: SHOWN - 1]),
            help=f'add it to `prompts {language}`: `{program.source.slice(first.span)} = "…"`',
        )


_SCRIPT = """\
ivr 1
flow main
    language en-US
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    language es-US
    go to choose

menu choose
    prompt es-US "Para cobros, oprima 1 o diga cobros."
    press 1 or say "billing" -> sorry
    no input "No input."
    no match "No match."
    after 3 tries -> sorry

step sorry
    say es-US "Adiós."
    hang up

prompts es-US
    "No input." = "No le oigo."
    "No match." = "No le entiendo."
"""

RULE = Rule(
    code="IVR709",
    name="untranslated-phrase",
    severity="warning",
    check=check,
    bad=_SCRIPT,
    good=_SCRIPT + '    "billing" = "cobros"\n',
)
