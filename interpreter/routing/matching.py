"""Who is offered to whom: at the end of every event, for those who have begun to wait or have become free by it.

Before an event no free agent could take any waiting caller (or they would have been paired), so afterwards only these
few have to be looked at.
"""

from __future__ import annotations

from interpreter.routing import legs
from interpreter.routing.pools import Key, serves
from interpreter.routing.protocol import Strategy
from interpreter.routing.state import Agent, Caller, Floor

EMPTY: frozenset[str] = frozenset()


def settle(floor: Floor, at: float) -> None:
    """Find partners."""
    for entry in sorted(dict.fromkeys(floor.queued), key=lambda each: (_rank(floor, each), each)):
        caller = floor.callers.get(entry)
        if caller is not None and not caller.legs and not caller.connected:
            _wait(floor, caller, at)
    for name in dict.fromkeys(floor.freed):
        agent = floor.agents[name]
        if agent.can_take:
            _offer_best(floor, agent, at)
        else:
            floor.free.drop(name)
    floor.queued.clear()
    floor.freed.clear()


def _rank(floor: Floor, entry: str) -> float:
    caller = floor.callers.get(entry)
    return caller.rank if caller is not None else 0.0


def _wait(floor: Floor, caller: Caller, at: float) -> None:
    """A caller waits: the agent whose turn it is is offered."""
    floor.waiting.drop(caller.entry)
    floor.waiting.add(caller.entry, caller.wanted, caller.rank)
    floor.begun[caller.entry] = caller.at
    strategy, waited = floor.rules_of(caller.queue).strategy, at - caller.at
    if strategy == "ring all":
        for name in floor.free.all(caller.wanted, caller.declined, waited):
            _pair(floor, caller, floor.agents[name], at)
    else:
        agent = floor.free.best(caller.wanted, strategy, caller.declined, waited)
        if agent is not None:
            _pair(floor, caller, floor.agents[agent], at)
    if not caller.legs:
        _look_again(floor, caller, waited)


def _look_again(floor: Floor, caller: Caller, waited: float) -> None:
    """Some agents take callers only when these have waited for a while."""
    places = (serves(profile, caller.wanted) for profile in floor.staff)
    delays = [each.delay for each in places if each is not None and each.delay > waited]
    if delays:
        floor.timer(f"match:{caller.entry}", caller.at + min(delays))


def _offer_best(floor: Floor, agent: Agent, at: float) -> None:
    """An agent is free: the caller whose turn it is is offered."""
    keys: dict[Strategy, Key] = {
        "longest idle": (agent.since, agent.name),
        "fewest calls": (float(agent.calls), agent.name),
        "most skilled": (-float(sum(level for _, level in agent.profile.skills)), agent.name),
        "fixed order": (float(agent.order), agent.name),
    }
    floor.free.add(agent.name, agent.profile, keys)
    passed_over = floor.refused.get(agent.name, EMPTY)
    best: tuple[int, float, str] | None = None
    for wanted in floor.waiting.groups():
        place = serves(agent.profile, wanted)
        if place is None:
            continue
        first = floor.waiting.first(wanted, passed_over, at - place.delay, floor.begun)
        if first is not None and (best is None or (place.priority, *first) < best):
            best = (place.priority, *first)
    ringing = _rung_for_all(floor, agent)
    if best is not None and (ringing is None or (best[1], best[2]) < (ringing.rank, ringing.entry)):
        _pair(floor, floor.callers[best[2]], agent, at)
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
        and floor.rules_of(caller.queue).strategy == "ring all"
        and serves(agent.profile, caller.wanted) is not None
        and all(floor.legs[name].agent != agent.name for name in caller.legs)
    ]
    return min(found, key=lambda caller: (caller.rank, caller.entry), default=None)


def _pair(floor: Floor, caller: Caller, agent: Agent, at: float) -> None:
    floor.waiting.drop(caller.entry)
    floor.begun.pop(caller.entry, None)
    floor.clear(f"match:{caller.entry}")
    legs.offer(floor, caller, agent, at)
    if agent.can_take:
        floor.freed.append(agent.name)  # there is room for another call
    else:
        floor.free.drop(agent.name)
