"""Public holidays in hours: by country and region, those left out, own days beside them; the next opening, against a
slow reference that looks at every minute."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dsl import Program, Source, check
from dsl.ast import Hours
from interpreter.opening import next_change, next_opening, opening_at
from interpreter.public_holidays import countries, names, regions

FRAME = """\
ivr 1
flow main
    timezone "{zone}"
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    when hours office
        open              -> here
        holiday or closed -> sorry

step here
    say "We are here."
    finish here

step sorry
    say "We are closed."
    finish closed

hours office
{lines}
"""


def hours_of(*lines: str, zone: str = "America/New_York") -> Hours:
    text = FRAME.format(zone=zone, lines="\n".join(f"    {line}" for line in lines))
    program: Program | None = check(Source("hours.ivr", text)).program
    assert program is not None, [each.headline for each in check(Source("hours.ivr", text)).errors]
    return program.hours["office"]


def state(hours: Hours, local: str, zone: str = "America/New_York") -> tuple[str, str]:
    found = opening_at(hours, zone, datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp())
    return found.state, found.holiday


WEEK = "monday to friday 09:00 to 17:00"


@pytest.mark.parametrize(
    ("lines", "local", "expected"),
    [
        ((WEEK, "holidays of US"), "2026-12-25 10:00", ("holiday", "Christmas Day")),
        ((WEEK, "holidays of US"), "2026-11-26 10:00", ("holiday", "Thanksgiving Day")),
        (
            (WEEK, "holidays of US"),
            "2026-07-03 10:00",
            ("holiday", "Independence Day"),
        ),  # observed: the 4th is a Saturday
        ((WEEK, "holidays of US"), "2026-10-12 10:00", ("holiday", "Columbus Day")),
        ((WEEK, 'holidays of US except "Columbus Day"'), "2026-10-12 10:00", ("open", "")),
        ((WEEK, "holidays of US"), "2026-11-27 10:00", ("open", "")),
        ((WEEK, 'holidays of US in "CA"'), "2026-11-27 10:00", ("holiday", "Day After Thanksgiving")),
        (
            (WEEK, 'holiday "Christmas party" 12-25', "holidays of US"),
            "2026-12-25 10:00",
            ("holiday", "Christmas party"),
        ),
        ((WEEK, 'holidays of DE in "BY"'), "2026-01-06 10:00", ("holiday", "Epiphany")),
        ((WEEK, "holidays of DE"), "2026-01-06 10:00", ("open", "")),
        ((WEEK, "open 2026-12-25 10:00 to 12:00", "holidays of US"), "2026-12-25 11:00", ("holiday", "Christmas Day")),
    ],
)
def test_the_state(lines: tuple[str, ...], local: str, expected: tuple[str, str]) -> None:
    assert state(hours_of(*lines), local) == expected


def test_hours_that_run_past_midnight_do_not_begin_on_a_holiday() -> None:
    night = hours_of("every day 20:00 to 04:00", "holidays of US")
    assert state(night, "2026-12-25 02:00") == ("holiday", "Christmas Day")
    assert state(night, "2026-12-25 21:00") == ("holiday", "Christmas Day")
    assert state(night, "2026-12-26 02:00") == ("closed", "")
    assert state(night, "2026-12-26 21:00") == ("open", "")


def test_every_country_has_names_and_every_region_is_known() -> None:
    assert {"US", "DE", "FR", "MX", "CA", "GB"} <= set(countries())
    assert {"CA", "NY"} <= set(regions("US"))
    assert "Christmas Day" in names("US", "", 2026)


ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "UTC")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
QUARTERS = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(0, 1440, 15)]


@st.composite
def weeks(draw: st.DrawFn) -> tuple[str, ...]:
    """A few days with an interval or two each, some past midnight; perhaps a closed day and one of its own."""
    lines = []
    for day in draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)):
        start, end = sorted(draw(st.lists(st.sampled_from(QUARTERS), min_size=2, max_size=2, unique=True)))
        lines.append(
            f"{day} {start} to {end}" if draw(st.booleans()) or start == "00:00" else f"{day} {end} to {start}"
        )
    if draw(st.booleans()):
        lines.append('holiday "Stocktaking" 2026-03-30')
    return tuple(lines)


CHANGES = (
    datetime(2026, 3, 8),
    datetime(2026, 3, 29),
    datetime(2026, 10, 25),
    datetime(2026, 11, 1),
    datetime(2026, 4, 5),
)
"""Days on which clocks change somewhere."""


@settings(max_examples=60, deadline=None)
@given(weeks(), st.sampled_from(ZONES), st.sampled_from(CHANGES), st.integers(-2880, 2880))
def test_the_next_opening_is_the_first_minute_that_is_open(
    lines: tuple[str, ...], zone: str, day: datetime, offset: int
) -> None:
    checked = check(Source("hours.ivr", FRAME.format(zone=zone, lines="\n".join(f"    {line}" for line in lines))))
    assume(checked.program is not None)  # intervals that overlap are refused
    assert checked.program is not None
    hours = checked.program.hours["office"]
    at = (day.replace(tzinfo=ZoneInfo(zone)) + timedelta(minutes=offset)).timestamp() // 60 * 60
    was_open, expected = opening_at(hours, zone, at).state == "open", None
    for minute in range(1, 10 * 1440):
        is_open = opening_at(hours, zone, at + 60 * minute).state == "open"
        if is_open and not was_open:
            expected = at + 60 * minute
            break
        was_open = is_open
    found = next_opening(hours, zone, at)
    assert (found.timestamp() if found else None) == expected
    change = next_change(hours, zone, at)
    if change is not None:
        assert opening_at(hours, zone, change.timestamp()) != opening_at(hours, zone, at)
        assert opening_at(hours, zone, change.timestamp() - 1) == opening_at(hours, zone, at)
