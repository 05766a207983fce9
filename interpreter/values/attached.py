"""What comes with a call as text, read as the type that a script declares for it.

Others write it (a carrier's headers, an auto attendant), so nothing here is certain: what does not fit is ``None``, the
value of what is not there.
"""

from __future__ import annotations

import math
import re
from datetime import date

from dsl.analysis.kinds import Type
from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value

_YES, _NO = ("yes", "true", "1", "verified"), ("no", "false", "0")
_E164 = re.compile(r"(?:tel:)?(\+[1-9][0-9]{6,14})")
_MONEY = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,2})?) ?([A-Z]{3})")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?")


def of_text(text: str, kind: Type) -> Value:
    """The value that a text is. Values look as in a site's data: ``12.5``, ``yes``, ``2026-11-26``, ``09:00``,
    ``35.00 USD``, ``90`` (seconds); the parts of a list stand between commas."""
    text = text.strip()
    if not text:
        return None
    match kind.name:
        case "text":
            return text
        case "one_of":
            return next((choice for choice in kind.choices if choice.casefold() == text.casefold()), None)
        case "list":
            parts = [of_text(part, kind.element or Type("text")) for part in text.split(",")]
            return None if None in parts else Items(tuple(parts))
        case "phone":
            return found[1] if (found := _E164.fullmatch(text)) else None
        case "yes_no":
            return True if text.lower() in _YES else False if text.lower() in _NO else None
        case _:
            return _measured(text, kind.name)


def _measured(text: str, name: str) -> Value:
    match name:
        case "number":
            return float(text) if _NUMBER.fullmatch(text) else None
        case "duration":
            seconds = float(text) if _NUMBER.fullmatch(text) else -1.0
            return Seconds(seconds) if 0 <= seconds < math.inf else None
        case "money":
            return Money(found[1], found[2]) if (found := _MONEY.fullmatch(text)) else None
        case "date":
            return Day(text) if _is_day(text) else None
        case "time":
            found = _CLOCK.fullmatch(text)
            return TimeOfDay(int(found[1]) * 60 + int(found[2])) if found else None
        case _:
            return None


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
