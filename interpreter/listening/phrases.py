"""What callers of a script are expected to say, and in which languages: what a recogniser is told before it listens."""

from __future__ import annotations

from dsl import Program
from dsl.analysis.texts import meanings, phrases
from dsl.ast import Text

MOST_PHRASES = 500
"""Of a phrase list: https://learn.microsoft.com/azure/ai-services/speech-service/improve-accuracy-phrase-list"""
MOST_LANGUAGES = 10
"""Candidates of a continuous identification, of which each may be in one variety only:
https://learn.microsoft.com/azure/ai-services/speech-service/language-identification"""


def expected(program: Program) -> tuple[str, ...]:
    """The phrases and meanings of a script in all of its languages, in the order of the text, each once and no more
    than a recogniser takes."""
    found: dict[str, None] = {}
    for declaration in program.declarations():
        for text in (*phrases(declaration), *meanings(declaration)):
            found |= dict.fromkeys(each.plain for each in _everywhere(program, text) if each.plain.strip())
    return tuple(found)[:MOST_PHRASES]


def candidates(program: Program) -> tuple[str, ...]:
    """The languages among which what is said is told apart: of each the variety that the script names first."""
    found: dict[str, str] = {}
    for language in program.languages:
        found.setdefault(language.split("-")[0], language)
    return tuple(found.values())[:MOST_LANGUAGES]


def _everywhere(program: Program, text: Text) -> tuple[Text, ...]:
    key = program.key_of(text)
    translated = (program.translations.get(language, {}).get(key, ()) for language in program.languages[1:])
    return (text, *(each for texts in translated for each in texts))
