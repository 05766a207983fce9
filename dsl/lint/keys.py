"""Keys of a telephone and the words by which people call them."""

from __future__ import annotations

import re
from collections.abc import Iterator

KEYS = tuple("0123456789*#")

_WORDS = {
    **dict(
        zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), "0123456789", strict=True)
    ),
    "star": "*",
    "asterisk": "*",
    "pound": "#",
    "hash": "#",
}
_KEY = rf"(?:the\s+)?(?:number\s+|key\s+)?([0-9]+|[*#]|(?:{'|'.join(_WORDS)})(?![a-z]))(?:\s+(?:key|sign))?"
_PRESS = re.compile(rf"\b(?:press|pressing)\s+{_KEY}", re.I)
_MORE = re.compile(rf"(?:\s*,\s*(?:or\s+)?|\s+or\s+){_KEY}", re.I)
_OR_FOR = re.compile(r"\bor\s+([0-9]+|[*#]|star|pound)\s+(?:for|to)\b", re.I)
_SENTENCE = re.compile(r"[^.!?]*(?:[.!?](?=\s|$)|[.!?]|$)")


def key_named(word: str) -> str | None:
    """The key that a word names, ``None`` when it names none."""
    word = word.casefold()
    return word if word in KEYS else _WORDS.get(word)


def keys_in(text: str) -> Iterator[tuple[str, int, int]]:
    """The keys that an English text tells the caller to press: as written, with start and end within ``text``.

    Read are ``press 1``, ``press the pound key``, the rest of a list (``press 1, 2 or 3``), and, in a sentence with
    such a key, ``or 2 for support``.
    """
    for sentence in _SENTENCE.finditer(text):
        found: dict[int, tuple[str, int, int]] = {}
        for press in _PRESS.finditer(text, sentence.start(), sentence.end()):
            match: re.Match[str] | None = press
            while match is not None:
                found[match.start(1)] = (match.group(1), match.start(1), match.end(1))
                match = _MORE.match(text, match.end(), sentence.end())
        if found:
            for other in _OR_FOR.finditer(text, sentence.start(), sentence.end()):
                found.setdefault(other.start(1), (other.group(1), other.start(1), other.end(1)))
        yield from (found[start] for start in sorted(found))


def keys_named(text: str) -> list[str]:
    """The keys of a telephone that an English text tells the caller to press, each once."""
    return list(dict.fromkeys(key for word, _, _ in keys_in(text) if (key := key_named(word))))
