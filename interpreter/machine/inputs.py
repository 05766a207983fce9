"""What a caller has entered or said, read as the value that a collect asks for. ``None``: it is none, so no match."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import assert_never

import phonenumbers

from dsl.ast import (
    Collect,
    CollectKind,
    DateKind,
    Digits,
    Expression,
    MoneyKind,
    NumberKind,
    OneOfKind,
    PhoneKind,
    SpeechKind,
    TimeKind,
    YesNoKind,
)
from interpreter.machine.turn import Scope, Turn
from interpreter.protocol import Day, Items, Money, Secret, TimeOfDay, Value
from interpreter.spoken import digits_heard, number_heard, yes_or_no_heard
from interpreter.spoken.words import home_currency
from interpreter.values import compare, evaluate, read
from interpreter.values.functions import says

MOST_DIGITS = 15
"""Digits of a number, an amount or a telephone number (ITU-T E.164 has 15)."""
MONTH_FIRST = frozenset({"US", "PH", "PW", "FM"})
"""Territories where a date is written with its month first."""


def from_keys(turn: Turn, kind: CollectKind, tones: str) -> Value:
    """The value of keys that were pressed."""
    match kind:
        case Digits():
            fits = kind.least.value <= len(tones) <= kind.most.value and _is_digits(tones)
            return tones if fits else None
        case NumberKind():
            number = float(tones) if _is_digits(tones) and len(tones) <= MOST_DIGITS else None
            return _within(turn, number, kind.least, kind.most)
        case MoneyKind():
            return _within(turn, _money(turn, kind, tones), kind.least, kind.most)
        case DateKind():
            return _within(turn, _date(pattern_of(turn, kind), tones), kind.least, kind.most)
        case TimeKind():
            return _within(turn, _time(tones), kind.least, kind.most)
        case PhoneKind():
            return _phone(turn, kind, tones)
        case YesNoKind():
            return {"1": True, "2": False}.get(tones)
        case OneOfKind():
            entries = entries_of(turn, kind)
            number = int(tones) if _is_digits(tones) and len(tones) <= 2 else 0
            return entries[number - 1] if 1 <= number <= len(entries) else None
        case SpeechKind():
            return None
        case _:
            assert_never(kind)


def from_speech(turn: Turn, kind: CollectKind, speech: str) -> Value:
    """The value of words that were said, in the call's language."""
    match kind:
        case SpeechKind():
            return speech.strip() or None
        case YesNoKind():
            return yes_or_no_heard(speech, turn.language)
        case OneOfKind():
            return _entry_heard(turn, kind, speech)
        case NumberKind():
            return _within(turn, number_heard(speech, turn.language), kind.least, kind.most)
        case MoneyKind():
            heard = number_heard(speech, turn.language)
            return None if heard is None else from_keys(turn, kind, f"{heard:.0f}")
        case Digits() | DateKind() | TimeKind() | PhoneKind():
            digits = digits_heard(speech, turn.language)
            return None if digits is None else from_keys(turn, kind, digits)
        case _:
            assert_never(kind)


def from_secret(kind: CollectKind, secret: Secret) -> Value:
    """A secret is only looked at for its length."""
    least, most = (kind.least.value, kind.most.value) if isinstance(kind, Digits) else (1, most_tones_of(kind))
    return secret if least <= secret.length <= most else None


def entries_of(turn: Turn, kind: OneOfKind) -> tuple[str, ...]:
    """What can be chosen: the texts of the script, as it has written them, or those of a list value."""
    if kind.source is None:
        return tuple(choice.plain for choice in kind.choices)
    found = read(Scope(turn), kind.source.path)
    return tuple(each for each in found.values if isinstance(each, str)) if isinstance(found, Items) else ()


def pattern_of(turn: Turn, kind: DateKind) -> str:
    """How a date is entered: ``MMDDYYYY`` in the United States, ``DDMMYYYY`` elsewhere, or as the script says."""
    if kind.pattern is not None:
        return kind.pattern.plain.upper()
    return "MMDDYYYY" if turn.language.split("-")[-1] in MONTH_FIRST else "DDMMYYYY"


def most_tones(turn: Turn, block: Collect) -> int:
    """How many keys the input can have."""
    kind = block.kind
    if isinstance(kind, DateKind):
        return len(pattern_of(turn, kind))
    if isinstance(kind, OneOfKind):
        return 1 if len(entries_of(turn, kind)) < 10 else 2
    return most_tones_of(kind)


def most_tones_of(kind: CollectKind | None) -> int:
    """How many keys a kind can have, where that is the same in every call."""
    match kind:
        case Digits():
            return kind.most.value
        case TimeKind():
            return 4
        case YesNoKind() | SpeechKind() | None:
            return 1
        case DateKind():
            return 8
        case NumberKind() | MoneyKind() | PhoneKind() | OneOfKind():
            return MOST_DIGITS
        case _:
            assert_never(kind)


def _is_digits(tones: str) -> bool:
    return tones.isascii() and tones.isdecimal()


def _within(turn: Turn, value: Value, least: Expression | None, most: Expression | None) -> Value:
    """The value where it lies in the bounds of the script; bounds that have no value bind nobody."""
    if value is None:
        return None
    scope = Scope(turn)
    too_small = least is not None and compare("<", value, evaluate(least, scope)) is True
    too_large = most is not None and compare(">", value, evaluate(most, scope)) is True
    return None if too_small or too_large else value


def _money(turn: Turn, kind: MoneyKind, tones: str) -> Money | None:
    """``35*50`` is 35.50: the star key is the decimal point."""
    match = re.fullmatch(r"([0-9]{1,12})(?:\*([0-9]{1,2}))?", tones)
    if match is None:
        return None
    currency = kind.currency.plain if kind.currency else home_currency(turn.language.split("-")[-1]) or "USD"
    cents = (match[2] or "0").ljust(2, "0")
    return Money(str(Decimal(f"{int(match[1])}.{cents}")), currency)


def _date(pattern: str, tones: str) -> Day | None:
    """``YY`` is this century's. Without a day it is the first of the month."""
    if len(tones) != len(pattern) or not _is_digits(tones):
        return None
    found: dict[str, str] = {}
    for letter, digit in zip(pattern, tones, strict=True):
        found[letter] = found.get(letter, "") + digit
    year = int(found.get("Y", "0"))
    try:
        day = date(year + 2000 if len(found.get("Y", "")) == 2 else year, int(found["M"]), int(found.get("D", "1")))
    except (ValueError, KeyError):
        return None
    return Day(day.isoformat())


def _time(tones: str) -> TimeOfDay | None:
    if len(tones) != 4 or not _is_digits(tones):
        return None
    hours, minutes = int(tones[:2]), int(tones[2:])
    return TimeOfDay(hours * 60 + minutes) if hours < 24 and minutes < 60 else None


def _phone(turn: Turn, kind: PhoneKind, tones: str) -> str | None:
    """E.164 text, of a number that can exist: of the country, or of any with ``00`` or ``011`` and its code before."""
    region = kind.region.plain.upper() if kind.region else turn.language.split("-")[-1]
    if not _is_digits(tones):
        return None
    try:
        number = phonenumbers.parse(tones, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _entry_heard(turn: Turn, kind: OneOfKind, speech: str) -> str | None:
    """The entry that was said, by its words in the call's language, or by its number. Words around it do no harm, as
    long as they are not those of another entry."""
    entries = entries_of(turn, kind)
    ways = [
        turn.phrases((text,)) if text is not None else (entry,)
        for entry, text in zip(entries, kind.choices or (None,) * len(entries), strict=True)
    ]
    whole = [entry for entry, texts in zip(entries, ways, strict=True) if _plain(speech) in map(_plain, texts)]
    inside = [entry for entry, texts in zip(entries, ways, strict=True) if any(says(each, speech) for each in texts)]
    if whole or len(inside) == 1:
        return (whole or inside)[0]
    number = number_heard(speech, turn.language)
    return entries[int(number) - 1] if number is not None and 1 <= number <= len(entries) else None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def yes_or_no(turn: Turn, tones: str, speech: str) -> bool | None:
    """Whether a caller has confirmed: key 1 or 2, or the words of the call's language."""
    if speech:
        return yes_or_no_heard(speech, turn.language)
    return {"1": True, "2": False}.get(tones)
