"""Public holidays as the `holidays` package has them: which countries, regions and names there are.

The engine asks the same package, so that a name that is found here is found on the day itself.
"""

from __future__ import annotations

from functools import lru_cache

import holidays

from dsl.lint.zones import YEARS


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """The countries (ISO 3166-1 alpha-2) with their regions (ISO 3166-2 without the country)."""
    return {code: tuple(regions) for code, regions in holidays.list_supported_countries().items()}


@lru_cache(maxsize=64)
def names(country: str, region: str) -> frozenset[str]:
    """The English names of the holidays of a country or region, of all years that are looked at."""
    found = holidays.country_holidays(country, subdiv=region or None, years=YEARS, language="en_US")
    return frozenset(name for each in found.values() for name in each.split("; "))
