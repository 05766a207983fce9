"""The functions that expressions can call. Total: an argument that does not fit gives ``None``.

The linter knows their names and types from `dsl.analysis`; a test compares the two tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal

from interpreter.protocol import Day, Items, Money, Secret, TimeOfDay, Value
from interpreter.values.arithmetic import amount_of, as_number, compare, day_of, money_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Function = Callable[..., Value]


def says(phrase: str, speech: str) -> bool:
    """Whether the words of a phrase occur together in what was said: the policy ``phrases anywhere``."""
    wanted, said = (" ".join(re.findall(r"\w+", text.casefold())) for text in (phrase, speech))
    return bool(wanted) and f" {wanted} " in f" {said} "


def luhn_fits(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    if not digits or not digits.isascii() or not digits.isdecimal():
        return False
    doubled = (int(d) * 2 if at % 2 else int(d) for at, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _luhn(value: Value) -> Value:
    if isinstance(value, Secret):
        return value.luhn
    return luhn_fits(value) if isinstance(value, str) else None


def _length(value: Value) -> Value:
    match value:
        case str():
            return float(len(value))
        case Items():
            return float(len(value.values))
        case Secret():
            return float(value.length)
        case _:
            return None


def _first(value: Value, count: Value) -> Value:
    number = _whole(count)
    return value[:number] if isinstance(value, str) and number is not None else None


def _last(value: Value, count: Value) -> Value:
    number = _whole(count)
    text = value.last if isinstance(value, Secret) else value
    if not isinstance(text, str) or number is None or (isinstance(value, Secret) and number > len(value.last)):
        return None
    return text[-number:] if number else ""


def _whole(value: Value) -> int | None:
    number = as_number(value)
    return int(number) if number is not None and number >= 0 and number == int(number) else None


def _digits(value: Value) -> Value:
    return "".join(c for c in value if c in "0123456789") if isinstance(value, str) else None


def _upper(value: Value) -> Value:
    return value.upper() if isinstance(value, str) else None


def _lower(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else None


def _contains(text: Value, part: Value) -> Value:
    return part.casefold() in text.casefold() if isinstance(text, str) and isinstance(part, str) else None


def _round(value: Value, places: Value = 0.0) -> Value:
    """Half away from zero, as people round."""
    count = _whole(places)
    if count is None or count > 6:
        return None
    unit = Decimal(1).scaleb(-count)
    if isinstance(value, Money):
        amount = amount_of(value)
        return None if amount is None else money_of(amount.quantize(unit, ROUND_HALF_UP), value.currency)
    number = as_number(value)
    return None if number is None else float(Decimal(str(number)).quantize(unit, ROUND_HALF_UP))


def _least(left: Value, right: Value) -> Value:
    smaller = compare("<=", left, right)
    return None if smaller is None else left if smaller is True else right


def _most(left: Value, right: Value) -> Value:
    larger = compare(">=", left, right)
    return None if larger is None else left if larger is True else right


def _day_of_week(day: Value) -> Value:
    date = day_of(day) if isinstance(day, Day) else None
    return WEEKDAYS[date.weekday()] if date is not None else None


def _days_between(first: Value, second: Value) -> Value:
    if not isinstance(first, Day) or not isinstance(second, Day):
        return None
    a, b = day_of(first), day_of(second)
    return float((b - a).days) if a is not None and b is not None else None


def _hour(time: Value) -> Value:
    return float(time.minutes // 60) if isinstance(time, TimeOfDay) else None


def _ahead(value: Value) -> Value:
    return value.ahead if isinstance(value, Secret) else None


FUNCTIONS: Mapping[str, Function] = {
    "luhn": _luhn,
    "length": _length,
    "first": _first,
    "last": _last,
    "digits": _digits,
    "upper": _upper,
    "lower": _lower,
    "contains": _contains,
    "round": _round,
    "min": _least,
    "max": _most,
    "day_of_week": _day_of_week,
    "days_between": _days_between,
    "hour": _hour,
    "ahead": _ahead,
    "number": as_number,
}


def call(name: str, arguments: list[Value]) -> Value:
    """The value of a function of the language; ``None`` for an unknown one, or arguments that do not fit."""
    function = FUNCTIONS.get(name)
    if function is None:
        return None
    try:
        return function(*arguments)
    except (TypeError, ArithmeticError):  # a wrong number of arguments, or a number beyond all reason
        return None
