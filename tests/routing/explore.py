"""A walk through everything that can happen in a small center: breadth first, each state once."""

from __future__ import annotations

import pickle
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from phones import Move
from small_center import BrokenError, Center

from interpreter.routing.moving import given_up
from interpreter.routing.state import Leg


@dataclass(slots=True)
class Walk:
    """``broken``: what must never be, and the shortest way to it, if there is one. ``whole``: every state was seen."""

    states: int = 0
    steps: int = 0
    ends: int = 0
    whole: bool = False
    broken: str = ""
    trail: list[Move] = field(default_factory=list)


def explore(start: Center, most: int) -> Walk:
    """Walk, until everything was seen, something is broken, or there are more than ``most`` states."""
    walk, seen = Walk(1), {hash(key(start))}
    waiting = deque([pickle.dumps(start, 5)])
    while waiting and walk.states <= most:
        kept = waiting.popleft()
        moves = list(pickle.loads(kept).moves())
        for move in moves:
            center: Center = pickle.loads(kept)
            walk.steps += 1
            try:
                center.play(move)
            except BrokenError as error:
                walk.broken, walk.trail = str(error), center.trail
                return walk
            tidy(center)
            found = hash(key(center))
            if found not in seen:
                seen.add(found)
                walk.states += 1
                waiting.append(pickle.dumps(center, 5))
        if not moves:
            walk.ends += 1
            try:
                pickle.loads(kept).check_end()
            except BrokenError as error:
                walk.broken, walk.trail = str(error), pickle.loads(kept).trail
                return walk
    walk.whole = not waiting
    return walk


def tidy(center: Center) -> None:
    """Forget what nothing can follow from any more."""
    phones, floor = center.phones, center.floor
    named = {getattr(each, "leg", "") for each in (*phones.mail, *phones.answers.values(), *center.held)}
    named |= {getattr(order, "leg", "") for lane in phones.lanes.values() for order in lane}
    for leg in [leg for leg, phone in phones.phones.items() if not phone.busy and leg not in floor.legs]:
        if leg not in named:
            del phones.phones[leg]
    for leg in [leg for leg in floor.past if leg not in named and leg not in phones.phones]:
        del floor.past[leg]
    floor.measures.tallies.clear()
    floor.measures.paces.clear()


def key(center: Center) -> Any:
    """What decides about the rest: the same for states that differ only in numbers, in the time of day, and in calls
    that have come and gone without a trace."""
    floor, phones, now, budget = center.floor, center.phones, center.now, center.budget
    names = Names(center)
    of, event = names.of, names.event
    late = budget.late if budget.odd or center.held or center.strange else 0
    idle = sorted(floor.agents.values(), key=lambda agent: (agent.since, agent.name))
    return (
        len(center.coming),
        tuple((of(call), fate, call in phones.over) for call, fate in center.fates.items() if call in names.calls),
        (center.strange, tuple(sorted(map(of, center.stuck))), tuple(map(event, center.held))),
        (budget.odd, budget.declines, budget.returns, budget.leaves, late),
        tuple((a.name, a.wanted, a.failures, a.wraps, a.back, a.lost, tuple(map(of, a.legs))) for a in idle),
        tuple((of(c.entry), of(c.connected), c.declined, tuple(map(of, c.legs))) for c in floor.callers.values()),
        frozenset(names.leg(leg, now) for leg in floor.legs.values()),
        frozenset(names.leg(leg, now) for leg in floor.past.values()),
        frozenset((tuple(map(of, name.split(":"))), due - now) for name, (_, due) in floor.timers.items()),
        frozenset((of(call), number) for call, number in floor.sequences.items() if call in names.calls),
        frozenset((of(p.leg), of(p.call), p.who, p.state, p.asked, p.until - now if p.state == "ringing" else 0)
                  for p in phones.phones.values()),
        frozenset((of(call), tuple(map(event, lane))) for call, lane in phones.lanes.items()),
        frozenset((of(call), event(answer)) for call, answer in phones.answers.items()),
        tuple(map(event, phones.mail)),
        frozenset((of(call), number) for call, number in phones.reports.items() if call in names.calls),
    )  # fmt: skip


class Names:
    """Numbers in the place of the names of legs and calls, in the same order. ``calls``: those of which there is a
    trace: they go on, or something is still on its way to them or from them."""

    def __init__(self, center: Center) -> None:
        floor, phones = center.floor, center.phones
        legs = {*floor.legs, *floor.past, *phones.phones}
        named = {leg.call for leg in (*floor.legs.values(), *floor.past.values())}
        named |= {phone.call for phone in phones.phones.values()}
        named |= {*phones.lanes, *phones.answers, *center.stuck}
        named |= {getattr(each, "call", "") for each in (*phones.mail, *center.held)}
        self.calls = [call for call in center.fates if call not in phones.over or call in named]
        self._short: dict[str, int | str] = {name: n for n, name in enumerate(sorted(legs, key=_number))}
        for number, call in enumerate(self.calls):
            self._short[call], self._short[f"{call}/1"] = f"call {number}", f"entry {number}"

    def of(self, name: str) -> int | str:
        """The number for a name; other words stay what they are."""
        return self._short.get(name, name)

    def event(self, each: Any) -> Any:
        """An event or an order."""
        return type(each).__name__, *(
            self.of(value) if isinstance(value, str) else value
            for value in (getattr(each, name) for name in each.__slots__ if name not in ("at", "person", "within"))
        )

    def leg(self, leg: Leg, now: float) -> Any:
        """A leg."""
        gives_up = max(0.0, given_up(leg) - now) if leg.state in ("ringing", "stopping") else 0.0
        return (
            self.of(leg.name), self.of(leg.call), self.of(leg.entry), leg.agent, leg.aside, leg.joins, leg.state,
            bool(leg.answered), leg.probes, leg.asked, leg.why, leg.seen, leg.reports, bool(leg.invitation),
            bool(leg.connection), gives_up,
        )  # fmt: skip


def _number(leg: str) -> int:
    return int(leg.partition(".")[2])
