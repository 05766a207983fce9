"""When it opens again, as it is said: today, a weekday within a week, a date beyond it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from babel import Locale
from babel.dates import format_date

from interpreter.protocol import Day, TimeOfDay
from interpreter.spoken.formats import locale_of, say


@dataclass(frozen=True, slots=True)
class _Wording:
    """How a language puts day and time together; ``day`` makes a weekday or a date what stands in a sentence."""

    today: str
    day: Callable[[str], str]
    join: Callable[[str, str], str]


_PLAIN = _Wording("", lambda day: day, lambda day, time: f"{day}, {time}".lstrip(", "))
_WORDINGS = {
    "es": _Wording("hoy", lambda day: f"el {day}", lambda day, time: f"{day} a {time}"),
    "fr": _Wording("aujourd'hui", lambda day: day, lambda day, time: f"{day} à {time}"),
    "de": _Wording("heute", lambda day: f"am {day}", lambda day, time: f"{day} um {time}"),
    "it": _Wording("oggi", lambda day: day, lambda day, time: f"{day} alle {time}"),
    "pt": _Wording("hoje", lambda day: day, lambda day, time: f"{day} às {time}"),
    "nl": _Wording("vandaag", lambda day: day, lambda day, time: f"{day} om {time}"),
}


def opening(moment: datetime, now: datetime, language: str) -> str:
    """``el viernes a las 9 de la mañana``. A language without own words says day and time by CLDR's rules."""
    locale = locale_of(language)
    wording = _WORDINGS.get(locale.language, _PLAIN)
    time = say(TimeOfDay(moment.hour * 60 + moment.minute), "time", language) or ""
    days = (moment.date() - now.date()).days
    if days == 0 and wording.today:
        return wording.join(wording.today, time)
    return wording.join(wording.day(_day(moment, now, days, language, locale)), time)


def _day(moment: datetime, now: datetime, days: int, language: str, locale: Locale) -> str:
    if days < 7:
        return format_date(moment.date(), "EEEE", locale)
    today = Day(now.date().isoformat())
    return say(Day(moment.date().isoformat()), "date", language, today) or ""
