"""The policy: whatever Teams says, there is an answer, and it is the one of the table."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.presence.policy import AFTER, GRACE, OURS, RULES, TIME_TO_LIVE, UNKNOWN, Rule, Verdict, decide

AVAILABILITY = [
    "Available",
    "AvailableIdle",
    "Away",
    "BeRightBack",
    "Busy",
    "BusyIdle",
    "DoNotDisturb",
    "Offline",
    "PresenceUnknown",
    "OutOfOffice",
]
ACTIVITY = [
    "Available",
    "Away",
    "BeRightBack",
    "Busy",
    "DoNotDisturb",
    "InACall",
    "InAConferenceCall",
    "Inactive",
    "InAMeeting",
    "Offline",
    "OffWork",
    "OutOfOffice",
    "PresenceUnknown",
    "Presenting",
    "UrgentInterruptionsOnly",
    "AvailableInactive",
]
words = st.sampled_from(AVAILABILITY + ACTIVITY) | st.text(max_size=12)
seconds = st.floats(allow_nan=True, allow_infinity=True)
fresh = st.floats(0, TIME_TO_LIVE)

# The pairs of https://learn.microsoft.com/graph/cloud-communications-manage-presence-state, and what becomes of them.
DOCUMENTED = [
    ("Available", "Available", True, "available"),
    ("Available", "OutOfOffice", True, "available"),
    ("Available", "AvailableInactive", True, "available"),
    ("AvailableIdle", "Inactive", True, "available"),
    ("Busy", "Busy", False, "busy"),
    ("BusyIdle", "Inactive", False, "busy"),
    ("Busy", "InACall", False, "in another call"),
    ("Busy", "InAConferenceCall", False, "in another call"),
    ("Busy", "InAMeeting", False, "in a meeting"),
    ("busy", "inACall + OOF", False, "busy"),
    ("DoNotDisturb", "DoNotDisturb", False, "do not disturb"),
    ("DoNotDisturb", "UrgentInterruptionsOnly", False, "do not disturb"),
    ("DoNotDisturb", "Presenting", False, "presenting"),
    ("Away", "Away", False, "away"),
    ("BeRightBack", "BeRightBack", False, "be right back"),
    ("Offline", "OffWork", False, "off work"),
    ("Offline", "Offline", False, "offline"),
    ("OutOfOffice", "", False, "out of office"),
    ("PresenceUnknown", "PresenceUnknown", True, "presence is not known"),
    ("Levitating", "Dreaming", True, "presence is not known"),
]


@pytest.mark.parametrize(("availability", "activity", "offer", "reason"), DOCUMENTED)
def test_every_documented_pair(availability: str, activity: str, offer: bool, reason: str) -> None:
    assert decide(availability, activity) == (offer, reason)


@given(words, words, seconds, st.booleans(), seconds)
def test_there_is_always_an_answer(availability: str, activity: str, age: float, held: bool, released: float) -> None:
    verdict = decide(availability, activity, age, held=held, released=released)
    known = {Verdict(rule.offer, rule.reason) for rule in RULES} | {OURS, AFTER, UNKNOWN}
    assert verdict in known
    assert verdict.reason
    if held or 0 <= released < GRACE or not 0 <= age <= TIME_TO_LIVE:
        assert verdict.offer


@given(words, words, fresh)
def test_case_and_age_within_the_time_to_live_make_no_difference(availability: str, activity: str, age: float) -> None:
    plain = decide(availability, activity)
    assert decide(availability, activity, age) == plain
    if availability.isascii() and activity.isascii():
        assert decide(availability.upper(), activity.lower(), age) == plain


@given(words, words)
def test_an_activity_never_makes_somebody_available(availability: str, activity: str) -> None:
    if not decide(availability, "").offer:
        assert not decide(availability, activity).offer


@pytest.mark.parametrize("activity", ACTIVITY)
def test_a_new_availability_is_judged_by_the_activity(activity: str) -> None:
    busy = [
        "InACall",
        "InAConferenceCall",
        "InAMeeting",
        "Presenting",
        "DoNotDisturb",
        "UrgentInterruptionsOnly",
        "OffWork",
    ]
    assert decide("Levitating", activity).offer is (activity not in busy)


def test_the_ends_of_the_times() -> None:
    dnd = "DoNotDisturb", "DoNotDisturb"
    assert not decide(*dnd, TIME_TO_LIVE).offer
    assert decide(*dnd, TIME_TO_LIVE + 0.001) == UNKNOWN
    assert decide(*dnd, math.inf) == decide(*dnd, math.nan) == decide(*dnd, -0.001) == UNKNOWN
    assert decide(*dnd, held=True) == OURS
    assert decide(*dnd, released=0.0) == decide(*dnd, released=GRACE - 0.001) == AFTER
    assert not decide(*dnd, released=GRACE).offer
    assert not decide(*dnd, released=-0.001).offer, "a clock that was set back is no grace"
    assert decide(*dnd, released=4.9, grace=5.0).offer
    assert not decide(*dnd, released=5.0, grace=5.0).offer


def test_a_site_may_have_rules_of_its_own() -> None:
    rules = (Rule("Busy", "InAMeeting", True, "meetings may be left"), *RULES)
    assert decide("Busy", "InAMeeting", rules=rules) == (True, "meetings may be left")
    assert decide("Busy", "InACall", rules=rules) == decide("Busy", "InACall")
    assert decide("Busy", "InACall", rules=()) == UNKNOWN


def test_no_row_is_hidden_by_one_before_it() -> None:
    for n, rule in enumerate(RULES):
        availability = "Levitating" if rule.availability == "*" else rule.availability
        activity = "Dreaming" if rule.activity == "*" else rule.activity
        before = [each for each in RULES[:n] if each[:2] in ((availability, activity), ("*", "*"))]
        assert not before
        assert decide(availability, activity) == (rule.offer, rule.reason)
