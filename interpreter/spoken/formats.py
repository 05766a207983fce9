"""The formats of values in texts: ``{balance as money}``. Total: what does not fit gives ``None``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

from interpreter.protocol import Day, Items, Money, Record, Seconds, Secret, TimeOfDay, Value
from interpreter.spoken.words import words_of

Say = Callable[[Value, Locale, "Day | None"], str | None]


@dataclass(frozen=True, slots=True)
class Format:
    """``accepts`` are the kinds of value, as the language calls them, that it can read out."""

    meaning: str
    accepts: tuple[str, ...]
    say: Say


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale:
    """A locale by its tag; one that babel does not know counts as its language, and at last as US English."""
    for tag in (name, name.split("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en", "US")


def say(value: Value, format: str = "", locale: str = "en-US", today: Day | None = None) -> str | None:
    """How a value is said; ``None`` when there is nothing to say or the format does not fit. Never raises.

    A secret is never said. ``today`` lets dates within a year go without their year.
    """
    if value is None or isinstance(value, Secret | Record):
        return None
    found = FORMATS.get(format or kind_of(value))
    said = found.say(value, locale_of(locale), today) if found is not None else None
    return None if said is None else said.replace("\u00a0", " ").replace("\u202f", " ")


def waited_in_words(seconds: float) -> float:
    """Seconds of waiting as people say them: in whole minutes, once there is one."""
    return float(seconds // 60 * 60) if seconds >= 60 else float(round(max(seconds, 0.0)))


def kind_of(value: Value) -> str:
    """The format in which a value is said when the script gives none."""
    match value:
        case bool():
            return "yes_no"
        case float() | int():
            return "number"
        case Money():
            return "money"
        case Day():
            return "date"
        case TimeOfDay():
            return "time"
        case Seconds():
            return "duration"
        case Items():
            return "list"
        case _:
            return "text"


def accepts(format: str, kind: str) -> bool:
    """Whether a format can read out values of a kind."""
    found = FORMATS.get(format)
    return found is not None and kind in found.accepts


def _text(value: Value, locale: Locale, today: Day | None) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Value, locale: Locale, today: Day | None) -> str | None:
    number = _decimal(value)
    if number is None:
        return None
    # Below a hundred thousand there is no grouping: voices read "2,026" as two numbers in some languages.
    pattern = "0.######" if abs(number) < 100_000 else "#,##0.######"
    return format_decimal(number, format=pattern, locale=locale)


def _decimal(value: Value) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, float | int | str | Money):
        return None
    text = value.amount if isinstance(value, Money) else value if isinstance(value, str) else repr(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e18") else None


def _ordinal(value: Value, locale: Locale, today: Day | None) -> str | None:
    number = _decimal(value)
    if number is None or number != number.to_integral_value() or number < 0:
        return None
    return words_of(locale.language).ordinal(int(number))


def _money(value: Value, locale: Locale, today: Day | None) -> str | None:
    """``$1,234.50``; whole amounts in words of the currency: ``35 US dollars`` is read alike by every voice."""
    if not isinstance(value, Money):
        return None
    amount = _decimal(value)
    if amount is None or not re.fullmatch(r"[A-Z]{3}", value.currency):
        return None
    if amount == amount.to_integral_value() and abs(amount) < 100_000:
        return _currency_name(amount, value.currency, locale)
    return format_currency(amount, value.currency, locale=locale)


def _currency_name(amount: Decimal, currency: str, locale: Locale) -> str:
    """``35 dollars`` where it is the money of the locale's own country, else ``35 US dollars``."""
    said = format_currency(amount, currency, format="0", locale=locale, format_type="name", currency_digits=False)
    own = words_of(locale.language).currencies.get(currency)
    if own is None or currency != words_of(locale.language).home_currency(locale.territory or ""):
        return said
    return f"{format_decimal(amount, format='0', locale=locale)} {own[0] if amount == 1 else own[1]}"


def _digits(value: Value, locale: Locale, today: Day | None) -> str | None:
    """One character at a time: letters and digits, nothing else."""
    text = value if isinstance(value, str) else _number(value, Locale("en", "US"), today)
    return " ".join(c for c in text if c.isalnum()) if text is not None else None


def _yes_no(value: Value, locale: Locale, today: Day | None) -> str | None:
    return words_of(locale.language).yes_no[0 if value else 1] if isinstance(value, bool) else None


def _date(value: Value, locale: Locale, today: Day | None) -> str | None:
    return _day(value, locale, today, "full")


def _short_date(value: Value, locale: Locale, today: Day | None) -> str | None:
    return _day(value, locale, today, "long")


def _day(value: Value, locale: Locale, today: Day | None, style: str) -> str | None:
    day = _as_date(value)
    if day is None:
        return None
    base = _as_date(today)
    near = base is not None and 0 <= (day - base).days < 365
    return format_date(day, _pattern(locale, style, near), locale)


@lru_cache(maxsize=128)
def _pattern(locale: Locale, style: str, near: bool) -> str:
    """CLDR's pattern of a whole date; without its year, and what ties the year to the rest, for a near one."""
    pattern = locale.date_formats[style].pattern
    return re.sub(r"^y+[^a-zA-Z']*|[, ]*('[^']*')?[, ]*y+.*$", "", pattern) if near else pattern


def _as_date(value: Value) -> date | None:
    if not isinstance(value, Day):
        return None
    try:
        return date.fromisoformat(value.iso)
    except ValueError:
        return None


def _weekday(value: Value, locale: Locale, today: Day | None) -> str | None:
    day = _as_date(value)
    return format_date(day, "EEEE", locale) if day is not None else None


def _time(value: Value, locale: Locale, today: Day | None) -> str | None:
    if not isinstance(value, TimeOfDay) or not 0 <= value.minutes < 1440:
        return None
    return words_of(locale.language).time(time(value.minutes // 60, value.minutes % 60), locale)


def _duration(value: Value, locale: Locale, today: Day | None) -> str | None:
    """``2 minutes and 30 seconds``: the two largest units, the rest rounded away."""
    if not isinstance(value, Seconds) or not 0 <= value.value < 1e9:
        return None
    left, parts = round(value.value), list[str]()
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, seconds)
        if count or (unit == "second" and not parts):
            parts.append(str(format_unit(count, f"duration-{unit}", "long", locale=locale)))
    return format_list(parts[:2], locale=locale)


def _phone(value: Value, locale: Locale, today: Day | None) -> str | None:
    """Groups of single digits: ``4 2 5, 5 5 5, 0 1 0 0``; the country's code only for numbers of another country."""
    if not isinstance(value, str):
        return None
    try:
        number = phonenumbers.parse(value, locale.territory)
    except phonenumbers.NumberParseException:
        return _digits(value, locale, today)
    home = phonenumbers.country_code_for_region(locale.territory or "US")
    kind = phonenumbers.PhoneNumberFormat
    shape = kind.NATIONAL if number.country_code == home else kind.INTERNATIONAL
    groups = re.findall(r"[0-9]+", phonenumbers.format_number(number, shape))
    return ", ".join(" ".join(group) for group in groups)


def _list(value: Value, locale: Locale, today: Day | None) -> str | None:
    if not isinstance(value, Items):
        return None
    said = [say(item, "", str(locale).replace("_", "-"), today) for item in value.values]
    known = [each for each in said if each is not None]
    return format_list(known, locale=locale) if known and len(known) == len(said) else None


_DIGITS = ("text", "number", "phone", "one_of")

FORMATS: Mapping[str, Format] = {
    "text": Format("as it is", ("text", "phone", "one_of"), _text),
    "digits": Format("one character at a time: 4 2 4 2", _DIGITS, _digits),
    "number": Format("a number: 1,234", ("number", "text"), _number),
    "ordinal": Format("a place in an order: third, or 3rd", ("number", "text"), _ordinal),
    "money": Format("an amount: 35 dollars, $1,234.50", ("money",), _money),
    "date": Format("a date with its weekday: Tuesday, March 4", ("date",), _date),
    "short_date": Format("a date without its weekday: March 4", ("date",), _short_date),
    "weekday": Format("the day of the week: Tuesday", ("date",), _weekday),
    "time": Format("a time of the day: 9 a.m., 1:30 p.m.", ("time",), _time),
    "duration": Format("a length of time: 2 minutes and 30 seconds", ("duration",), _duration),
    "phone": Format("a telephone number in groups: 4 2 5, 5 5 5, 0 1 0 0", ("phone", "text"), _phone),
    "list": Format("all of a list: red, green, and blue", ("list",), _list),
    "yes_no": Format("yes or no, in the call's language", ("yes_no",), _yes_no),
}
"""Every format of the language. Without one, a value is said in the format of its kind."""
