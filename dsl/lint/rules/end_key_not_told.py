"""A key ends the input, and no text says so.

Callers who do not know of it wait until the time between two digits is over. `Enter your account number, then press
pound.` spares each of them some seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import asked, has_recordings, written
from dsl.lint.input import terminator, varies
from dsl.lint.keys import is_read, numbers_said
from dsl.lint.rule import Context, Rule

_NAMES = {
    "en": {"*": "star", "#": "pound"},
    "es": {"*": "asterisco", "#": "numeral"},
    "fr": {"*": "étoile", "#": "dièse"},
    "de": {"*": "Stern", "#": "Raute"},
}


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect) or not varies(block) or has_recordings(block) or not block.prompts:
            continue
        end = terminator(block)
        if end is None or end.text not in "*#":
            continue
        said = {
            language: {
                key for each in texts for key in numbers_said(written(context.program, each.text), each.language)
            }
            for language, texts in asked(context.program, block, ("prompt", "reprompt"))
        }
        silent = next((language for language, keys in said.items() if is_read(language) and end.text not in keys), None)
        if silent is not None:
            other = f" in {silent}" if silent != context.program.language else ""
            yield RULE.at(
                context.program.source,
                end.span,
                f"no prompt of `collect {block.name.text}` says that `{end.text}` ends the input{other}",
                "callers do not hear of it",
                help=f"name it in the prompt: `{_NAMES[silent[:2]][end.text]}`",
            )


def _example(text: str) -> str:
    return script(f"""\
collect account
    into number
    prompt "Enter your account number{text}."
    digits 4 to 8, ends with #
    no input "I did not get any digits."
    no match "An account number has four to eight digits."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR330",
    name="end-key-not-told",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(", then press pound"),
)
