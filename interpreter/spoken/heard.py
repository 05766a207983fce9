"""What callers say, read as digits, numbers, and yes or no. ``None`` for what is none of it: that is no match."""

from __future__ import annotations

import re

from interpreter.spoken.words import Words, words_of

LARGEST = 999_999


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w'’-]+", text.casefold())


def _language(locale: str) -> Words:
    return words_of(locale.split("-")[0])


def digits_heard(text: str, locale: str) -> str | None:
    """``four two, double seven`` is ``4277``; digits that the recogniser wrote as such count, too."""
    words = _language(locale)
    found, repeat = "", 1
    for token in _tokens(text):
        if token in words.repeats:
            repeat = words.repeats[token]
            continue
        plain = token.replace("-", "")
        digit = plain if plain.isascii() and plain.isdecimal() else words.digits.get(token)
        if digit is None:
            return None
        found, repeat = found + (digit * repeat if len(digit) == 1 else digit), 1
    return found or None


def number_heard(text: str, locale: str) -> float | None:
    """``two hundred and five`` is 205, up to 999,999."""
    words = _language(locale)
    total, part, seen = 0, 0, False
    for token in _split(text, words):
        if token in words.joins:
            continue
        if token.isascii() and token.isdecimal() and len(token) <= 6:
            part, seen = part + int(token), True
        elif token in words.numbers:
            part, seen = part + words.numbers[token], True
        elif token in words.scales:
            scale = words.scales[token]
            if scale < 1000:
                part = (part or 1) * scale
            else:
                total, part = total + (part or 1) * scale, 0
            seen = True
        else:
            return None
    number = total + part
    return float(number) if seen and number <= LARGEST else None


def _split(text: str, words: Words) -> list[str]:
    """Words, and the parts of those that the language writes together (``twenty-one``, ``einundzwanzig``)."""
    known = {*words.numbers, *words.scales, *words.joins}
    found: list[str] = []
    for token in _tokens(text.replace(",", "")):
        found += [token] if token in known else _pieces(token, known)
    return found


def _pieces(token: str, known: set[str]) -> list[str]:
    """The known words that a word is made of, the longest first; the word itself where it is not."""
    rest, pieces = token.replace("-", ""), []
    while rest:
        piece = next((rest[:end] for end in range(len(rest), 0, -1) if rest[:end] in known), None)
        if piece is None:
            return token.split("-") if "-" in token else [token]
        pieces.append(piece)
        rest = rest[len(piece) :]
    return pieces


def yes_or_no_heard(text: str, locale: str) -> bool | None:
    """Whether a caller has said yes or no, in one of the ways of the language; what begins with one counts as it."""
    words = _language(locale)
    said = " ".join(_tokens(text))
    if said in words.yes:
        return True
    if said in words.no:
        return False
    spoken = said.split(" ")
    if words.yes & set(spoken) and words.no & set(spoken):
        return None  # "yes and no": nobody knows what is meant
    return True if spoken[0] in words.yes else False if spoken[0] in words.no else None
