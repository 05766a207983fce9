"""The texts of a script: their ids, and which of them are the same in every call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl import Program
from dsl.analysis.speaking import speaking
from dsl.analysis.texts import Spoken, spoken
from dsl.ast import Hole, Text


@dataclass(frozen=True, slots=True)
class Static:
    """A text that is heard as it stands. ``id`` is its first place. Of markup, language and voice stand in itself."""

    id: str
    text: str
    language: str
    voice: str
    ssml: bool = False


def named_texts(program: Program) -> Iterator[tuple[str, str, Spoken]]:
    """Every text with its id (``main_menu.reprompt.2``) and the block (or flow) that it stands in."""
    for declaration in program.declarations():
        counts: dict[str, int] = {}
        for each in spoken(declaration):
            use = each.use.replace(" ", "_")
            counts[use] = counts.get(use, 0) + 1
            number = f".{counts[use]}" if counts[use] > 1 else ""
            yield f"{declaration.name.text}.{use}{number}", declaration.name.text, each


def static_texts(program: Program) -> tuple[list[Static], list[str]]:
    """What callers can hear that never changes, each once in each language in which a call can hear it; and the ids of
    the texts that have a value in them. What only the target of a transfer hears is left out."""
    names = {id(each.text): name for name, _, each in named_texts(program)}
    found: dict[tuple[str, str, str, bool], Static] = {}
    changing: dict[str, None] = {}
    for each, languages in _heard(program):
        name = names.get(id(each.text), "")
        for language in (each.language,) if each.language else sorted(languages):
            text = each.text if each.language else _in(program, each.text, language)
            if any(isinstance(part, Hole) for part in text.parts):
                changing[name] = None
            elif each.ssml:
                static = Static(name, text.plain, "", "", ssml=True)
                found.setdefault((static.text, "", "", True), static)
            elif text.plain.strip():
                static = Static(name, text.plain, language, program.voice_of(language))
                found.setdefault((static.text, language, static.voice, False), static)
    return list(found.values()), list(changing)


def _heard(program: Program) -> Iterator[tuple[Spoken, frozenset[str]]]:
    if program.flow is not None:
        yield from ((each, frozenset({program.language})) for each in spoken(program.flow))
    yield from ((each, languages) for each, languages in speaking(program).texts() if each.use != "accept")


def _in(program: Program, text: Text, language: str) -> Text:
    """A text in a language; as written where it has no translation, as a call speaks it then, too."""
    if language == program.language:
        return text
    found = program.translations.get(language, {}).get(program.key_of(text))
    return found[0] if found else text
