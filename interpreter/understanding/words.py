"""Understanding by words: how much of an option's text occurs in what was said, a little different or the same.

It knows nothing of grammar: "not the bill" has the word "bill" in it. It is always there, costs nothing and says the
same tomorrow; who wants more binds a service.

Each word of a text counts by its length, since long words say what a sentence is about. A word occurs when it is said
as it is, when one of the two begins with the other (`bill` and `billing`), or when they differ by a letter or so, as
recognisers write names. Two options that fit about as well are not told apart: then the confidence is one that is asked
about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from interpreter.understanding import Sentence, Understood

LEAST = 0.5
"""Below this an option is not meant."""
SHORTEST = 3
"""Shorter words (`a`, `to`, `my` in English) say little; they count where a text has no others."""
BEGINNING = 4
"""Letters that a word has to have for being the beginning of another."""
LIKENESS = 0.75
"""Share of letters that words have to have in common, which are five letters long or more."""
INEXACT = 0.9
"""What a word counts that is said a little differently."""
APART = 0.1
"""So much better than any other has to be the one that is meant."""
DOUBTFUL = 0.6
"""The most confidence where two options fit alike."""
UNSPACED = "\u0e00"
"""From here on (Thai, Chinese, Japanese) scripts are written without spaces between words."""


def understand(sentence: Sentence) -> Understood | None:
    """The option whose texts fit best; ``None`` when none of them does."""
    ranked = sorted(
        ((max(_fits(text, sentence.said) for text in texts), texts[0]) for texts in sentence.options.values() if texts),
        key=lambda each: -each[0],
    )
    if not ranked or ranked[0][0] < LEAST:
        return None
    best, meaning = ranked[0]
    if len(ranked) > 1 and best - ranked[1][0] < APART:
        best = min(best, DOUBTFUL)
    return Understood(meaning, round(best, 2))


class Words:
    """The recogniser of `understand`."""

    async def understand(self, sentence: Sentence, seconds: float) -> Understood | None:
        return understand(sentence)


def _fits(text: str, said: str) -> float:
    """How much of a text occurs in what was said, from 0 to 1."""
    if any(letter >= UNSPACED for letter in text):
        return fuzz.partial_ratio(text, said) / 100 if len(said) >= len(text) else fuzz.ratio(text, said) / 100
    wanted, words = _words(text), _words(said)
    wanted = [word for word in wanted if len(word) >= SHORTEST] or wanted
    whole = sum(len(word) for word in wanted)
    found = sum(len(word) * max((_alike(word, each) for each in words), default=0.0) for word in wanted)
    return found / whole if whole else 0.0


def _words(text: str) -> Sequence[str]:
    return re.findall(r"\w+", text.casefold())


def _alike(a: str, b: str) -> float:
    if a == b:
        return 1.0
    short, long = sorted((a, b), key=len)
    if len(short) >= BEGINNING and long.startswith(short):
        return INEXACT
    if len(short) > BEGINNING and Levenshtein.normalized_similarity(a, b, score_cutoff=LIKENESS) > 0:
        return INEXACT
    return 0.0
