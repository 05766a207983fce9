"""Understanding by words: what is meant, what is not, and what cannot be told apart."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.understanding import Sentence
from interpreter.understanding.words import DOUBTFUL, LEAST, understand

OPTIONS = {
    "0": ("billing question", "a problem with a bill"),
    "1": ("technical problem", "support", "it is broken"),
    "2": ("opening times",),
    "3": ("agent", "operator"),
}


def meant(said: str, options: Mapping[str, tuple[str, ...]] | None = None) -> tuple[str, float] | None:
    found = understand(Sentence(said, "en-US", options if options is not None else OPTIONS))
    return (found.meaning, found.confidence) if found is not None else None


@pytest.mark.parametrize(
    ("said", "meaning"),
    [
        ("I have a question about my billing", "billing question"),
        ("it's about a BILLING QUESTION!", "billing question"),
        ("I think there is a problem with my bill", "billing question"),
        ("please give me an agent", "agent"),
        ("operater please", "agent"),
        ("my telephone is broken", "technical problem"),
        ("what are your opening times", "opening times"),
        ("I need technical suport", "technical problem"),
    ],
)
def test_surely_meant(said: str, meaning: str) -> None:
    found = meant(said)
    assert found is not None
    assert found[0] == meaning
    assert found[1] >= 0.8


@pytest.mark.parametrize("said", ["", "hello", "I want a pizza", "no", "12 34", "sports", "…"])
def test_nothing_is_meant(said: str) -> None:
    assert meant(said) is None


def test_half_of_a_meaning_is_not_certain() -> None:
    assert meant("I have a question") == ("billing question", 0.53)


def test_two_options_that_fit_alike_are_not_told_apart() -> None:
    found = meant("an agent for the opening times")
    assert found is not None
    assert found[1] == DOUBTFUL


def test_short_words_count_where_there_are_no_others() -> None:
    options = {"0": ("tv",), "1": ("a pc",)}
    assert meant("it is the tv", options) == ("tv", 1.0)
    assert meant("it is a thing", options) is None


def test_languages_without_spaces() -> None:
    options = {"0": ("請求書",), "1": ("営業時間",)}
    assert meant("請求書について聞きたい", options) == ("請求書", 1.0)
    assert meant("こんにちは", options) is None


def test_no_options() -> None:
    assert meant("anything", {}) is None


_TEXTS = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3).map(tuple)


@given(st.text(max_size=40), st.dictionaries(st.sampled_from("0123456"), _TEXTS, max_size=4))
def test_whatever_is_said_only_options_are_meant_and_always_the_same(
    said: str, options: dict[str, tuple[str, ...]]
) -> None:
    found = meant(said, options)
    assert found == meant(said, options)
    if found is not None:
        assert found[0] in {texts[0] for texts in options.values()}
        assert LEAST <= found[1] <= 1
