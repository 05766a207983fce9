"""Call detail records: one of every leg that is over, with what the caller has said of it afterwards."""

from __future__ import annotations

from dataclasses import replace

from interpreter.protocol import Record, Value
from interpreter.routing.protocol import Detail, Invited, Surveyed
from interpreter.routing.state import Floor, Leg, call_of


def of_leg(floor: Floor, leg: Leg, at: float) -> None:
    """A leg is over: who, for whom, how long it rang, how long they talked, and why it came to nothing if it did."""
    caller = floor.callers.get(leg.entry)
    values: list[tuple[str, Value]] = [
        ("leg", leg.name),
        ("call", leg.call),
        ("agent", leg.agent),
        ("kind", "agent" if leg.agent else leg.part or "guest"),
        ("queue", caller.queue if caller is not None else leg.queue),
        ("offered", leg.at),
        ("answered", leg.answered or None),
        ("ended", at),
        ("outcome", "answered" if leg.answered else leg.why or "failed"),
        ("rang", round((leg.answered or at) - leg.at, 3)),
        ("talked", round(at - leg.answered, 3) if leg.answered else 0.0),
    ]
    if caller is not None:
        values.append(("waited", round((leg.answered or at) - caller.at, 3)))
    detail = Detail(leg.call, leg.name, tuple(values))
    floor.done.append(detail)
    if leg.answered and leg.agent:
        floor.talks[leg.call] = detail


def of_objection(floor: Floor, event: Invited) -> None:
    """Somebody whom a script asks for is not rung: a record says why."""
    leg, call = f"floor.{floor.number()}", call_of(event.entry)
    values: tuple[tuple[str, Value], ...] = (
        ("leg", leg),
        ("call", call),
        ("agent", ""),
        ("kind", "guest"),
        ("queue", ""),
        ("offered", event.at),
        ("answered", None),
        ("ended", event.at),
        ("outcome", event.outcome),
        ("rang", 0.0),
        ("talked", 0.0),
        ("reason", event.objection),
    )
    floor.done.append(Detail(call, leg, values))


def surveyed(floor: Floor, event: Surveyed) -> None:
    """The answers belong to the talk that has ended last."""
    talk = floor.talks.get(event.call)
    leg = talk.leg if talk is not None else ""
    values = talk.values if talk is not None else (("call", event.call),)
    rated = Detail(event.call, leg or f"survey {event.survey}", (*values, ("survey", Record(event.answers))))
    if talk is not None:
        floor.talks[event.call] = replace(talk, values=rated.values)
    floor.done.append(rated)
