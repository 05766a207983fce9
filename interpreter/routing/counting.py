"""What is noted for whoever counts: that a caller, an offer, a talk has come to its end, once.

These functions are called where that happens, and nothing depends on them. A leg that had come to nothing and is
answered after all (`Leg.risen`) has been counted: it is taken out again, and is no second offer.
"""

from __future__ import annotations

from typing import Literal

from interpreter.routing.measures import SHORT
from interpreter.routing.protocol import Why
from interpreter.routing.protocol.facts import (
    CallbackIs,
    CallerCame,
    CallerGone,
    Consulted,
    CustomerRung,
    Gone,
    HandedOver,
    Offered,
    OfferOver,
    Promised,
    TalkOver,
)
from interpreter.routing.state import Caller, Floor, Guest, Leg


def came(floor: Floor, caller: Caller) -> None:
    """A caller comes into a queue."""
    floor.facts.append(CallerCame(caller.queue))


def gone(floor: Floor, caller: Caller, outcome: Gone, at: float) -> None:
    """A caller waits no more. A promise to call back is no caller, though it waits like one."""
    if caller.entry in floor.promises:
        return
    waited = at - caller.at
    if outcome == "abandoned" and waited < SHORT:
        outcome = "abandoned short"
    in_time = waited <= floor.rules_of(caller.queue).service
    floor.facts.append(CallerGone(caller.queue, outcome, waited, in_time))


def answered(floor: Floor, leg: Leg, at: float) -> None:
    """A person has come: on the line of both, or into the call."""
    guest = floor.guests.get(leg.entry)
    if leg.agent:
        floor.facts.append(OfferOver(leg.queue, "accepted", at - leg.at))
        caller = floor.callers.get(leg.entry)
        if caller is not None:
            gone(floor, caller, "answered", at)
    elif leg.part == "customer":
        floor.facts.append(CustomerRung(leg.queue, "accepted"))
    elif leg.part == "expert":
        floor.facts.append(HandedOver("blind", "accepted") if leg.heir else Consulted("agent", "accepted"))
    elif guest is not None:
        _guest(floor, guest.stays, "accepted")


def came_to_nothing(floor: Floor, leg: Leg, at: float) -> None:
    """A leg is over on which nobody has come."""
    if leg.answered or leg.risen:
        return
    outcome = _offered(leg.why)
    if leg.agent:
        floor.facts.append(OfferOver(leg.queue, outcome, at - leg.at))
    elif leg.part == "customer":
        floor.facts.append(CustomerRung(leg.queue, outcome))
    elif leg.part == "expert":
        floor.facts.append(HandedOver("blind", outcome) if leg.heir else Consulted("agent", outcome))


def talked(floor: Floor, leg: Leg, at: float) -> None:
    """A talk is over. That of a customer who was called back is the talk, not the line of the agent's before it."""
    if (leg.agent and not leg.part) or leg.part == "customer":
        floor.facts.append(TalkOver(leg.queue, at - leg.answered))


def inherited(floor: Floor, heir: Leg) -> None:
    """An agent has left the caller to somebody. One who is still rung is counted when that has an end."""
    if heir.part == "expert" and heir.answered:
        floor.facts.append(HandedOver("warm", "accepted"))


def guest(floor: Floor, stays: bool, why: Why | Literal["", "missed", "revoked"]) -> None:
    """Somebody whom a script has asked for does not come."""
    _guest(floor, stays, _offered(why))


def guest_let_go(floor: Floor, guest: Guest) -> None:
    """A script does not want its guest any more; one who has come was counted then."""
    leg = floor.legs.get(guest.leg)
    if leg is None or not leg.answered:
        _guest(floor, guest.stays, "revoked")


def called_back(floor: Floor, queue: str, outcome: Promised, in_time: bool = False) -> None:
    """Something has become of a promise to call back."""
    floor.facts.append(CallbackIs(queue, outcome, in_time))


def _guest(floor: Floor, stays: bool, outcome: Offered) -> None:
    floor.facts.append(Consulted("script", outcome) if stays else HandedOver("script", outcome))


def _offered(why: Why | Literal["", "missed", "revoked"]) -> Offered:
    match why:
        case "missed" | "no answer":
            return "expired"
        case "cancelled":
            return "revoked"
        case "declined" | "busy" | "revoked":
            return why
        case _:
            return "failed"
