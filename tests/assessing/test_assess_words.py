"""Mood and topic by lists of words: the same every time, with negation, and honest where nobody can say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.assessing import Assessment, Spoken
from interpreter.assessing.words import _lists, assess, languages, words_of

TOPICS = {"Invoice": ["invoice", "bill", "charged twice"], "Delivery": ["parcel", "delivery"]}


def judged(*texts: str, language: str = "en-US", topics: dict[str, list[str]] | None = None) -> Assessment:
    """What is made of a caller who says this."""
    return assess([Spoken(True, text) for text in texts], language, topics or {})


MOODS = {
    "en-US": {
        "positive": "Thank you, that was excellent.",
        "negative": "This is terrible, I am really angry.",
        "mixed": "The staff was friendly, but the delivery was late.",
        "neutral": "I want to know your opening hours.",
        "": "Hello.",
    },
    "en-GB": {"negative": "I am not happy with it.", "positive": "There was no problem with it at all."},
    "es-US": {"positive": "Muchas gracias, estoy contento.", "negative": "No estoy contento, es un desastre horrible."},
    "de-DE": {
        "positive": "Vielen Dank, das war ausgezeichnet und sehr freundlich, danke.",
        "negative": "Das Gerät funktioniert nicht.",
    },
    "fr-CA": {"positive": "Merci, c'est parfait.", "negative": "Je ne suis pas content du tout."},
}


@pytest.mark.parametrize(
    ("language", "mood", "text"), [(lang, mood, text) for lang, those in MOODS.items() for mood, text in those.items()]
)
def test_the_mood_of_a_caller(language: str, mood: str, text: str) -> None:
    assert judged(text, language=language).sentiment == mood


def test_a_negation_reaches_three_words_and_not_into_the_next_utterance() -> None:
    assert judged("not a very good answer to me").sentiment == "negative"
    assert judged("not what I had in mind, but good").sentiment == "positive"
    assert judged("no", "good").sentiment == "positive"
    assert judged("It doesn’t work, it isn't working.").sentiment == "negative"


def test_only_the_caller_has_a_mood() -> None:
    said = [Spoken(False, "I am so terribly sorry, that is awful."), Spoken(True, "That is all right, do not mind it.")]
    assert assess(said, "en-US", {}).sentiment == "neutral"


def test_the_topic_of_the_site_that_is_named_most_often() -> None:
    assert judged("My parcel, and the bill.", "The bill again!", topics=TOPICS).topic == "Invoice"
    assert judged("I was charged twice.", topics=TOPICS).topic == "Invoice"
    assert judged("I was charged, and that twice.", topics=TOPICS).topic == ""
    assert judged("A parcel and an invoice.", topics=TOPICS).topic == "Invoice", "the first of the site file"
    assert judged("unbilled, rebilling", topics=TOPICS).topic == "", "whole words"
    said = [Spoken(False, "Is it about a delivery?"), Spoken(True, "Yes.")]
    assert assess(said, "en-US", TOPICS).topic == "Delivery", "whoever says it"


def test_without_topics_the_word_that_is_said_most_often() -> None:
    assert judged("The router blinks.", "Is it the router or the cable?").topic == "router"
    assert judged("The router blinks.").topic == "", "once is no topic"
    assert judged("Please please please, thanks thanks, not not").topic == ""


def test_a_language_without_lists_has_the_topics_of_the_site_alone() -> None:
    assert judged("Faktura faktura, bardzo źle.", language="pl-PL") == Assessment("", "")
    assert judged("Moja faktura.", language="pl-PL", topics={"Faktura": ["faktura"]}) == Assessment("", "Faktura")


def test_lists_are_consistent() -> None:
    assert languages() == ("de", "en", "es", "fr")
    for language in languages():
        lists = _lists(language)
        assert lists is not None
        assert not lists.positive & lists.negative
        for words in (lists.positive, lists.negative, lists.negators, lists.stop):
            assert all(word == word.casefold() and " " not in word for word in words)


@given(st.lists(st.text()), st.sampled_from([*languages(), "xx", ""]))
def test_whatever_is_said_it_is_judged_and_always_alike(texts: list[str], language: str) -> None:
    found = judged(*texts, language=language)
    assert found == judged(*texts, language=language)
    assert len(found.topic) <= 48
    assert all(words_of(text) is not None for text in texts)
