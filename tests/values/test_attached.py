"""What comes with a call as text, as the types of a script."""

from __future__ import annotations

import pytest

from dsl.analysis.kinds import DATE, DURATION, MONEY, NUMBER, PHONE, SECRET, TEXT, TIME, YES_NO, Type
from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value
from interpreter.values.attached import of_text

TIER = Type("one_of", choices=("gold", "silver"))
NUMBERS = Type("list", element=NUMBER)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (" 4711 ", TEXT, "4711"),
        ("Gold", TIER, "gold"),
        ("bronze", TIER, None),
        ("12.5", NUMBER, 12.5),
        ("-3", NUMBER, -3.0),
        ("nan", NUMBER, None),
        ("1e9", NUMBER, None),
        ("90", DURATION, Seconds(90.0)),
        ("-1", DURATION, None),
        ("TRUE", YES_NO, True),
        ("no", YES_NO, False),
        ("perhaps", YES_NO, None),
        ("+14255550111", PHONE, "+14255550111"),
        ("tel:+14255550111", PHONE, "+14255550111"),
        ("4255550111", PHONE, None),
        ("35.00 USD", MONEY, Money("35.00", "USD")),
        ("35", MONEY, None),
        ("2026-02-28", DATE, Day("2026-02-28")),
        ("2026-02-30", DATE, None),
        ("20260228", DATE, None),
        ("9:05", TIME, TimeOfDay(545)),
        ("24:00", TIME, None),
        ("1, 2", NUMBERS, Items((1.0, 2.0))),
        ("1, two", NUMBERS, None),
        ("", TEXT, None),
        ("1234", SECRET, None),
    ],
)
def test_a_text_is_a_value_of_its_type_or_is_missing(text: str, kind: Type, value: Value) -> None:
    found = of_text(text, kind)
    assert found == value
    assert type(found) is type(value)
