"""Whether presence speaks against offering a call. Pure: words and ages in, a verdict with its reason out.

The words are those of https://learn.microsoft.com/graph/api/resources/presence and
https://learn.microsoft.com/graph/cloud-communications-manage-presence-state. There may be new ones, and they are
written in different cases on different pages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

TIME_TO_LIVE = 60.0
"""Seconds for which what was read is believed."""
GRACE = 120.0
"""Seconds for which our own call may still be seen after it: "it takes a few minutes to update the presence status"
(https://learn.microsoft.com/graph/cloud-communications-manage-presence-state)."""


class Verdict(NamedTuple):
    """Whether a call may be offered, as far as presence goes. The reason is for people, and always the same words."""

    offer: bool
    reason: str


class Rule(NamedTuple):
    """A row of the table: ``*`` stands for any word."""

    availability: str
    activity: str
    offer: bool
    reason: str


ANY = "*"
UNKNOWN = Verdict(True, "presence is not known")
OURS = Verdict(True, "in a call of ours")
AFTER = Verdict(True, "was in a call of ours a moment ago")

UNDISTURBED = "do not disturb"

RULES: tuple[Rule, ...] = (
    # What somebody does says more than how available they are.
    Rule(ANY, "InACall", False, "in another call"),
    Rule(ANY, "InAConferenceCall", False, "in another call"),
    Rule(ANY, "InAMeeting", False, "in a meeting"),
    Rule(ANY, "Presenting", False, "presenting"),
    Rule(ANY, "DoNotDisturb", False, UNDISTURBED),
    Rule(ANY, "UrgentInterruptionsOnly", False, UNDISTURBED),
    Rule(ANY, "OffWork", False, "off work"),
    Rule("DoNotDisturb", ANY, False, UNDISTURBED),
    Rule("Busy", ANY, False, "busy"),
    Rule("BusyIdle", ANY, False, "busy"),
    Rule("BeRightBack", ANY, False, "be right back"),
    Rule("Away", ANY, False, "away"),
    Rule("Offline", ANY, False, "offline"),
    Rule("OutOfOffice", ANY, False, "out of office"),
    # Idle is the keyboard and not the telephone. Somebody may be there in spite of an out-of-office note.
    Rule("Available", ANY, True, "available"),
    Rule("AvailableIdle", ANY, True, "available"),
    # What is not known speaks against nobody: PresenceUnknown, and words that come later.
    Rule(ANY, ANY, *UNKNOWN),
)
"""The first row that fits is the rule."""


def decide(
    availability: str,
    activity: str,
    age: float = 0.0,
    *,
    held: bool = False,
    released: float = math.inf,
    rules: Sequence[Rule] = RULES,
    grace: float = GRACE,
) -> Verdict:
    """What presence says. ``age``: seconds since it was read (infinite: never). ``held``: the agent is in a call of
    ours; ``released``: seconds since the last such call could be seen. A clock that was set back makes
    an age negative, which is no age at all."""
    if held:
        return OURS
    if 0.0 <= released < grace:
        return AFTER
    if not 0.0 <= age <= TIME_TO_LIVE:
        return UNKNOWN
    words = availability.casefold(), activity.casefold()
    for rule in rules:
        if _fits(rule.availability, words[0]) and _fits(rule.activity, words[1]):
            return Verdict(rule.offer, rule.reason)
    return UNKNOWN


def _fits(pattern: str, word: str) -> bool:
    return pattern == ANY or pattern.casefold() == word
