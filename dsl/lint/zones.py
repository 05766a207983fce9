"""Time zones of the IANA database: which there are, and when their clocks change."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache

from dsl.spell import nearest

YEARS = range(2025, 2038)
"""The years that are looked at. Fixed, because a finding must not depend on the day on which it is looked for; the
database lists changes one by one until 2037 and repeats the last rule after that."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def is_zone(name: str) -> bool:
    """Whether the database has a zone of this name."""
    return name in _zones()


def nearest_zone(name: str) -> str | None:
    """The zone that was most likely meant, also where only its city is right."""
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(_zones(), reverse=True)}
    city = nearest(name.rpartition("/")[2], cities)
    return nearest(name, _zones()) or (cities[city] if city else None)


@lru_cache(maxsize=64)
def changes(zone: str) -> dict[date, tuple[datetime, datetime]]:
    """The local days of clock changes, with the local times (without zone) just before and just after the change."""
    here = zoneinfo.ZoneInfo(zone)
    found: dict[date, tuple[datetime, datetime]] = {}
    moment = datetime(YEARS.start, 1, 1, tzinfo=UTC)
    while moment.year < YEARS.stop:
        later = moment + timedelta(days=1)
        if moment.astimezone(here).utcoffset() != later.astimezone(here).utcoffset():
            low, high = moment, later
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(here).utcoffset() == low.astimezone(here).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            change = high.replace(second=0, microsecond=0)
            before = (change - timedelta(minutes=1)).astimezone(here).replace(tzinfo=None) + timedelta(minutes=1)
            found[before.date()] = (before, change.astimezone(here).replace(tzinfo=None))
        moment = later
    return found
