"""Scenario S4, hours, holiday and emergency switch, on a virtual clock: every step and every assertion of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from machine_rig import MONDAY, NEW_YORK, call, moment, program, sample, seconds, unchecked

from dsl.ast import Hours
from interpreter.opening import next_change, next_opening, opening_at, spoken_opening
from interpreter.simulate import AUDIO, Simulation

SCRIPT = sample("s4_hours")
GREETING = "Thank you for calling Contoso."
MENU = "For billing, press 1. For an agent, press 0."
CLOSED = "Our office is open Monday to Friday, 9 to 5 Eastern."
LEAVE = "To leave a message press 1."
THANKSGIVING = "We are closed today for Thanksgiving. We open again Friday at 9 a.m."
LUNCH = "We are at lunch. We open again today at 1 p.m."
VOICEMAIL = ("transferred", "mailbox", "voicemail_left")
ON = (("emergency_closure", True),)


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/Los_Angeles"], autouse=True)
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Everything here must hold wherever the server stands."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


# --------------------------------------------------------------------------------------------------------------------
# The script


@dataclass(frozen=True)
class Call:
    """A call answered at ``at``, New York time; what is heard, with the silence before each prompt; how it ends."""

    at: str
    plan: str
    heard: list[tuple[float, str]]
    end: tuple[str, str, str]
    switches: tuple[tuple[str, bool], ...] = ()


BUSY_MENU = [(0.0, GREETING), (0.0, MENU)]
CALLS = {
    "open": Call("2026-03-02 10:00", "press 1", BUSY_MENU, ("transferred", "billing", "connected")),
    "emergency beats open hours": Call(
        "2026-03-02 10:00", "press 1", [(0, GREETING), (0, "[emergency_notice]"), (0, LEAVE)], VOICEMAIL, ON
    ),
    "emergency beats a holiday; one attempt of 5.0 s": Call(
        "2026-11-26 10:00",
        "silent",
        [(0, GREETING), (0, "[emergency_notice]"), (0, LEAVE), (5, "Goodbye.")],
        ("hung_up", "goodbye", "hung_up_after_message"),
        ON,
    ),
    "emergency beats closed hours; a wrong key is the one attempt": Call(
        "2026-03-01 10:00",
        "press 5",
        [(0, GREETING), (0, "[emergency_notice]"), (0, LEAVE), (0, "Goodbye.")],
        ("hung_up", "goodbye", "hung_up_after_message"),
        ON,
    ),
    "a named holiday, with the computed opening": Call(
        "2026-11-26 10:00", "", [(0, GREETING), (0, THANKSGIVING)], VOICEMAIL
    ),
    "a holiday beats lunch": Call("2026-11-26 12:30", "", [(0, GREETING), (0, THANKSGIVING)], VOICEMAIL),
    "a holiday on a weekend": Call(
        "2027-12-25 10:00",
        "",
        [(0, GREETING), (0, "We are closed today for Christmas. We open again Monday at 9 a.m.")],
        VOICEMAIL,
    ),
    "a holiday before a weekend": Call(
        "2027-01-01 10:00",
        "",
        [(0, GREETING), (0, "We are closed today for New Year. We open again Monday at 9 a.m.")],
        VOICEMAIL,
    ),
    "lunch has its own text": Call("2026-03-02 12:30", "", [(0, GREETING), (0, LUNCH)], VOICEMAIL),
    "weekend": Call("2026-02-28 10:00", "", [(0, GREETING), (0, CLOSED)], VOICEMAIL),
    "answered in the last second: open": Call(
        "2026-03-02 16:59:59", "hang up", BUSY_MENU, ("abandoned", "main_menu", "abandoned")
    ),
    "answered at 16:59:58: open": Call(
        "2026-03-02 16:59:58", "hang up", BUSY_MENU, ("abandoned", "main_menu", "abandoned")
    ),
    "answered at 17:00:00: closed": Call("2026-03-02 17:00:00", "", [(0, GREETING), (0, CLOSED)], VOICEMAIL),
    "a caller in the menu at 17:00 finishes it, and the line is closed": Call(
        "2026-03-02 16:59:50",
        "silent; press 7; press 1",  # the menu is said until 16:59:55.2, so the silence ends at 17:00:00.2
        [
            *BUSY_MENU,
            (5, "I did not hear anything. Press 1 for billing, or 0 for an agent."),
            (
                0,
                "That is not one of the choices. Press 1 or 0 now, or stay on the line and we will connect you.",
            ),
            (0, CLOSED),
        ],
        VOICEMAIL,
    ),
    "the line is asked for just before 17:00": Call(
        "2026-03-02 16:59:50", "press 0", BUSY_MENU, ("transferred", "front_desk", "connected")
    ),
    "the line is asked for when lunch begins": Call(
        "2026-03-02 11:59:58", "press 0", [*BUSY_MENU, (0, LUNCH)], VOICEMAIL
    ),
}


@pytest.mark.parametrize("case", CALLS.values(), ids=CALLS)
def test_a_call_at_that_time(case: Call) -> None:
    simulation = call(program(SCRIPT), case.plan, moment(case.at), case.switches)
    lines = [line for line in simulation.lines if line.who == "ivr"]
    assert [line.text for line in lines] == [text for _, text in case.heard]
    before = 0.0
    for line, (gap, text) in zip(lines, case.heard, strict=True):
        assert line.t == pytest.approx(before + gap)
        assert line.end - line.t == pytest.approx(AUDIO if text.startswith("[") else seconds(text))
        before = line.end
    assert simulation.end is not None
    assert (simulation.end.ending, simulation.end.block, simulation.end.result) == case.end


def test_the_line_looks_at_the_clock_again_at_17_00_01() -> None:
    """The key is pressed at 17:00:01 exactly; at 16:59:59.9 the same key rings the desk."""
    for late, heard in ((9.0, [GREETING, MENU, CLOSED]), (7.9, [GREETING, MENU])):
        simulation = Simulation(program(SCRIPT), moment("2026-03-02 16:59:52"))
        simulation.settle()
        simulation.wait(late - simulation.t)
        simulation.press("0")
        assert [line.t for line in simulation.lines if line.who == "caller"] == [pytest.approx(late)]
        simulation.to_the_end()
        assert [line.text for line in simulation.lines if line.who == "ivr"] == heard


def test_a_switch_counts_from_the_next_call_on() -> None:
    script = program(SCRIPT)
    running = Simulation(script, MONDAY, switches=(("emergency_closure", False),))
    running.settle()
    next_call = Simulation(script, MONDAY + 1, switches=ON)
    next_call.settle()
    running.press("1")  # asks `when hours` once more, while the switch is on
    assert running.ringing == "billing"
    assert running.call.switches == (("emergency_closure", False),)
    assert "[emergency_notice]" in [line.text for line in next_call.lines]


def test_a_hang_up_at_every_wait_is_abandoned() -> None:
    for at, switches, plan, block in (
        ("2026-03-02 10:00", (), "hang up at 1s", "welcome"),
        ("2026-03-02 10:00", ON, "wait 2s; hang up at 1s", "emergency_notice"),
        ("2026-03-02 10:00", ON, "hang up", "emergency_choice"),
        ("2026-03-02 10:00", ON, "silent; hang up at 0.1s", "goodbye"),
        ("2026-11-26 10:00", (), "wait 2s; hang up at 1s", "holiday_notice"),
        ("2026-03-02 12:30", (), "wait 2s; hang up at 1s", "lunch_notice"),
        ("2026-03-01 10:00", (), "wait 2s; hang up at 1s", "closed_notice"),
        ("2026-03-01 10:00", (), "hang up", "mailbox"),
        ("2026-03-01 10:00", (), "transfer busy; hang up at 1s", "no_mailbox"),
        ("2026-03-02 10:00", (), "press 1; hang up", "billing"),
    ):
        end = call(program(SCRIPT), plan, moment(at), switches).end
        assert end is not None
        assert (end.ending, end.result, end.block) == ("abandoned", "abandoned", block), plan


# --------------------------------------------------------------------------------------------------------------------
# The hours


WEEK = "monday to friday 09:00 to 17:00"
LUNCHES = f"{WEEK}\n    break lunch every day 12:00 to 13:00"
SPLIT = "monday to friday 09:00 to 12:00, 13:00 to 17:00\n    break lunch monday to friday 12:00 to 13:00"
NIGHT = "every day 22:00 to 02:00"
NEW_YEAR = f'{NIGHT}\n    holiday "New Year" 01-01'
LEAP = f'{WEEK}\n    holiday "Leap day" 02-29'
SPECIAL = (
    f'{LUNCHES}\n    open 2026-03-07 10:00 to 14:00\n    open 2026-03-02 11:00 to 15:00\n    holiday "X" 2026-03-07'
)
HALF = f'{WEEK}\n    holiday "Christmas Eve" 12-24 12:00 to 17:00'
GAP = "sunday 02:30 to 04:00"
TWICE = "sunday 01:30 to 01:45"
BACK = "sunday 00:30 to 01:30"
HOWE = "sunday 02:15 to 03:00"
ODD = "saturday 12:00 to 12:30, 12:45 to 13:00\n    sunday 00:00 to 00:15, 00:30 to 01:00"

# hours, zone, wall clock there (+ for the second of two), state, when it opens again
MOMENTS: list[tuple[str, str, str, str, str]] = [
    (WEEK, NEW_YORK, "2026-03-02 08:59:59", "closed", "today at 9 a.m."),
    (WEEK, NEW_YORK, "2026-03-02 09:00:00", "open", "Tuesday at 9 a.m."),
    (WEEK, NEW_YORK, "2026-03-02 16:59:59", "open", "Tuesday at 9 a.m."),
    (WEEK, NEW_YORK, "2026-03-02 16:59:59.999", "open", "Tuesday at 9 a.m."),
    (WEEK, NEW_YORK, "2026-03-02 17:00:00", "closed", "Tuesday at 9 a.m."),
    (WEEK, NEW_YORK, "2026-03-06 17:00:00", "closed", "Monday at 9 a.m."),
    (WEEK, "Asia/Kathmandu", "2026-03-02 16:59:59", "open", "Tuesday at 9 a.m."),
    (WEEK, "Asia/Kathmandu", "2026-03-02 17:00:00", "closed", "Tuesday at 9 a.m."),
    (LUNCHES, NEW_YORK, "2026-03-02 11:59:59", "open", "today at 1 p.m."),
    (LUNCHES, NEW_YORK, "2026-03-02 12:00:00", "lunch", "today at 1 p.m."),
    (LUNCHES, NEW_YORK, "2026-03-02 12:59:59", "lunch", "today at 1 p.m."),
    (LUNCHES, NEW_YORK, "2026-03-02 13:00:00", "open", "Tuesday at 9 a.m."),
    (LUNCHES, NEW_YORK, "2026-03-01 12:30:00", "closed", "Monday at 9 a.m."),  # no lunch where nobody works
    (SPLIT, NEW_YORK, "2026-03-02 12:30:00", "lunch", "today at 1 p.m."),
    (SPECIAL, NEW_YORK, "2026-03-02 10:59:59", "closed", "today at 11 a.m."),
    (SPECIAL, NEW_YORK, "2026-03-02 12:30:00", "open", "Tuesday at 9 a.m."),  # its own intervals, without the break
    (SPECIAL, NEW_YORK, "2026-03-07 11:00:00", "holiday", "Monday at 9 a.m."),  # a holiday wins
    (HALF, NEW_YORK, "2026-12-24 11:59:59", "open", "Friday at 9 a.m."),
    (HALF, NEW_YORK, "2026-12-24 12:00:00", "holiday", "Friday at 9 a.m."),
    (HALF, NEW_YORK, "2026-12-24 17:00:00", "closed", "Friday at 9 a.m."),
    (LEAP, NEW_YORK, "2028-02-29 10:00:00", "holiday", "Wednesday at 9 a.m."),
    (LEAP, NEW_YORK, "2027-03-01 10:00:00", "open", "Tuesday at 9 a.m."),
    (LEAP, NEW_YORK, "2028-02-28 17:00:00", "closed", "Wednesday at 9 a.m."),
    (WEEK, NEW_YORK, "2028-02-29 10:00:00", "open", "Wednesday at 9 a.m."),
    (NIGHT, NEW_YORK, "2027-01-01 01:59:59", "open", "today at 10 p.m."),
    (NIGHT, NEW_YORK, "2027-01-01 02:00:00", "closed", "today at 10 p.m."),
    (NEW_YEAR, NEW_YORK, "2026-12-31 21:59:59", "closed", "today at 10 p.m."),
    (NEW_YEAR, NEW_YORK, "2026-12-31 23:59:59", "open", "Saturday at 10 p.m."),
    (NEW_YEAR, NEW_YORK, "2027-01-01 00:00:00", "holiday", "Saturday at 10 p.m."),
    (NEW_YEAR, NEW_YORK, "2027-01-01 23:00:00", "holiday", "Saturday at 10 p.m."),
    (NEW_YEAR, NEW_YORK, "2027-01-02 00:30:00", "closed", "today at 10 p.m."),  # the night of the 1st never began
    (NEW_YEAR, NEW_YORK, "2027-01-03 00:30:00", "open", "today at 10 p.m."),
    (GAP, NEW_YORK, "2026-03-08 01:59:59", "closed", "today at 3 a.m."),  # there is no 02:30
    (GAP, NEW_YORK, "2026-03-08 03:00:00", "open", "Sunday, March 15 at 2:30 a.m."),
    (GAP, NEW_YORK, "2026-03-15 02:29:59", "closed", "today at 2:30 a.m."),
    (TWICE, NEW_YORK, "2026-11-01 01:29:59", "closed", "today at 1:30 a.m."),
    (TWICE, NEW_YORK, "2026-11-01 01:30:00", "open", "today at 1:30 a.m."),  # the second 01:30 of that day
    (TWICE, NEW_YORK, "2026-11-01 01:50:00", "closed", "today at 1:30 a.m."),
    (TWICE, NEW_YORK, "2026-11-01 01:30:00+", "open", "Sunday, November 8 at 1:30 a.m."),
    (TWICE, NEW_YORK, "2026-11-01 01:45:00+", "closed", "Sunday, November 8 at 1:30 a.m."),
    (BACK, NEW_YORK, "2026-11-01 01:45:00", "closed", "today at 1 a.m."),  # the clock goes back into the interval
    (BACK, NEW_YORK, "2026-11-01 01:00:00+", "open", "Sunday, November 8 at 12:30 a.m."),
    (HOWE, "Australia/Lord_Howe", "2026-10-04 01:59:59", "closed", "today at 2:30 a.m."),  # half an hour is missing
    (ODD, NEW_YORK, "2026-03-06 10:00:00", "closed", "Saturday at noon"),
    (ODD, NEW_YORK, "2026-03-07 12:30:00", "closed", "today at 12:45 p.m."),
    (ODD, NEW_YORK, "2026-03-07 13:00:00", "closed", "Sunday at midnight"),
    (ODD, NEW_YORK, "2026-03-08 00:15:00", "closed", "today at 12:30 a.m."),
    ("open 2026-03-13 09:00 to 10:00", NEW_YORK, "2026-03-07 10:00:00", "closed", "Friday at 9 a.m."),
    ("open 2026-03-13 09:00 to 10:00", NEW_YORK, "2026-03-06 10:00:00", "closed", "Friday, March 13 at 9 a.m."),
    ("open 2026-03-13 09:00 to 10:00", NEW_YORK, "2026-03-13 10:00:00", "closed", "never"),
]


def hours(lines: str, zone: str) -> Hours:
    # The flow's own zone is another one: it must not matter.
    script = unchecked(f'ivr 1\nflow f\n    timezone "Asia/Tokyo"\n\nhours h\n    timezone "{zone}"\n    {lines}\n')
    found = script.hours["h"]
    assert not found.broken, lines
    assert script.timezone_of(found) == zone
    return found


def test_the_state_at_a_moment_and_the_next_opening() -> None:
    for lines, zone, when, state, again in MOMENTS:
        at = moment(when.rstrip("+"), zone, fold=when.endswith("+"))
        found = hours(lines, zone)
        assert opening_at(found, zone, at).state == state, (lines, when)
        opens = next_opening(found, zone, at)
        here = datetime.fromtimestamp(at, ZoneInfo(zone))
        assert (spoken_opening(opens, here) if opens else "never") == again, (lines, when)


@pytest.mark.parametrize(
    ("lines", "zone", "first"),
    [
        (GAP, NEW_YORK, "2026-03-07 12:00"),
        (TWICE, NEW_YORK, "2026-10-31 12:00"),
        (BACK, NEW_YORK, "2026-10-31 12:00"),
        (HOWE, "Australia/Lord_Howe", "2026-10-03 12:00"),
        (NEW_YEAR, NEW_YORK, "2026-12-30 12:00"),
        (LUNCHES, "Europe/Berlin", "2026-03-27 10:00"),
        ("sunday 00:00 to 24:00", "America/Havana", "2026-03-07 12:00"),  # there midnight itself is skipped
    ],
)
def test_next_change_is_what_a_look_at_every_minute_finds(lines: str, zone: str, first: str) -> None:
    found, start = hours(lines, zone), moment(first, zone)
    states = [opening_at(found, zone, start + 60 * minute) for minute in range(3 * 1440)]
    changes = [minute for minute in range(1, len(states)) if states[minute] != states[minute - 1]]
    assert changes
    at = start
    for minute in changes:
        change = next_change(found, zone, at)
        assert change is not None
        assert change.timestamp() == start + 60 * minute
        at = change.timestamp()
