"""Whom the site calls, and when."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dsl.emergency import WHY, is_emergency
from emulator import VirtualClock
from interpreter.callees import Callees, standing_objection, zones_of
from interpreter.ports import Performed, TryLater
from interpreter.protocol import Reported, Request
from interpreter.site import Site, SiteError
from interpreter.store import Kept, StoreUnavailable
from interpreter.store.sqlite import MEMORY, SqliteStore

SEATTLE, LONDON, TOLL_FREE = "+14255550111", "+442071234567", "+18005550100"
FICTION = "+447700900123"
"""Of the numbers that Ofcom keeps for drama: nobody has it, in no time zone of its own."""


def moment(text: str, zone: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def site(text: str = 'countries = ["US"]', more: str = "") -> Site:
    return Site.parse(f"[calling]\n{text}\n{more}", Path("."))


@pytest.mark.parametrize("number", ["911", "112", "999", "000", "110", "9-1-1", " 911 ", "+1911", "+44999", "+112"])
def test_emergency_numbers_of_every_country(number: str) -> None:
    assert is_emergency(number)


@pytest.mark.parametrize("number", [SEATTLE, LONDON, TOLL_FREE, FICTION, "", "1", "411", "+1411", "+", "911911911"])
def test_other_numbers(number: str) -> None:
    assert not is_emergency(number)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (SEATTLE, ""),
        ("911", WHY),
        ("+1911", WHY),
        (LONDON, "[calling] countries does not name GB"),
        ("+18765551234", "[calling] countries does not name JM"),
        ("+14255559999", "[calling] deny names +1425555999"),
        ("+19005551234", "numbers of this kind are dialled only where the site file names them"),
        ("+19005550000", ""),
        ("+1425", "no country has such a number"),
        ("14255550111", "no country has such a number"),
        ("anonymous", "no country has such a number"),
        ("", "no country has such a number"),
    ],
)
def test_objections(number: str, why: str) -> None:
    known = site('countries = ["US"]\ndeny = ["+1425555999"]', '[numbers]\nhot_line = "+19005550000"')
    assert standing_objection(known, number) == why


def test_without_countries_nobody_is_called() -> None:
    assert standing_objection(site(""), SEATTLE) == "[calling] countries does not name US"


NOON = moment("2026-03-02 12:00", "America/Los_Angeles")
OPENS: list[tuple[str, str, tuple[int, int] | None, float, float | None]] = [
    ("any hour", "", None, NOON, NOON),
    ("now", "", (540, 1200), NOON, NOON),
    ("too early", "", (540, 1200), NOON - 4 * 3600, moment("2026-03-02 09:00", "America/Los_Angeles")),
    ("too late", "", (540, 1200), NOON + 8 * 3600, moment("2026-03-03 09:00", "America/Los_Angeles")),
    ("the site's, too", 'hours = "13:00 to 21:00"', (540, 1200), NOON, NOON + 3600),
    ("no common hour", 'hours = "13:00 to 21:00"', (540, 780), NOON, None),
    ("over midnight", "", (1320, 60), NOON, moment("2026-03-02 22:00", "America/Los_Angeles")),
    # On 8 March 2026 the clocks go forward at two: nine o'clock comes after one hour less.
    ("clock change", "", (540, 1200), moment("2026-03-07 20:00", "America/Los_Angeles"),
     moment("2026-03-08 09:00", "America/Los_Angeles")),
]  # fmt: skip


@pytest.mark.parametrize(("hours", "own", "at", "opens"), [each[1:] for each in OPENS], ids=[each[0] for each in OPENS])
def test_hours(hours: str, own: tuple[int, int] | None, at: float, opens: float | None) -> None:
    callees = Callees(site(f'countries = ["US"]\n{hours}'), _Store(), VirtualClock(at))  # type: ignore[arg-type]
    assert callees.opens(SEATTLE, at, own) == opens


def test_a_number_of_several_zones_is_called_when_all_of_them_allow() -> None:
    zones = zones_of(TOLL_FREE)
    assert {"America/New_York", "America/Los_Angeles"} <= set(zones)
    callees = Callees(site(), _Store(), VirtualClock(NOON))  # type: ignore[arg-type]
    assert callees.opens(TOLL_FREE, NOON, (540, 1200)) == moment("2026-03-03 09:00", "Pacific/Guam")
    assert callees.opens(TOLL_FREE, NOON, (540, 1020)) is None, "from Guam to Newfoundland no hour suits"
    opens = callees.opens("+447400123456", moment("2026-03-02 07:00", "Europe/London"), (540, 1200))
    assert opens == moment("2026-03-02 09:00", "Europe/London")


def test_a_number_of_no_known_zone_is_not_called_while_there_are_hours() -> None:
    unknown = "+80012345678"  # an international freephone number
    assert zones_of(unknown) == ()
    callees = Callees(site(), _Store(), VirtualClock(NOON))  # type: ignore[arg-type]
    assert callees.opens(unknown, NOON, (540, 1200)) is None
    assert callees.opens(unknown, NOON) == NOON


class _Store:
    """A store that does not answer."""

    async def kept(self, *_: Any) -> str | None:
        raise StoreUnavailable("away")


def judged(store: Any, number: str, *, at: float = NOON) -> Performed | TryLater | None:
    callees = Callees(site('countries = ["US"]\nopt_out = "no_calls"'), store, VirtualClock(at))
    action = Request("1.patient", "dial", "patient", (("number", number), ("earliest", 540.0), ("latest", 1200.0)))
    return asyncio.run(callees.judge(action))


def test_an_attempt_is_judged() -> None:
    async def opted_out() -> SqliteStore:
        store = SqliteStore.open(MEMORY)
        await store.keep(Kept("value", "no_calls", SEATTLE, "{}", NOON + 60.0))
        return store

    assert judged(_Store(), SEATTLE) == TryLater(0.0, "away")
    refused = judged(_Store(), LONDON)
    assert refused == Performed(
        reports=Reported(NOON, "1.patient", "invalid", reason="[calling] countries does not name GB")
    )
    store = asyncio.run(opted_out())
    try:
        refused = judged(store, SEATTLE)
        assert isinstance(refused, Performed)
        assert isinstance(refused.reports, Reported)
        assert refused.reports.reason == "this number wants no more calls"
        assert judged(store, SEATTLE, at=NOON + 120.0) is None, "it was remembered for a minute"
        late = judged(store, SEATTLE, at=NOON + 10 * 3600.0)
        assert isinstance(late, Performed)
        assert isinstance(late.reports, Reported)
        assert late.reports.outcome == "later"
    finally:
        asyncio.run(store.close())


WRONG = {
    '[calling]\ncountries = ["USA"]': 'expected: a country as two capital letters, such as "US"',
    '[calling]\nhours = "21:00 to 08:00"': 'expected: two times of a day, such as "08:00 to 21:00"',
    '[calling]\nhours = "8 to 9"': 'expected: two times of a day, such as "08:00 to 21:00"',
    '[calling]\ndeny = ["1900"]': "expected: string should match",
    '[outbound.a]\nscript = "a.ivr"\nline = "+18005550100"': "name the countries that may be called",
    '[calling]\ncountries = ["US"]\n[outbound.a]\nscript = "a.ivr"\nline = "*"': "not *",
    '[outbound.a]\nline = "+18005550100"': "is missing",
    '[outbound.a]\nscrip = "a.ivr"': "unknown key; did you mean `script`?",
    '[emergency]\ncenters = ["+14255550911"]': "centers needs desks: who takes their calls",
    '[emergency]\ndesks = { "*" = { number = "guard" } }': "no number is called `guard`",
    '[emergency]\ndesks = { "*" = { } }': "exactly one of number, teams_user, teams_app and agent",
    '[lines]\n"+18005550100" = "a.ivr"\n[numbers]\nguard = "+14255550188"\n[emergency]\ncenters = ["+14255550911"]\n'
    'desks = { "+18005550101" = { number = "guard" } }': "nobody takes the calls of emergency centers on the line",
    '[numbers]\nhelp = "911"': WHY,
    '[agents.a]\nnumber = "+1911"': WHY,
}


@pytest.mark.parametrize("text", WRONG)
def test_mistakes_in_a_site_file(text: str) -> None:
    with pytest.raises(SiteError) as caught:
        Site.parse(text, Path("."))
    assert WRONG[text] in str(caught.value)
