"""A floor as it is kept, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from interpreter.protocol import Value
from interpreter.routing.measures import Pace, Tally
from interpreter.routing.protocol import Detail, QueueRules
from interpreter.routing.recorded import Message
from interpreter.routing.state import Agent, Caller, Floor, Guest, Leg, Party, Place, Promise, call_of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A floor as it is kept: what cannot be worked out from the rest."""

    n: int
    numbers: int
    agents: tuple[Agent, ...]
    callers: tuple[Caller, ...]
    guests: tuple[Guest, ...]
    legs: tuple[Leg, ...]
    past: tuple[Leg, ...]
    parties: tuple[Party, ...]
    places: tuple[tuple[str, str, Place], ...]
    promises: tuple[Promise, ...]
    messages: tuple[Message, ...]
    briefs: tuple[tuple[str, tuple[tuple[str, Value], ...]], ...]
    talks: tuple[Detail, ...]
    held: tuple[str, ...]
    sequences: tuple[tuple[str, int], ...]
    timers: tuple[tuple[str, int, float], ...]
    tallies: tuple[Tally, ...]
    paces: tuple[Pace, ...]
    latest: float = 0.0


def snapshot(floor: Floor, n: int) -> Snapshot:
    """The floor after the ``n``-th event of its log."""
    return Snapshot(
        n,
        floor.numbers,
        tuple(floor.agents.values()),
        tuple(floor.callers.values()),
        tuple(floor.guests.values()),
        tuple(floor.legs.values()),
        tuple(floor.past.values()),
        tuple(floor.parties.values()),
        tuple((call, queue, place) for (call, queue), place in floor.places.items()),
        tuple(floor.promises.values()),
        tuple(floor.messages.values()),
        tuple(floor.briefs.items()),
        tuple(floor.talks.values()),
        tuple(sorted(floor.held)),
        tuple(floor.sequences.items()),
        tuple((name, number, due) for name, (number, due) in floor.timers.items()),
        tuple(floor.measures.tallies.values()),
        tuple(floor.measures.paces.values()),
        floor.latest,
    )


def restored(kept: Snapshot, rules: dict[str, QueueRules]) -> Floor:
    """The floor again."""
    floor = Floor(rules, numbers=kept.numbers, latest=kept.latest)
    floor.agents = {each.name: replace(each) for each in kept.agents}
    floor.guests = {each.entry: replace(each) for each in kept.guests}
    floor.legs = {each.name: replace(each) for each in kept.legs}
    floor.past = {each.name: replace(each) for each in kept.past}
    floor.parties = {each.call: replace(each) for each in kept.parties}
    floor.places = {(call, queue): place for call, queue, place in kept.places}
    floor.briefs = dict(kept.briefs)
    floor.held = set(kept.held)
    floor.talks = {each.call: each for each in kept.talks}
    floor.messages = {each.name: replace(each) for each in kept.messages}
    floor.promises = {each.entry: replace(each) for each in kept.promises}
    floor.sequences = dict(kept.sequences)
    floor.timers = {name: (number, due) for name, number, due in kept.timers}
    floor.measures.tallies = {(each.queue, each.quarter): replace(each) for each in kept.tallies}
    floor.measures.paces = {each.queue: replace(each) for each in kept.paces}
    for agent in floor.agents.values():
        if agent.staffs:
            floor.staff[agent.profile] = floor.staff.get(agent.profile, 0) + 1
        if agent.can_take:
            floor.free.add(agent.name, agent.profile, agent.keys)
    for leg in floor.legs.values():
        floor.belongs(leg.call, leg.name)
    for message in floor.messages.values():
        if message.state != "kept":
            floor.belongs(message.call, message.name)
    for guest in floor.guests.values():
        floor.belongs(call_of(guest.entry), guest.entry)
    for caller in map(replace, kept.callers):
        floor.callers[caller.entry] = caller
        floor.belongs(call_of(caller.entry), caller.entry)
        for name in caller.declined:
            floor.refused.setdefault(name, set()).add(caller.entry)
        if not caller.legs and not caller.connected and not caller.admitted:
            floor.begun[caller.entry] = caller.at
            floor.waiting.add(caller.entry, caller.wanted, caller.rank)
    return floor
