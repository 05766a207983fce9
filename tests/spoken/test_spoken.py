"""Values as they are read out, in every language that the product speaks; what is heard, back as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.analysis.formats import FORMATS as OF_THE_LINTER
from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value
from interpreter.spoken import FORMATS, accepts, digits_heard, number_heard, say, yes_or_no_heard

LANGUAGES = ("en-US", "en-GB", "es-US", "es-MX", "fr-CA", "fr-FR", "de-DE", "it-IT", "pt-BR", "nl-NL")

SAID: list[tuple[str, str, Value, str]] = [
    ("en-US", "digits", "4711", "4 7 1 1"),
    ("en-US", "digits", 42.0, "4 2"),
    ("en-US", "number", 1234.5, "1234.5"),
    ("fr-CA", "number", 1234.5, "1234,5"),
    ("en-US", "ordinal", 1.0, "1st"),
    ("en-US", "ordinal", 2.0, "2nd"),
    ("en-US", "ordinal", 11.0, "11th"),
    ("en-US", "ordinal", 23.0, "23rd"),
    ("en-US", "money", Money("12.50", "USD"), "$12.50"),
    ("en-US", "money", Money("35.00", "USD"), "35 dollars"),
    ("en-US", "money", Money("1.00", "USD"), "1 dollar"),
    ("es-US", "money", Money("35.00", "USD"), "35 dólares"),
    ("de-DE", "money", Money("1.00", "EUR"), "1 Euro"),
    ("en-US", "date", Day("2026-11-26"), "Thursday, November 26, 2026"),
    ("es-US", "date", Day("2026-11-26"), "jueves, 26 de noviembre de 2026"),
    ("de-DE", "short_date", Day("2026-11-26"), "26. November 2026"),
    ("fr-CA", "weekday", Day("2026-11-26"), "jeudi"),
    ("en-US", "time", TimeOfDay(540), "9 a.m."),
    ("en-US", "time", TimeOfDay(570), "9:30 a.m."),
    ("en-US", "time", TimeOfDay(1050), "5:30 p.m."),
    ("de-DE", "time", TimeOfDay(540), "9 Uhr"),
    ("en-US", "duration", Seconds(1.0), "1 second"),
    ("en-US", "duration", Seconds(60.0), "1 minute"),
    ("en-US", "duration", Seconds(90.0), "1 minute and 30 seconds"),
    ("en-US", "duration", Seconds(7200.0), "2 hours"),
    ("es-US", "duration", Seconds(90.0), "1 minuto y 30 segundos"),
    ("en-US", "phone", "+14255550100", "4 2 5, 5 5 5, 0 1 0 0"),
    ("en-US", "list", Items(("red", "green", "blue")), "red, green, and blue"),
    ("es-US", "list", Items(("rojo", "verde")), "rojo y verde"),
    ("en-US", "list", Items(("red",)), "red"),
    ("en-US", "yes_no", True, "yes"),
    ("de-DE", "yes_no", False, "nein"),
]


@pytest.mark.parametrize(("language", "format", "value", "expected"), SAID, ids=[f"{a} {b} {c}" for a, b, c, _ in SAID])
def test_a_value_is_said_as_the_language_says_it(language: str, format: str, value: Value, expected: str) -> None:
    assert say(value, format, language) == expected


def test_the_linter_knows_the_same_formats() -> None:
    assert {name: set(form.accepts) for name, form in FORMATS.items()} == {
        name: set(kinds) for name, kinds in OF_THE_LINTER.items()
    }


TEXTS = st.text(max_size=20)
NUMBERS = st.floats(-1e9, 1e9).map(lambda value: round(value, 3))
MONIES = st.builds(
    lambda cents, currency: Money(f"{cents / 100:.2f}", currency),
    st.integers(-1_000_000, 1_000_000),
    st.sampled_from(["USD", "EUR", "GBP", "MXN", "CAD", "JPY", "CHF"]),
)
DAYS = st.dates().map(lambda day: Day(day.isoformat()))
TIMES = st.integers(0, 1439).map(TimeOfDay)
DURATIONS = st.floats(0, 1e6).map(lambda value: Seconds(round(value, 1)))
OF_KIND: dict[str, st.SearchStrategy[Value]] = {
    "text": TEXTS,
    "one_of": TEXTS,
    "phone": st.sampled_from(["+14255550100", "+442071234567", "+4930123456", "+390612345678"]),
    "number": NUMBERS,
    "money": MONIES,
    "date": DAYS,
    "time": TIMES,
    "duration": DURATIONS,
    "list": st.lists(st.one_of(TEXTS, NUMBERS, MONIES, DAYS), max_size=5).map(lambda each: Items(tuple(each))),
    "yes_no": st.booleans(),
}


@given(st.data())
def test_every_value_of_its_kind_is_said_in_every_language(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(sorted(OF_THE_LINTER)))
    kind = data.draw(st.sampled_from(OF_THE_LINTER[format]))
    value = data.draw(OF_KIND[kind] if format != "ordinal" else st.integers(0, 10_000).map(float))
    text = say(value, format, data.draw(st.sampled_from(LANGUAGES)))
    assert text is None or isinstance(text, str)
    if kind not in ("text", "one_of", "list"):  # an empty text, or a word that is no number, has nothing to be said
        assert text


@given(st.text(max_size=12), st.sampled_from(LANGUAGES), st.sampled_from([*sorted(OF_THE_LINTER), "", "unknown"]))
def test_no_text_and_no_format_is_too_odd(value: str, language: str, format: str) -> None:
    assert say(value, format, language) is None or isinstance(say(value, format, language), str)


@pytest.mark.parametrize("language", ["xx-XX", "", "en", "zz"])
def test_an_unknown_language_is_spoken_somehow(language: str) -> None:
    assert say(Money("12.50", "USD"), "money", language)


def test_what_a_format_does_not_take_it_does_not_say() -> None:
    for format, kinds in OF_THE_LINTER.items():
        for kind in OF_KIND:
            assert accepts(format, kind) == (kind in kinds), (format, kind)


# --------------------------------------------------------------------------------------------------------------------
# What is heard

WORDS = {
    "en-US": "zero one two three four five six seven eight nine",
    "es-US": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr-CA": "zéro un deux trois quatre cinq six sept huit neuf",
    "de-DE": "null eins zwei drei vier fünf sechs sieben acht neun",
}


@given(st.sampled_from(sorted(WORDS)), st.text("0123456789", min_size=1, max_size=16))
def test_digits_read_out_are_heard_as_the_same_digits(language: str, digits: str) -> None:
    spoken = " ".join(WORDS[language].split()[int(each)] for each in digits)
    assert digits_heard(spoken, language) == digits
    assert digits_heard(say(digits, "digits", language) or "", language) == digits


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "forty two", 42),
        ("en-US", "one hundred and five", 105),
        ("en-US", "42", 42),
        ("es-US", "cuarenta y dos", 42),
        ("fr-CA", "quarante deux", 42),
        ("de-DE", "zweiundvierzig", 42),
        ("en-US", "a lot", None),
        ("en-US", "", None),
    ],
)
def test_numbers_are_heard(language: str, text: str, expected: float | None) -> None:
    assert number_heard(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en-US", "yes", True),
        ("en-US", "Yes, please.", True),
        ("en-US", "no thanks", False),
        ("es-US", "sí", True),
        ("es-US", "no", False),
        ("fr-CA", "oui", True),
        ("de-DE", "nein danke", False),
        ("en-US", "maybe", None),
        ("en-US", "yes and no", None),
    ],
)
def test_yes_and_no_are_heard(language: str, text: str, expected: bool | None) -> None:
    assert yes_or_no_heard(text, language) is expected


@given(st.text(max_size=40), st.sampled_from(LANGUAGES))
def test_whatever_is_heard_harms_nobody(text: str, language: str) -> None:
    digits = digits_heard(text, language)
    assert digits is None or digits.isdecimal()
    number_heard(text, language)
    yes_or_no_heard(text, language)
