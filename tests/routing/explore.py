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
        for number, move in enumerate(moves):
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
            del number
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
    """What decides about the rest: the same for states that differ only in numbers and in the time of day."""
    floor, phones, now = center.floor, center.phones, center.now
    legs = {*floor.legs, *floor.past, *phones.phones}
    short = {name: number for number, name in enumerate(sorted(legs, key=lambda each: int(each.partition(".")[2])))}

    def event(each: Any) -> Any:
        return type(each).__name__, *(
            short.get(value, value) if isinstance(value, str) else value
            for value in (getattr(each, name) for name in each.__slots__ if name not in ("at", "person", "within"))
        )

    idle = sorted(floor.agents.values(), key=lambda agent: (agent.since, agent.name))
    return (
        tuple(center.coming),
        tuple(center.fates.items()),
        (center.strange, tuple(sorted(center.stuck)), tuple(map(event, center.held))),
        (center.budget.odd, center.budget.declines, center.budget.returns, center.budget.leaves),
        tuple(
            (a.name, a.wanted, a.failures, a.wraps, a.back, a.lost, tuple(short[leg] for leg in a.legs)) for a in idle
        ),
        tuple((c.entry, c.connected and short[c.connected], c.declined, tuple(short[leg] for leg in c.legs))
              for c in floor.callers.values()),
        frozenset(_leg(leg, short[leg.name], now) for leg in floor.legs.values()),
        frozenset(_leg(leg, short[leg.name], now) for leg in floor.past.values()),
        frozenset((_timer(name, short), due - now) for name, (_, due) in floor.timers.items()),
        frozenset(floor.sequences.items()),
        frozenset((short[p.leg], p.call, p.who, p.state, p.asked, p.until - now if p.state == "ringing" else 0)
                  for p in phones.phones.values()),
        frozenset((call, tuple(event(each) for each in lane)) for call, lane in phones.lanes.items()),
        frozenset((call, event(answer)) for call, answer in phones.answers.items()),
        tuple(sorted(map(repr, map(event, phones.mail)))),
        frozenset(phones.over),
        frozenset(phones.reports.items()),
    )  # fmt: skip


def _leg(leg: Leg, name: int, now: float) -> Any:
    gives_up = max(0.0, given_up(leg) - now) if leg.state in ("ringing", "stopping") else 0.0
    return (
        name, leg.entry, leg.agent, leg.aside, leg.joins, leg.state, bool(leg.answered), leg.probes, leg.asked, leg.why,
        leg.seen, bool(leg.invitation), bool(leg.connection), gives_up,
    )  # fmt: skip


def _timer(name: str, short: dict[str, int]) -> Any:
    return tuple(short.get(part, part) for part in name.split(":"))
