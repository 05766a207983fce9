"""Comparing values and computing with them. Total: what does not fit gives ``None``."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value

LIMIT = 1e15
"""Beyond this a number is not exact any more; a script has no use for it."""

_Comparable: TypeAlias = tuple[str, float | Decimal | str]


def as_number(value: Value) -> float | None:
    """A number, also from text of digits; ``None`` for everything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float | int):
        return float(value)
    if not isinstance(value, str):
        return None
    digits = value.strip()
    return float(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 15 else None


def amount_of(money: Money) -> Decimal | None:
    """The amount as a number; ``None`` for text that is none."""
    try:
        amount = Decimal(money.amount)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def money_of(amount: Decimal, currency: str) -> Money:
    """Money with two places, as almost every currency has them; more are rounded to them."""
    return Money(str(amount.quantize(Decimal("0.01"))), currency)


def day_of(day: Day) -> date | None:
    """The date; ``None`` where there is no such day."""
    try:
        return date.fromisoformat(day.iso)
    except ValueError:
        return None


def compare(operator: str, left: Value, right: Value) -> Value:
    """``is``, ``is-not``, ``<``, ``<=``, ``>``, ``>=``, ``in``, ``not-in``. Text that is a number compares with a
    number as one, and money with a number as its amount."""
    if operator == "is":
        return same(left, right)
    if operator == "is-not":
        return not same(left, right)
    if operator in ("in", "not-in"):
        return _member(left, right) is (operator == "in") if isinstance(right, Items) else None
    a, b = _key(left), _key(right)
    if a is None or b is None or {a[0], b[0]} not in ({a[0]}, {"money", "number"}):
        return None
    if isinstance(left, Money) and isinstance(right, Money) and left.currency != right.currency:
        return None
    x, y = (Decimal(str(a[1])), Decimal(str(b[1]))) if a[0] != b[0] else (a[1], b[1])
    return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[operator]  # type: ignore[operator]


def same(left: Value, right: Value) -> bool:
    """Whether two values are the same to a designer: text without case, a number and its digits."""
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, Money) or isinstance(right, Money):
        a, b = _key(left), _key(right)
        currencies = {each.currency for each in (left, right) if isinstance(each, Money)}
        if a is None or b is None or len(currencies) != 1 or not {a[0], b[0]} <= {"money", "number"}:
            return False
        return Decimal(str(a[1])) == Decimal(str(b[1]))
    x, y = as_number(left), as_number(right)
    return left == right if x is None or y is None else x == y


def _member(value: Value, items: Items) -> bool:
    return any(same(value, item) for item in items.values)


def _key(value: Value) -> _Comparable | None:
    """What a value is ordered by, with the kind of thing that it is."""
    match value:
        case Money():
            amount = amount_of(value)
            return None if amount is None else ("money", amount)
        case Day():
            return None if day_of(value) is None else ("day", value.iso)
        case TimeOfDay():
            return "time", float(value.minutes)
        case Seconds():
            return "seconds", value.value
        case _:
            number = as_number(value)
            return None if number is None else ("number", number)


def compute(operator: str, left: Value, right: Value) -> Value:
    """``+ - * /``: numbers, texts with ``+``, money, durations, and dates with days."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, Money) or isinstance(right, Money):
        return _with_money(operator, left, right)
    if isinstance(left, Day) or isinstance(right, Day):
        return _with_days(operator, left, right)
    if isinstance(left, Seconds) or isinstance(right, Seconds):
        return _with_seconds(operator, left, right)
    a, b = as_number(left), as_number(right)
    return None if a is None or b is None else _number(operator, a, b)


def _number(operator: str, a: float, b: float) -> float | None:
    if operator == "/":
        return a / b if b else None
    result = {"+": a + b, "-": a - b, "*": a * b}[operator]
    return result if abs(result) < LIMIT else None


def _with_money(operator: str, left: Value, right: Value) -> Value:
    """Money plus and minus money of the same currency, money times and by a number."""
    if isinstance(left, Money) and isinstance(right, Money):
        a, b = amount_of(left), amount_of(right)
        if a is None or b is None or left.currency != right.currency or operator not in "+-":
            return None
        return money_of(a + b if operator == "+" else a - b, left.currency)
    if operator == "-" and as_number(left) == 0.0 and isinstance(right, Money):
        negated = amount_of(right)
        return None if negated is None else money_of(-negated, right.currency)
    money, factor = (left, as_number(right)) if isinstance(left, Money) else (right, as_number(left))
    amount = amount_of(money) if isinstance(money, Money) else None
    if not isinstance(money, Money) or amount is None or factor is None or abs(factor) >= LIMIT:
        return None
    if operator == "*":
        return money_of(amount * Decimal(str(factor)), money.currency)
    return (
        money_of(amount / Decimal(str(factor)), money.currency)
        if operator == "/" and factor and money is left
        else None
    )


def _with_days(operator: str, left: Value, right: Value) -> Value:
    """A date plus or minus a duration of whole days, and the days between two dates."""
    first = day_of(left) if isinstance(left, Day) else None
    if first is None:
        return None
    if isinstance(right, Day):
        second = day_of(right)
        return float((first - second).days) if second is not None and operator == "-" else None
    if not isinstance(right, Seconds) or operator not in "+-":
        return None
    days = int(right.value // 86_400)
    try:
        return Day((first + timedelta(days=days if operator == "+" else -days)).isoformat())
    except OverflowError:
        return None


def _with_seconds(operator: str, left: Value, right: Value) -> Value:
    a = left.value if isinstance(left, Seconds) else as_number(left)
    b = right.value if isinstance(right, Seconds) else as_number(right)
    both = isinstance(left, Seconds) and isinstance(right, Seconds)
    if operator == "/" and isinstance(right, Seconds):
        return None
    if a is None or b is None or both is not (operator in "+-"):
        return Seconds(-b) if operator == "-" and a == 0.0 and b is not None else None
    result = _number(operator, a, b)
    return None if result is None else Seconds(result)
