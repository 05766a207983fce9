"""Callers in queues: in, out, and what changes while they wait."""

from __future__ import annotations

import math

from interpreter.protocol import Seconds, Value
from interpreter.routing import counting
from interpreter.routing.measures import said
from interpreter.routing.protocol import Entered, Left
from interpreter.routing.state import Ageing, Caller, Floor, call_of

PLACES = 20.0
"""Seconds between two reports of the places in a queue."""
MOST_OPEN = 100
"""Promises to call back of one queue at a time."""
AGAIN = 30.0
"""Seconds after which a caller is offered again to those who have declined it."""


def entered(floor: Floor, event: Entered) -> None:
    """A caller comes into a queue, if there is room and somebody to hope for. Who has left it for something else has
    its old place back."""
    if event.entry in floor.callers:
        return
    call, rules = call_of(event.entry), floor.rules_of(event.queue)
    kept = floor.places.pop((call, event.queue), None)
    ageing = Ageing(event.priority, event.head_start, event.most)
    rank, at, *_ = kept or (ageing.rank(event.at), event.at)
    caller = Caller(
        event.entry, event.queue, tuple(sorted(event.needs)), event.relaxes, rank, at, event.ring or rules.ring,
        number=event.caller, music=event.music, language=event.language, ageing=ageing,
    )  # fmt: skip
    counting.came(floor, caller)
    if not floor.is_staffed(caller):
        floor.tell(event.entry, "no agents")
        counting.gone(floor, caller, "no agents", at)
        floor.measures.tally(event.queue, at).overflowed += 1
        return
    if kept is None and _is_full(floor, event, caller):
        floor.tell(event.entry, "full")
        counting.gone(floor, caller, "full", at)
        floor.measures.tally(event.queue, at).overflowed += 1
        return
    floor.callers[event.entry] = caller
    floor.belongs(call, event.entry)
    floor.serves(call, event.who)
    if kept is None:
        floor.measures.tally(event.queue, at).arrived += 1
    for number, (after, skill, level) in enumerate(event.relaxes):
        if at + after <= event.at:
            _ease(caller, skill, level)
        else:
            floor.timer(f"relax:{number}:{event.entry}", at + after)
    ages(floor, caller, event.at)
    floor.queued.append(event.entry)
    _announce(floor, caller, event.at)


def ages(floor: Floor, caller: Caller, at: float) -> None:
    """A caller's priority grows to a limit: from then on arrival decides among those who have reached it."""
    due = caller.ageing.due(caller.at)
    if due <= at:
        grown(floor, caller.entry)
    elif math.isfinite(due):
        floor.timer(f"grown:{caller.entry}", due)


def grown(floor: Floor, entry: str) -> None:
    """A caller's priority grows no more."""
    caller = floor.callers.get(entry)
    if caller is None:
        return
    caller.rank = caller.ageing.capped(caller.at)
    if entry in floor.waiting.classes:
        floor.waiting.drop(entry)
        floor.waiting.add(entry, caller.wanted, caller.rank)


def _is_full(floor: Floor, event: Entered, caller: Caller) -> bool:
    if event.limit and floor.waiting.count(event.queue) >= event.limit:
        return True
    if not event.longest_estimate or floor.free.best(caller.wanted, "longest idle", (), 0.0) is not None:
        return False
    place = floor.waiting.place_of(event.queue, caller.rank)
    return floor.measures.estimate(event.queue, place, floor.serving(event.queue)) > event.longest_estimate


def _announce(floor: Floor, caller: Caller, at: float) -> None:
    """Tell the place at once, unless somebody is free, and the places of the queue from time to time."""
    floor.timer(f"place:{caller.entry}", at)
    if f"places:{caller.queue}" not in floor.timers:
        floor.timer(f"places:{caller.queue}", at + PLACES)


def tell_place(floor: Floor, entry: str) -> None:
    """Report a caller's place, if it is another one than the last time."""
    caller = floor.callers.get(entry)
    if caller is None or entry not in floor.waiting.classes:
        return
    place = floor.waiting.place(entry)
    if place == caller.told:
        return
    caller.told = place
    seconds = floor.measures.estimate(caller.queue, place, floor.serving(caller.queue))
    values: list[tuple[str, Value]] = [("position", float(place)), ("callback", has_room(floor, caller.queue))]
    if math.isfinite(seconds):
        values.append(("estimate", Seconds(said(seconds))))
    floor.tell(entry, "position", *values)


def has_room(floor: Floor, queue: str) -> bool:
    """Whether a queue can take one more promise to call somebody back."""
    return sum(each.queue == queue for each in floor.promises.values()) < MOST_OPEN


def tell_places(floor: Floor, queue: str, at: float) -> None:
    """Report the places of a whole queue."""
    for entry in floor.waiting.of(queue):
        tell_place(floor, entry)
    if floor.waiting.count(queue):
        floor.timer(f"places:{queue}", at + PLACES)


def left(floor: Floor, event: Left) -> tuple[str, ...]:
    """A caller is gone. Returns the legs that are not wanted any more."""
    caller = floor.callers.get(event.entry)
    if caller is None:
        return ()
    if not caller.connected:
        counting.gone(floor, caller, "abandoned" if event.hung_up else "left", event.at)
        if event.hung_up:
            service = floor.rules_of(caller.queue).service
            floor.measures.abandoned(caller.queue, caller.at, event.at, service)
        else:
            floor.measures.tally(caller.queue, caller.at).overflowed += 1
            place = caller.rank, caller.at, caller.needs, caller.ageing
            floor.places[call_of(event.entry), caller.queue] = place
    forget(floor, caller)
    return (*caller.legs, caller.connected) if caller.connected else caller.legs


def forget(floor: Floor, caller: Caller) -> None:
    """A caller is in no queue any more."""
    entry = caller.entry
    floor.callers.pop(entry, None)
    floor.waiting.drop(entry)
    floor.begun.pop(entry, None)
    floor.forget(call_of(entry), entry)
    for agent in caller.declined:
        _allow(floor, agent, entry)
    relaxing = [f"relax:{number}:{entry}" for number in range(len(caller.relaxes))]
    floor.clear(f"match:{entry}", f"again:{entry}", f"place:{entry}", f"grown:{entry}", *relaxing)


def _allow(floor: Floor, agent: str, entry: str) -> None:
    refused = floor.refused.get(agent)
    if refused is not None:
        refused.discard(entry)
        if not refused:
            del floor.refused[agent]


def refuse(floor: Floor, caller: Caller, agent: str, at: float) -> None:
    """An agent has not taken a caller: it goes to others first."""
    if not agent or agent in caller.declined:
        return
    caller.declined = (*caller.declined, agent)
    floor.refused.setdefault(agent, set()).add(caller.entry)
    if f"again:{caller.entry}" not in floor.timers:
        floor.timer(f"again:{caller.entry}", at + AGAIN)


def again(floor: Floor, entry: str) -> None:
    """Who has declined a caller is asked again."""
    caller = floor.callers.get(entry)
    if caller is None:
        return
    for agent in caller.declined:
        _allow(floor, agent, entry)
    caller.declined = ()
    floor.queued.append(entry)


def relax(floor: Floor, entry: str, number: int) -> None:
    """A caller has waited so long that less will do."""
    caller = floor.callers.get(entry)
    if caller is not None:
        _, skill, level = caller.relaxes[number]
        _ease(caller, skill, level)
        floor.queued.append(entry)


def _ease(caller: Caller, skill: str, level: int) -> None:
    needs = {each: least for each, least in caller.needs if each != skill}
    if level:
        needs[skill] = level
    caller.needs = tuple(sorted(needs.items()))


def without_staff(floor: Floor, queue: str, at: float) -> None:
    """Nobody has come back: those for whom nobody is there are told so. Promises to call back wait on: nobody is on the
    line who could be told, and they are kept when somebody comes."""
    for entry in floor.waiting.of(queue):
        caller = floor.callers[entry]
        if entry not in floor.promises and not floor.is_staffed(caller):
            floor.measures.tally(queue, caller.at).overflowed += 1
            counting.gone(floor, caller, "no agents", at)
            forget(floor, caller)
            floor.tell(entry, "no agents")
