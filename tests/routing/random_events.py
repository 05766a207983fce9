"""Any events in any order, as far as possible about those who are there: most have some meaning, and many have none any
more. A number decides about each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

from interpreter.routing import Floor, QueueRules
from interpreter.routing.protocol import (
    AgentAsks,
    Answered,
    Beat,
    CallOver,
    Cancelled,
    Declines,
    Due,
    Entered,
    Event,
    Invited,
    Keyed,
    Left,
    NotAnswered,
    People,
    Person,
    Probed,
    Readiness,
    Removed,
    Rung,
    Seen,
    Serves,
    SideOver,
    SideUp,
    SignedIn,
    Skills,
    Wanted,
    Why,
)

RULES = {
    each.name: each
    for each in (
        QueueRules("sales", wrap_up=5),
        QueueRules("support", "fewest calls", ring=15),
        QueueRules("all", "ring all"),
        QueueRules("aside", "ring all", whisper="A caller."),
    )
}
AGENTS = ("ann", "bob", "cat")
CALLS = ("a", "b", "c", "d")
STATES: tuple[Readiness, ...] = ("available", "not ready", "offline")
ASKS: tuple[Literal["hold", "unhold", "consult", "add", "drop", "transfer", "leave"], ...] = (
    "hold", "unhold", "consult", "add", "drop", "transfer", "leave",
)  # fmt: skip
WHYS: tuple[Why, ...] = ("declined", "busy", "no answer", "failed", "cancelled")
SKILLS: tuple[Skills, ...] = ((), (), (("french", 1),), (("french", 2),))
PROFILES = (
    tuple(Serves(name) for name in RULES),
    (Serves("sales", 2), Serves("support", 1)),
    (Serves("sales", delay=10.0), Serves("all", delay=5.0), Serves("aside")),
)

T = TypeVar("T")


class Numbers:
    """Decisions out of one number."""

    def __init__(self, number: int) -> None:
        self._left = number

    def below(self, n: int) -> int:
        """A number from 0 to n - 1."""
        self._left, found = divmod(self._left, n)
        return found

    def one(self, of: Sequence[T]) -> T:
        """One of these."""
        return of[self.below(len(of))]


def pick(floor: Floor, at: float, number: int) -> Event:
    """An event; ``number`` decides which."""
    n = Numbers(number)
    kind = n.below(10)
    if kind < 2 and floor.timers:
        # The latest timers say most; old ones are due, too.
        name = n.one(sorted(floor.timers, key=lambda each: floor.timers[each][1])[:3])
        return Due(max(at, floor.timers[name][1]), name, floor.timers[name][0])
    if kind < 4:
        return _of_agents(n, at)
    if kind < 6:
        return _of_calls(n, floor, at)
    return _of_legs(n, floor, at)


def _of_agents(n: Numbers, at: float) -> Event:
    agent = n.one(AGENTS)
    match n.below(6):
        case 4:
            return Beat(at, agent, n.one((0.0, 5.0, 60.0)))
        case 5:
            return AgentAsks(at, agent, n.one(ASKS), n.one((None, Person("+3"))), call=n.one(("", *CALLS)))
        case 0:
            return Wanted(at, agent, n.one(STATES))
        case 1:
            return Seen(at, agent, offerable=n.below(3) > 0)
        case _:
            return SignedIn(at, agent, Person(agent), n.one(SKILLS), n.one(PROFILES), n.below(3), 1 + n.below(2))


def _of_calls(n: Numbers, floor: Floor, at: float) -> Event:
    call, entry = n.one(CALLS), 1 + n.below(3)
    match n.below(6):
        case 0:
            return Left(at, f"{call}/{entry}", hung_up=n.below(2) > 0)
        case 1:
            return CallOver(at, call)
        case 2:
            whisper = n.one(("", "A caller."))
            return Invited(
                at, f"{call}/guest.{entry}", Person(n.one(("+1", "+2"))), 20.0, whisper, stays=n.below(2) > 0
            )
        case _:
            needs, queue = n.one(SKILLS), n.one(tuple(RULES))
            relaxes = ((20.0, "french", 0),) if n.below(2) else ()
            return Entered(at, f"{call}/{entry}", queue, needs, relaxes, float(5 + n.below(2)), 60.0, n.below(2) * 3)


def _of_legs(n: Numbers, floor: Floor, at: float) -> Event:
    known = sorted(floor.legs)
    leg = n.one([*known, *known, "floor.1", "floor.7"])
    match n.below(12):
        case 11:
            return Declines(at, n.one(AGENTS), leg)
        case 0 | 1:
            return Rung(at, leg, n.one(("", "i")), n.one(("", "c")))
        case 2:
            return Answered(at, leg)
        case 3:
            return NotAnswered(at, leg, n.one(WHYS))
        case 4:
            return Cancelled(at, leg, n.below(2) > 0)
        case 5:
            return Probed(at, leg, n.one((None, True, False)))
        case 6:
            return Removed(at, leg)
        case 7:
            there = tuple(name for name in (*AGENTS, "+1", "+2") if n.below(2))
            return People(at, n.one(CALLS), there, n.below(9))
        case 8:
            return SideUp(at, leg, "c")
        case 9:
            return SideOver(at, leg)
        case _:
            return Keyed(at, leg, n.one(("", "1", "2")), n.one((1, 2)))
