"""Keys of a telephone, and the words by which people call them in the languages whose texts are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

KEYS = tuple("0123456789*#")


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a language tells a caller to press a key. ``words`` are names of keys; ``press`` comes before the first one
    and ``more`` before another one; ``article`` and ``noun`` may stand around a key."""

    words: dict[str, str]
    press: str
    more: str
    article: str
    noun: str = ""
    behind: str = ""
    """A key that is named without ``press`` in a sentence that has one, as in ``or 2 for support``."""


def _numbered(words: str, **others: str) -> dict[str, str]:
    return {**dict(zip(words.split(), "0123456789", strict=True)), **others}


_EN = _Wording(
    words=_numbered("zero one two three four five six seven eight nine")
    | {"star": "*", "asterisk": "*", "pound": "#", "hash": "#"},
    press=r"\b(?:press|pressing)\s+",
    more=r"(?:\s*,\s*(?:or\s+)?|\s+or\s+)",
    article=r"(?:the\s+)?(?:number\s+|key\s+)?",
    noun=r"(?:\s+(?:key|sign))?",
    behind=r"(?:\bor|,(?:\s+and)?)\s+([0-9]+|[*#]|star|pound)\s+(?:for|to)\b",
)
_ES = _Wording(
    words=_numbered("cero uno dos tres cuatro cinco seis siete ocho nueve")
    | {"asterisco": "*", "estrella": "*", "numeral": "#", "almohadilla": "#", "gato": "#"},
    press=r"\b(?:oprima|oprime|presione|presiona|pulse|pulsa|marque|marca)\s+",
    more=r"(?:\s*,\s*(?:[ou]\s+)?|\s+[ou]\s+)",
    article=r"(?:el\s+|la\s+)?(?:número\s+|tecla\s+|signo\s+)?(?:de\s+)?",
    behind=r"(?:\b[ouy]|,)\s+(?:el\s+)?([0-9]+|[*#]|asterisco|numeral)\s+para\b",
)
_FR = _Wording(
    words=_numbered("zéro un deux trois quatre cinq six sept huit neuf")
    | {"étoile": "*", "astérisque": "*", "dièse": "#", "carré": "#"},
    press=r"\b(?:appuyez\s+sur|tapez|faites|composez)\s+",
    more=r"(?:\s*,\s*(?:ou\s+)?|\s+ou\s+(?:sur\s+)?)",
    article=r"(?:le\s+|la\s+|l['’])?(?:touche\s+|chiffre\s+)?",
    behind=r"(?:\bou|\bet|,)\s+(?:sur\s+)?(?:le\s+)?([0-9]+|[*#]|étoile|dièse)\s+pour\b",
)
_DE = _Wording(
    words=_numbered("null eins zwei drei vier fünf sechs sieben acht neun")
    | {"stern": "*", "sterntaste": "*", "raute": "#", "rautetaste": "#"},
    press=r"\b(?:drücken\s+sie|drücke|wählen\s+sie)\s+(?:bitte\s+)?",
    more=r"(?:\s*,\s*(?:oder\s+)?|\s+oder\s+)",
    article=r"(?:die\s+)?(?:taste\s+|ziffer\s+|nummer\s+)?",
    behind=r"(?:\boder|\bund|,)\s+(?:die\s+)?([0-9]+|[*#]|stern|raute)\s+(?:für|um)\b",
)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?=\s|$)|[.!?]|$)")


@dataclass(frozen=True, slots=True)
class _Reader:
    words: dict[str, str]
    press: re.Pattern[str]
    more: re.Pattern[str]
    behind: re.Pattern[str]


def _reader(wording: _Wording) -> _Reader:
    names = "|".join(sorted(wording.words, key=len, reverse=True))
    key = rf"{wording.article}([0-9]+|[*#]|(?:{names})(?!\w)){wording.noun}"
    press, more = re.compile(wording.press + key, re.I), re.compile(wording.more + key, re.I)
    return _Reader(wording.words, press, more, re.compile(wording.behind, re.I))


_READERS = {"en": _reader(_EN), "es": _reader(_ES), "fr": _reader(_FR), "de": _reader(_DE)}


def is_read(language: str) -> bool:
    """Whether keys can be found in texts of a language, such as ``es-US``."""
    return language[:2] in _READERS


def key_named(word: str, language: str = "en") -> str | None:
    """The key that a word names, ``None`` when it names none."""
    word = word.casefold()
    return word if word in KEYS else _READERS[language[:2]].words.get(word)


def keys_in(text: str, language: str = "en") -> Iterator[tuple[str, int, int]]:
    """The keys that a text tells the caller to press: as written, with start and end within ``text``.

    Read are ``press 1``, ``press the pound key``, the rest of a list (``press 1, 2 or 3``), and, in a sentence with
    such a key, ``or 2 for support`` and ``, 2 to start again``; in English, Spanish, French and German. Nothing is
    found in another language.
    """
    reader = _READERS.get(language[:2])
    if reader is None:
        return
    for sentence in _SENTENCE.finditer(text):
        found: dict[int, tuple[str, int, int]] = {}
        for press in reader.press.finditer(text, sentence.start(), sentence.end()):
            match: re.Match[str] | None = press
            while match is not None:
                found[match.start(1)] = (match.group(1), match.start(1), match.end(1))
                match = reader.more.match(text, match.end(), sentence.end())
        if found:
            for other in reader.behind.finditer(text, sentence.start(), sentence.end()):
                found.setdefault(other.start(1), (other.group(1), other.start(1), other.end(1)))
        yield from (found[start] for start in sorted(found))


def keys_named(text: str, language: str = "en") -> list[str]:
    """The keys of a telephone that a text tells the caller to press, each once."""
    named = (key_named(word, language) for word, _, _ in keys_in(text, language))
    return list(dict.fromkeys(key for key in named if key))


def numbers_said(text: str, language: str = "en") -> frozenset[str]:
    """Every key whose digit, sign or name stands anywhere in a text, whether it is to be pressed or not."""
    reader = _READERS.get(language[:2])
    if reader is None:
        return frozenset()
    said = {reader.words.get(word) for word in re.findall(r"\w+", text.casefold())}
    return frozenset({key for key in said if key} | set(re.findall(r"[0-9]+|[*#]", text)))
