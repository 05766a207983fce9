"""Whom the site calls by itself, and when: the policy of `[calling]`, judged before anybody is dialled.

Every attempt is judged anew, so whoever has had enough meanwhile is not called again. A number says in which country it
is, and mostly in which time zone; where it may be in several, the hour has to be right in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

from dsl.emergency import WHY, is_emergency
from interpreter.opening import is_zone
from interpreter.ports import Clock, Performed, TryLater
from interpreter.protocol import Reported, Request
from interpreter.site import Site
from interpreter.site_outbound import clock_hours
from interpreter.store import Store, StoreUnavailable

COSTLY = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.PAGER,
    }
)
"""Kinds of numbers that are not dialled unless the site file names them: calling them is what fraud lives on."""
LOOK_AHEAD = 8
"""Days in which an hour has to be found that suits everywhere where a number may be."""
NO_HOUR = "there is no hour that the script and [calling] hours allow in every time zone where this number may be"
OPTED_OUT = "this number wants no more calls"

Hours = tuple[int, int]
"""Minutes after midnight, the second one not included."""


class Callees:
    """Judges numbers."""

    def __init__(self, site: Site, store: Store, clock: Clock) -> None:
        self._site, self._store, self._clock = site, store, clock

    async def objection(self, number: str) -> str:
        """Why a number is never called, ``""`` when it may be. Raises `StoreUnavailable`."""
        return standing_objection(self._site, number) or (OPTED_OUT if await self.has_opted_out(number) else "")

    async def has_opted_out(self, number: str) -> bool:
        """Whether whoever has this number wants no more calls. Raises `StoreUnavailable`."""
        name = self._site.settings.calling.opt_out
        return bool(name) and await self._store.kept("value", name or "", number, self._clock.now()) is not None

    async def judge(self, action: Request) -> Performed | TryLater | None:
        """What becomes of an attempt before it is made; ``None``: it may be made now."""
        values = dict(action.arguments)
        number, now = str(values.get("number", "")), self._clock.now()
        try:
            objection = await self.objection(number)
        except StoreUnavailable as error:
            return TryLater(0.0, str(error))
        if objection:
            return Performed(reports=Reported(now, action.op, "invalid", reason=objection))
        earliest, latest = values.get("earliest"), values.get("latest")
        own = (int(earliest), int(latest)) if isinstance(earliest, float) and isinstance(latest, float) else None
        opens = self.opens(number, now, own)
        if opens is None:
            return Performed(reports=Reported(now, action.op, "invalid", reason=NO_HOUR))
        return Performed(reports=Reported(now, action.op, "later", (("at", opens),))) if opens > now else None

    def opens(self, number: str, at: float, own: Hours | None = None) -> float | None:
        """From when on a number may be called, ``at`` at the earliest: by the hours of the site, and ``own`` ones
        beside them. ``None`` for never."""
        hours = self._site.settings.calling.hours
        wanted = [each for each in (clock_hours(hours) if hours else None, own) if each is not None]
        if not wanted:
            return at
        zones = zones_of(number)
        if not zones:
            return None
        moments = sorted({at, *_beginnings(at, wanted, zones)})
        return next((each for each in moments if each >= at and _suits(each, wanted, zones)), None)


def standing_objection(site: Site, number: str) -> str:
    """Why a number is never called, by what the site file says; ``""`` when it may be."""
    if is_emergency(number):
        return WHY
    parsed = parse(number)
    if parsed is None:
        return "no country has such a number"
    policy = site.settings.calling
    # A number that nobody has, such as one kept for fiction, belongs to the largest country of its code.
    largest = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    country = phonenumbers.region_code_for_number(parsed) or largest
    if country not in policy.countries:
        return f"[calling] countries does not name {country}"
    if begins := next((each for each in policy.deny if number.startswith(each)), None):
        return f"[calling] deny names {begins}"
    if phonenumbers.number_type(parsed) in COSTLY and number not in site.settings.numbers.values():
        return "numbers of this kind are dialled only where the site file names them"
    return ""


def parse(number: str) -> phonenumbers.PhoneNumber | None:
    """A number in E.164 form, of a length that its country uses."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        return None
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


def zones_of(number: str) -> tuple[str, ...]:
    """The time zones in which a number may be; none for one of which that is not known."""
    # Some megabytes, which only who makes calls needs.
    from phonenumbers import timezone

    parsed = parse(number)
    found: Sequence[str] = timezone.time_zones_for_number(parsed) if parsed is not None else ()
    return tuple(each for each in found if each != timezone.UNKNOWN_TIMEZONE and is_zone(each))


def _beginnings(at: float, wanted: Sequence[Hours], zones: Sequence[str]) -> Iterator[float]:
    """The moments of the next days at which some hours begin somewhere."""
    for zone in map(ZoneInfo, zones):
        today = datetime.fromtimestamp(at, zone).date()
        for days in range(LOOK_AHEAD):
            for begins, _ in wanted:
                opening = time(begins // 60 % 24, begins % 60)
                yield datetime.combine(today + timedelta(days=days), opening, zone).timestamp()


def _suits(at: float, wanted: Sequence[Hours], zones: Sequence[str]) -> bool:
    for zone in map(ZoneInfo, zones):
        local = datetime.fromtimestamp(at, zone)
        minute = local.hour * 60 + local.minute
        if not all(_inside(minute, begins, ends) for begins, ends in wanted):
            return False
    return True


def _inside(minute: int, begins: int, ends: int) -> bool:
    """Hours that end before they begin go over midnight."""
    return begins <= minute < ends if begins < ends else minute >= begins or minute < ends
