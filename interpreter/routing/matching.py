"""Who is offered to whom: at the end of every event, for those who have begun to wait or have become free by it.

Before an event no free agent could take any waiting caller (or they would have been paired), so afterwards only these
few have to be looked at. How long somebody has waited is measured by the latest time that any event had: by an earlier
one, a caller who is there would seem not to have come yet, and nobody would look again.
"""

from __future__ import annotations

from interpreter.routing import legs
from interpreter.routing.agents import look_for_staff
from interpreter.routing.pools import serves
from interpreter.routing.state import Agent, Caller, Floor, call_of

EMPTY: frozenset[str] = frozenset()
ROUNDING = 0.001
"""Seconds: a timer that was set for a time of waiting is due at it, whatever the sum of two numbers is."""


def settle(floor: Floor, at: float) -> None:
    """Find partners."""
    queued, freed = dict.fromkeys(floor.queued), dict.fromkeys(floor.freed)
    floor.queued, floor.freed = [], []
    for entry in sorted(queued, key=lambda each: _turn(floor, each)):
        caller = floor.callers.get(entry)
        held = caller is None or caller.connected or caller.admitted
        if caller is not None and not held and (not caller.legs or _rings_all(floor, caller)):
            _wait(floor, caller, at)
    for name in freed:
        agent = floor.agents[name]
        if agent.can_take:
            _offer_best(floor, agent, at)
        else:
            floor.free.drop(name)


def _turn(floor: Floor, entry: str) -> tuple[float, float, str]:
    caller = floor.callers.get(entry)
    return caller.turn(floor.latest) if caller is not None else (0.0, 0.0, entry)


def _wait(floor: Floor, caller: Caller, at: float) -> None:
    """A caller waits: the agent whose turn it is is offered; where all are rung, whoever is not rung yet."""
    if not caller.legs:
        floor.waiting.drop(caller.entry)
        floor.waiting.add(caller.entry, caller.wanted, caller.rank)
        floor.begun[caller.entry] = caller.at
    strategy, waited = floor.rules_of(caller.queue).strategy, floor.latest - caller.at + ROUNDING
    passed_over = (*caller.declined, *(leg.agent for leg in floor.legs_of(call_of(caller.entry))))
    if strategy == "ring all":
        for name in floor.free.all(caller.wanted, passed_over, waited):
            _pair(floor, caller, floor.agents[name], at)
    else:
        agent = floor.free.best(caller.wanted, strategy, passed_over, waited)
        if agent is not None:
            _pair(floor, caller, floor.agents[agent], at)
    if not caller.legs or strategy == "ring all":
        _look_again(floor, caller, at, waited)


def _rings_all(floor: Floor, caller: Caller) -> bool:
    return floor.rules_of(caller.queue).strategy == "ring all"


def _look_again(floor: Floor, caller: Caller, at: float, waited: float) -> None:
    """Some agents take callers only when these have waited for a while; and all may have left while it was rung."""
    if not caller.legs and not floor.is_staffed(caller):
        look_for_staff(floor, caller.queue, at)
    places = (serves(profile, caller.wanted) for profile in floor.staff)
    delays = [each.delay for each in places if each is not None and each.delay > waited]
    if delays:
        floor.timer(f"match:{caller.entry}", caller.at + min(delays))


def _offer_best(floor: Floor, agent: Agent, at: float) -> None:
    """An agent is free: the caller whose turn it is is offered."""
    floor.free.add(agent.name, agent.profile, agent.keys)
    passed_over = floor.refused.get(agent.name, EMPTY)
    if agent.legs:  # nobody is rung into a call in which it is
        calls = {floor.legs[name].call for name in agent.legs}
        passed_over = passed_over | {n for call in calls for n in floor.of_call[call] if n in floor.callers}
    best: tuple[int, tuple[float, float, str]] | None = None
    for wanted in floor.waiting.groups():
        place = serves(agent.profile, wanted)
        if place is None:
            continue
        first = floor.waiting.first(wanted, passed_over, floor.latest - place.delay + ROUNDING, floor.begun)
        if first is not None:
            found = place.priority, floor.callers[first[1]].turn(floor.latest)
            best = found if best is None else min(best, found)
    ringing = _rung_for_all(floor, agent)
    if best is not None and (ringing is None or best[1] < ringing.turn(floor.latest)):
        _pair(floor, floor.callers[best[1][2]], agent, at)
    elif ringing is not None:
        _pair(floor, ringing, agent, at)


def _rung_for_all(floor: Floor, agent: Agent) -> Caller | None:
    """A caller for whom everybody is rung: who becomes free meanwhile is rung, too."""
    if not any(floor.rules_of(each.queue).strategy == "ring all" for each in agent.profile.queues):
        return None
    found = [
        caller
        for caller in floor.callers.values()
        if caller.legs
        and not caller.connected
        and agent.name not in caller.declined
        and _rings_all(floor, caller)
        and (place := serves(agent.profile, caller.wanted)) is not None
        and place.delay <= floor.latest - caller.at + ROUNDING
        and all(leg.agent != agent.name for leg in floor.legs_of(call_of(caller.entry)))
    ]
    return min(found, key=lambda caller: caller.turn(floor.latest), default=None)


def _pair(floor: Floor, caller: Caller, agent: Agent, at: float) -> None:
    floor.waiting.drop(caller.entry)
    floor.begun.pop(caller.entry, None)
    floor.clear(f"match:{caller.entry}")
    legs.offer(floor, caller, agent, at)
    if agent.can_take:
        floor.freed.append(agent.name)  # there is room for another call
    else:
        floor.free.drop(agent.name)
