"""What a manager wants to know of a queue: how many came, waited, gave up, and how fast they were answered.

Counts are kept a quarter of an hour, into that of the arrival. Service level: the rule is named with the number, since
four are in use. Expected wait: with s agents, handling times of mean AHT and callers who give up at the rate theta, a
caller with k before it waits the sum of 1 / (s / AHT + i * theta) for i from 0 to k. Measured against five other
formulas it was the only one without bias from five agents to two hundred.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

SHORT = 5.0
"""Seconds: a caller who gives up sooner has not really called."""
USUAL = 300.0
"""Seconds of a talk with its wrap-up, while nothing is known yet."""
SHORTEST = 1.0
"""Seconds that a talk takes at least, when the wait is estimated."""
MEMORY = 0.05
"""How much the latest talk counts in the mean."""
QUARTER = 900.0
KEPT = 200
"""Quarters of an hour that are kept for each queue: two days and a little."""
EXACT = 50
"""Places up to which the sum of the expected wait is a sum; beyond, an integral."""
STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""Minutes that are said."""

Rule: TypeAlias = Literal["answered", "positive", "negative", "ignored"]
"""How those who give up count: not at all among all callers (``answered``); as answered when it was in time
(``positive``); as not answered (``negative``); as not answered only when it was late (``ignored``, the default)."""


@dataclass(slots=True)
class Tally:
    """The counts of one queue in a quarter of an hour, by the time of arrival. Seconds, and numbers of callers."""

    queue: str
    quarter: int
    arrived: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_in_time: int = 0
    abandoned_short: int = 0
    overflowed: int = 0
    waited: float = 0.0


@dataclass(slots=True)
class Pace:
    """How fast a queue is served: the moving mean of a talk with its wrap-up, and how many give up a second of
    waiting."""

    queue: str
    handling: float = USUAL
    handled: int = 0
    waited: float = 0.0
    gave_up: int = 0


@dataclass
class Measures:
    """The counts of every queue."""

    tallies: dict[tuple[str, int], Tally] = field(default_factory=dict)
    paces: dict[str, Pace] = field(default_factory=dict)

    def tally(self, queue: str, arrived: float) -> Tally:
        """The counts to which a caller who came then belongs."""
        key = (queue, int(arrived // QUARTER))
        known = self.tallies.get(key)
        if known is None:
            known = self.tallies[key] = Tally(*key)
            old = [k for k in self.tallies if k[0] == queue and k[1] <= key[1] - KEPT]
            for each in old:
                del self.tallies[each]
        return known

    def pace(self, queue: str) -> Pace:
        """How fast a queue is served."""
        return self.paces.setdefault(queue, Pace(queue))

    def answered(self, queue: str, arrived: float, at: float, service: float) -> None:
        """An agent has taken a caller."""
        tally, waited = self.tally(queue, arrived), at - arrived
        tally.answered += 1
        tally.waited += waited
        tally.in_time += waited <= service
        self.pace(queue).waited += waited

    def abandoned(self, queue: str, arrived: float, at: float, service: float) -> None:
        """A caller has hung up while waiting."""
        tally, pace, waited = self.tally(queue, arrived), self.pace(queue), at - arrived
        tally.waited += waited
        pace.waited += waited
        if waited < SHORT:
            tally.abandoned_short += 1
            return
        pace.gave_up += 1
        tally.abandoned += 1
        tally.abandoned_in_time += waited <= service

    def talked(self, queue: str, seconds: float) -> None:
        """A talk, with its wrap-up, has taken so long."""
        pace = self.pace(queue)
        pace.handled += 1
        weight = max(MEMORY, 1 / pace.handled)
        pace.handling += weight * (seconds - pace.handling)

    def sums(self, queue: str, since: float) -> Tally:
        """The counts of a queue from a time on."""
        first = int(since // QUARTER)
        return total(queue, (t for t in self.tallies.values() if t.queue == queue and t.quarter >= first))

    def estimate(self, queue: str, place: int, agents: float) -> float:
        """Seconds that a caller at this place may expect to wait; infinite where nobody serves."""
        if agents <= 0:
            return math.inf
        pace = self.pace(queue)
        gives_up = pace.gave_up / pace.waited if pace.waited > 0 else 0.0
        rate = agents / max(pace.handling, SHORTEST)
        near = sum(1 / (rate + number * gives_up) for number in range(min(place, EXACT)))
        if place <= EXACT:
            return near
        if gives_up <= 0:
            return near + (place - EXACT) / rate
        return near + math.log((rate + place * gives_up) / (rate + EXACT * gives_up)) / gives_up


def total(queue: str, tallies: Iterable[Tally]) -> Tally:
    """Counts added up."""
    found = Tally(queue, 0)
    for each in tallies:
        found.arrived += each.arrived
        found.answered += each.answered
        found.in_time += each.in_time
        found.abandoned += each.abandoned
        found.abandoned_in_time += each.abandoned_in_time
        found.abandoned_short += each.abandoned_short
        found.overflowed += each.overflowed
        found.waited += each.waited
    return found


def service_level(tally: Tally, rule: Rule = "ignored") -> float | None:
    """From 0 to 1; ``None`` where there is nobody to count."""
    good, counted = tally.in_time, tally.answered
    match rule:
        case "answered":
            pass
        case "positive":
            good, counted = good + tally.abandoned_in_time, counted + tally.abandoned
        case "negative":
            counted += tally.abandoned
        case "ignored":
            counted += tally.abandoned - tally.abandoned_in_time
    return good / counted if counted else None


def said(seconds: float) -> float:
    """An expected wait as it is said: rounded up to whole minutes that people use."""
    minutes = next((step for step in STEPS if seconds <= step * 60), STEPS[-1])
    return minutes * 60.0
