"""Computing with values: what comes of each, and that nothing ever raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.analysis.kinds import FUNCTIONS
from interpreter.protocol import Day, Items, Money, Record, Seconds, Secret, TimeOfDay, Value
from interpreter.values import compare
from interpreter.values.arithmetic import compute
from interpreter.values.functions import call, says

NUMBERS = st.one_of(st.integers(-(10**18), 10**18).map(float), st.floats(allow_nan=False, allow_infinity=False))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    st.text(max_size=12),
    st.sampled_from(["12", "0042", "+14255550100", "4242424242424242"]),
    st.builds(Money, st.sampled_from(["0.00", "35.00", "-1.50", "1e9", "x"]), st.sampled_from(["USD", "EUR", "JPY"])),
    st.sampled_from(["2026-11-26", "2028-02-29", "0001-01-01", "9999-12-31", "x"]).map(Day),
    st.integers(0, 1439).map(TimeOfDay),
    st.floats(0, 1e12).map(Seconds),
    st.lists(st.text(max_size=3), max_size=3).map(lambda each: Items(tuple(each))),
    st.just(Record((("name", "Ana"),))),
    st.just(Secret("ref", 4, "", False, False)),
)


@given(st.sampled_from("+-*/"), VALUES, VALUES)
def test_computing_gives_a_value_or_none(operator: str, left: Value, right: Value) -> None:
    found = compute(operator, left, right)
    assert not isinstance(found, float) or abs(found) < float("inf")


@given(st.sampled_from(["is", "is-not", "<", "<=", ">", ">=", "in", "not-in"]), VALUES, VALUES)
def test_comparing_gives_yes_no_or_none(operator: str, left: Value, right: Value) -> None:
    assert compare(operator, left, right) in (True, False, None)


@given(VALUES, VALUES)
def test_is_not_is_the_opposite_of_is(left: Value, right: Value) -> None:
    same, other = compare("is", left, right), compare("is-not", left, right)
    assert same is None or other is None or same is not other


@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(VALUES, max_size=3))
def test_no_argument_harms_a_function(name: str, arguments: list[Value]) -> None:
    found = call(name, arguments)
    assert not isinstance(found, float) or abs(found) < float("inf")


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("+", 2.0, 3.0, 5.0),
        ("+", "a", "b", "ab"),
        ("/", 1.0, 0.0, None),
        ("*", 1e308, 10.0, None),
        ("+", Money("35.00", "USD"), Money("1.50", "USD"), Money("36.50", "USD")),
        ("+", Money("35.00", "USD"), Money("1.50", "EUR"), None),
        ("*", Money("0.10", "USD"), 3.0, Money("0.30", "USD")),
        ("/", Money("10.00", "USD"), 3.0, Money("3.33", "USD")),
        ("-", Day("2026-03-01"), Day("2026-02-28"), 1.0),
        ("+", Day("2026-12-31"), Seconds(86_400.0), Day("2027-01-01")),
        ("+", Day("9999-12-31"), Seconds(86_400.0), None),
        ("+", Seconds(60.0), Seconds(30.0), Seconds(90.0)),
        ("*", Seconds(60.0), 2.0, Seconds(120.0)),
        ("+", "12", 1.0, 13.0),
        ("+", None, 1.0, None),
    ],
    ids=str,
)
def test_what_comes_of_it(operator: str, left: Value, right: Value, expected: Value) -> None:
    assert compute(operator, left, right) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("luhn", ["4242424242424242"], True),
        ("luhn", ["4242424242424241"], False),
        ("length", ["abc"], 3.0),
        ("length", [Items(("a", "b"))], 2.0),
        ("first", ["abcdef", 2.0], "ab"),
        ("last", ["abcdef", 2.0], "ef"),
        ("last", ["ab", 4.0], "ab"),
        ("digits", ["(425) 555-0100"], "4255550100"),
        ("upper", ["Ana"], "ANA"),
        ("contains", ["my invoice", "voice"], True),
        ("round", [2.345, 2.0], 2.35),
        ("min", [3.0, 2.0], 2.0),
        ("max", [Day("2026-01-01"), Day("2026-02-01")], Day("2026-02-01")),
        ("day_of_week", [Day("2026-11-26")], "thursday"),
        ("days_between", [Day("2026-11-26"), Day("2026-12-01")], 5.0),
        ("hour", [TimeOfDay(570)], 9.0),
        ("number", ["0042"], 42.0),
        ("number", ["many"], None),
        ("first", ["abc", -1.0], None),
    ],
    ids=str,
)
def test_functions(name: str, arguments: list[Value], expected: Value) -> None:
    assert call(name, arguments) == expected


@pytest.mark.parametrize(
    ("phrase", "speech", "expected"),
    [
        ("my bill", "I have a question about my bill, please", True),
        ("bill", "billing", False),
        ("MY BILL", "my bill", True),
        ("", "anything", False),
        ("café", "un CAFÉ por favor", True),
    ],
)
def test_a_phrase_is_heard_as_whole_words(phrase: str, speech: str, expected: bool) -> None:
    assert says(phrase, speech) is expected
