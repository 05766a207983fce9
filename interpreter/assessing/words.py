"""Mood and topic by lists of words: small, on this machine, and the same every time.

The mood: words of the caller that are on the list of good or of bad ones are counted; a negation up to three words
before one turns it round (``not happy``), in languages that put it behind the verb also the word behind
(``funktioniert nicht``). More bad than good is ``negative``, and so on; both, and about as many, is ``mixed``; neither,
in at least five words, ``neutral``.

The topic: the topic of the site file whose phrases were said most often; without one, the word that was said most
often, at least twice, and that is neither common nor on the lists.

What it cannot do: irony, comparisons, what is meant without being said, words that are good here and bad there, and
languages without a list. It takes *No problem at all* for something good only because it negates a bad word. Treat it
as a hint for whoever takes the call, and let no caller lose anything by it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from interpreter.assessing import NOTHING, Assessment, Sentiment, Spoken

WINDOW = 3
"""Words before one that a negation reaches over."""
ENOUGH = 5
"""Words of the caller from which on nothing good or bad means that the mood is neutral."""
SHORTEST = 4
"""Letters of a word that can be a topic."""
LONGEST_TOPIC = 48
"""Characters: the limit of the details for a Teams agent (wire contract, section 6.4)."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class _Lists:
    positive: frozenset[str]
    negative: frozenset[str]
    negators: frozenset[str]
    behind: frozenset[str]
    """Those that turn the word before them."""
    stop: frozenset[str]


def languages() -> tuple[str, ...]:
    """The languages that have lists."""
    found = (each.name for each in files(__package__).joinpath("words").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in found if name.endswith(".json")))


@cache
def _lists(language: str) -> _Lists | None:
    code = language.partition("-")[0].lower()
    if code not in languages():
        return None
    read = json.loads(files(__package__).joinpath("words", f"{code}.json").read_text(encoding="utf-8"))
    # As words of a text are: "ß" is "ss" then.
    return _Lists(**{name: frozenset(word.casefold() for word in words) for name, words in read.items()})


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def assess(said: Sequence[Spoken], language: str, topics: Mapping[str, Sequence[str]]) -> Assessment:
    """What the lists make of a call."""
    lists = _lists(language)
    caller = [words_of(each.text) for each in said if each.by_caller]
    whole = [words_of(each.text) for each in said]
    topic = _bound(whole, topics) or (_frequent(whole, lists) if lists is not None else "")
    return Assessment(_mood(caller, lists) if lists is not None else NOTHING.sentiment, topic)


def _mood(utterances: list[list[str]], lists: _Lists) -> Sentiment:
    good = bad = 0
    for words in utterances:
        for turned, is_good in _judged(words, lists):
            good += is_good is not turned
            bad += is_good is turned
    if not good and not bad:
        return "neutral" if sum(map(len, utterances)) >= ENOUGH else ""
    if good and bad and min(good, bad) * 2 >= max(good, bad):
        return "mixed"
    return "positive" if good > bad else "negative"


def _judged(words: list[str], lists: _Lists) -> Iterator[tuple[bool, bool]]:
    """Each good or bad word: whether a negation turns it, and whether it is a good one."""
    for place, word in enumerate(words):
        is_good = word in lists.positive
        if not is_good and word not in lists.negative:
            continue
        before = words[max(0, place - WINDOW) : place]
        turned = any(each in lists.negators or each.endswith("n't") for each in before)
        if not turned and place + 1 < len(words):
            turned = words[place + 1] in lists.behind
        yield turned, is_good


def _bound(utterances: list[list[str]], topics: Mapping[str, Sequence[str]]) -> str:
    """The site's topic that was named most often; of equals the one that stands first in the site file."""
    found = [
        (sum(_occurrences(words, words_of(phrase)) for words in utterances for phrase in phrases), name)
        for name, phrases in topics.items()
    ]
    most = max((count for count, _ in found), default=0)
    return next((name for count, name in found if count == most), "") if most else ""


def _occurrences(words: list[str], phrase: list[str]) -> int:
    if not phrase:
        return 0
    return sum(words[place : place + len(phrase)] == phrase for place in range(len(words) - len(phrase) + 1))


def _frequent(utterances: list[list[str]], lists: _Lists) -> str:
    """The word that is said most often; of equals the one that was said first."""
    known = lists.stop | lists.positive | lists.negative | lists.negators
    counted = Counter(word for words in utterances for word in words if len(word) >= SHORTEST and word not in known)
    [(word, count)] = counted.most_common(1) or [("", 0)]
    return word[:LONGEST_TOPIC] if count >= 2 else ""


@dataclass(frozen=True, slots=True)
class WordLists:
    """The lists as an `Assessor`. ``topics``: those of the site file, with their phrases."""

    topics: Mapping[str, Sequence[str]]
    at_once: bool = True

    async def assess(self, said: Sequence[Spoken], language: str) -> Assessment:
        return assess(said, language, self.topics)
