"""The public holidays of countries and their regions, from the `holidays` package. Names are English.

A holiday that is observed on another day, because it falls on a weekend, is a holiday on both days, as the package has
it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays
from holidays.holiday_base import HolidayBase


def is_country(code: str) -> bool:
    """Whether the holidays of a country (ISO 3166-1 alpha-2, such as ``US``) are known."""
    return code in _countries()


def is_region(country: str, code: str) -> bool:
    """Whether a country has a region of this code (ISO 3166-2 without the country, such as ``NY``)."""
    return code in _countries().get(country, ())


@lru_cache(maxsize=1)
def _countries() -> dict[str, tuple[str, ...]]:
    return {code: tuple(regions) for code, regions in holidays.list_supported_countries().items()}


def countries() -> tuple[str, ...]:
    """The countries whose holidays are known."""
    return tuple(_countries())


def regions(country: str) -> tuple[str, ...]:
    """The regions of a country that have holidays of their own."""
    return _countries().get(country, ())


@lru_cache(maxsize=256)
def _of_year(country: str, region: str, year: int) -> dict[date, str]:
    if not is_country(country) or (region and not is_region(country, region)):
        return {}
    found: HolidayBase = holidays.country_holidays(country, subdiv=region or None, years=year, language="en_US")
    return dict(found.items())


def names(country: str, region: str, year: int) -> tuple[str, ...]:
    """The names of a year's holidays, each once."""
    return tuple(dict.fromkeys(name for each in _of_year(country, region, year).values() for name in each.split("; ")))


def holidays_on(country: str, region: str, day: date) -> tuple[str, ...]:
    """The names of the holidays on a day; none for an unknown country."""
    found = _of_year(country, region, day.year).get(day)
    return tuple(found.split("; ")) if found else ()
