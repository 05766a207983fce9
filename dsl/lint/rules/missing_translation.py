"""A text has no translation into a language in which callers can hear it.

In the middle of a Spanish call a Spanish voice would read out an English sentence, which nobody understands. Only
texts that a call in that language can come to are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dsl.analysis.program import Program
from dsl.analysis.speaking import Languages, speaking
from dsl.ast import Text, Words
from dsl.bundle import section_starts
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete

SHOWN = 3
"""How many of the texts are shown; `ivr prompts` lists them all."""


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if len(program.languages) < 2 or not complete(program):
        return
    said = speaking(program).texts()
    texts = ((spoken.text, languages) for spoken, languages in said if not spoken.language and has_words(spoken.text))
    for language, found in untranslated(program, texts):
        first, *others = found
        count = "a text has" if not others else f"{len(others) + 1} texts have"
        yield RULE.at(
            program.source,
            first.span,
            f"{count} no translation into `{language}`",
            "heard in this language, too",
            labels=tuple(Label(text.span, "and this") for text in others[: SHOWN - 1]),
            help=f'add it to `prompts {language}`: `{program.source.slice(first.span)} = "…"`',
        )


def untranslated(program: Program, texts: Iterable[tuple[Text, Languages]]) -> Iterator[tuple[str, list[Text]]]:
    """Each language with the texts of a file that are not translated into it, one for each way of writing."""
    starts = section_starts(program.source)
    missing: dict[tuple[str, int], dict[str, Text]] = {}
    for text, languages in texts:
        key = program.key_of(text)
        for language in languages - {program.language}:
            if key not in program.translations.get(language, {}):
                file = sum(start <= text.span.start for start in starts)
                missing.setdefault((language, file), {}).setdefault(key, text)
    for (language, _), found in sorted(missing.items()):
        yield language, sorted(found.values(), key=lambda text: text.span.start)


def has_words(text: Text) -> bool:
    """Whether there is anything to translate."""
    return any(character.isalpha() for part in text.parts if isinstance(part, Words) for character in part.text)


_SCRIPT = """\
ivr 1
flow main
    language en-US
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    say es-US "Hablamos español."
    language es-US
    say "We are closed."
    go to sorry

step sorry
    say "Please call again tomorrow."
    hang up

prompts es-US
    "Please call again tomorrow." = "Por favor, llame mañana."
"""

RULE = Rule(
    code="IVR703",
    name="missing-translation",
    severity="error",
    check=check,
    bad=_SCRIPT,
    good=_SCRIPT + '    "We are closed." = "Hemos cerrado."\n',
)
