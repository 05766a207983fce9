"""What callers hear, each text in its own language, and how long it takes to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from dsl.analysis.program import Program
from dsl.analysis.texts import Spoken, TextUse, spoken
from dsl.ast import Collect, Declaration, Menu, Text
from dsl.source import Span

SECONDS_A_WORD = 0.35
"""How long a voice takes for a word, as measured on the host's English voices at their own speed."""

_WORD = re.compile(r"\{[^}]*\}|[\w'’.:,-]*\w")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as callers of one language hear it. ``source`` is the text of the block; the same as ``text`` unless this
    is a translation."""

    text: Text
    use: TextUse
    language: str
    source: Text
    ssml: bool = False


def heard(program: Program, declaration: Declaration) -> Iterator[Heard]:
    """Every spoken text of a declaration in every language in which the script has it."""
    for each in spoken(declaration):
        yield from in_languages(program, each)


def in_languages(program: Program, each: Spoken) -> Iterator[Heard]:
    """A text and its translations."""
    yield Heard(each.text, each.use, each.language or program.language, each.text, each.ssml)
    if not each.language:
        key = program.key_of(each.text)
        for language, texts in program.translations.items():
            yield from (Heard(text, each.use, language, each.text, each.ssml) for text in texts.get(key, ()))


def inside(text: Text) -> Span:
    """A text without its quotes, for patterns."""
    return Span(text.span.start + 1, text.span.end - 1)


def written(program: Program, text: Text) -> str:
    """The characters of a text as they are written, so that places in it are places in the file."""
    return program.source.slice(inside(text))


def part(text: Text, match: re.Match[str], group: int | str = 0) -> Span:
    """The place of what a pattern has found in a text as `written`."""
    return Span(text.span.start + 1 + match.start(group), text.span.start + 1 + match.end(group))


def words(text: Text) -> int:
    """How many words are said; a value counts as one."""
    return len(_WORD.findall(_TAG.sub(" ", text.plain)))


def seconds(text: Text) -> float:
    """About how long it takes to say."""
    return words(text) * SECONDS_A_WORD


def has_recordings(block: Menu | Collect) -> bool:
    """Whether a part of what a block asks is recorded, so that nobody can read here what is said."""
    return any(prompt.file for prompt in (*block.prompts, *block.reprompts))


def asked(
    program: Program, block: Menu | Collect, uses: tuple[TextUse, ...] = ("prompt",)
) -> Iterator[tuple[str, list[Heard]]]:
    """What a block asks, by the language that the call speaks; nothing when a part of it is recorded.

    A prompt with a language of its own is heard in every call. A language in which one of the others is not translated
    is left out: its callers do not hear all of it.
    """
    if has_recordings(block):
        return
    texts = [each for each in spoken(block) if each.use in uses]
    for language in (program.language, *(other for other in program.translations if other != program.language)):
        said: list[Heard] = []
        for each in texts:
            versions = list(in_languages(program, each))
            said += versions[:1] if each.language else (one for one in versions if one.language == language)
        if texts and len(said) >= len(texts):
            yield language, said


Patterns: TypeAlias = Mapping[str, re.Pattern[str]]
"""By language without its country: what to look for in texts."""


def patterns(**sources: str) -> Patterns:
    """Patterns that do not look at case, by language."""
    return {language: re.compile(source, re.I) for language, source in sources.items()}


def found(program: Program, declaration: Declaration, wanted: Patterns) -> Iterator[tuple[Heard, re.Match[str]]]:
    """The texts of a declaration in which a pattern of their language is found, with its first place as `written`."""
    for each in heard(program, declaration):
        pattern = wanted.get(each.language[:2])
        match = pattern.search(written(program, each.text)) if pattern is not None else None
        if match is not None:
            yield each, match


def fitting(language: str, text: str, wanted: Patterns) -> re.Match[str] | None:
    """The first place of a pattern in a text of a language."""
    pattern = wanted.get(language[:2])
    return pattern.search(text) if pattern is not None else None
