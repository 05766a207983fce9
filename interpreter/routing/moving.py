"""What becomes of a leg: begun, stopped, taken out, over. The theory of operation heads `legs`."""

from __future__ import annotations

from typing import Literal

from interpreter.routing import agents, callers, counting, details
from interpreter.routing.protocol import (
    Aside,
    EndAside,
    EndCall,
    Person,
    Probe,
    Remove,
    Ring,
    StopRinging,
    Whisper,
    Why,
)
from interpreter.routing.state import Floor, Leg, call_of

CONFIRM = 10.0
"""Seconds in which the host has to confirm what it was asked for, before it is asked how things are."""
PROBES = 3
"""Questions without an answer after which an agent is set aside."""
SLACK = 2.0
"""Seconds beyond our own ring time that the host is told, so that our timer is first."""
DECIDE = 20.0
"""Seconds beyond twice the expected length of a whisper in which the host has to say whether a key was pressed: it
waits for six."""
ATTEMPTS = 2
"""How often a whisper is said to somebody who presses nothing, or something that it does not offer (scenario S11)."""
A_WORD = 0.35
"""Seconds that a word takes."""
ACCEPT = "1"
DECLINE = "2"
SUPERVISOR_RING = 30.0
CHIME = 0.5
"""Seconds from joining to the tone that tells both: by then the caller's music has stopped (scenario S11)."""
REMEMBERED = 1_000
"""Legs that came to nothing and are remembered."""
GOODBYE = 1.5
"""Seconds after which the line of somebody who hears that the caller has left is ended (scenario S11: 2 s)."""
CALL_BACK = {
    "en": "A caller asked to be called back. Press 1 to call.",
    "es": "Un cliente pidió que le llamaran. Oprima 1 para llamar.",
    "fr": "Un client a demandé à être rappelé. Appuyez sur 1 pour appeler.",
    "de": "Ein Kunde hat um einen Rückruf gebeten. Drücken Sie die 1, um anzurufen.",
}
CALLER_LEFT = {
    "en": "The caller has left.",
    "es": "La persona ha colgado.",
    "fr": "L'appelant a raccroché.",
    "de": "Der Anrufer hat aufgelegt.",
}


def begin(
    floor: Floor,
    entry: str,
    person: Person,
    ring: float,
    at: float,
    whisper: str = "",
    language: str = "en-US",
    shown: str = "",
) -> Leg:
    """Call somebody: into the call, or aside if they are to hear something first. ``shown`` is the number that they see
    there."""
    call, aside = call_of(entry), bool(whisper)
    leg = Leg(f"floor.{floor.number()}", call, entry, person, aside=aside, at=at, ring=ring)
    leg.whisper, leg.language, leg.reports = whisper, language, floor.sequences.get(call, -1)
    asking = floor.callers.get(entry) or floor.promises.get(f"{call}/1")
    leg.queue = asking.queue if asking is not None else ""
    floor.legs[leg.name] = leg
    floor.belongs(call, leg.name)
    within = ring + SLACK
    floor.done.append(Aside(leg.name, call, person, within, shown) if aside else Ring(leg.name, call, person, within))
    floor.timer(f"ring:{leg.name}", at + ring)
    return leg


def whisper(floor: Floor, leg: Leg, at: float) -> None:
    """Say what somebody is to decide, and wait for a key."""
    floor.done.append(Whisper(leg.name, leg.call, leg.person, leg.whisper, leg.language, attempt=leg.attempt))
    floor.timer(f"confirm:{leg.name}", at + A_WORD * len(leg.whisper.split()) * 2 + DECIDE)


def given_up(leg: Leg) -> float:
    """When the host has given up ringing by itself: before that, "not there" does not mean that no phone rings."""
    return max(leg.at, leg.rung) + leg.ring + 2 * SLACK


def give_up(floor: Floor, leg: Leg, at: float) -> None:
    """Nobody knows whether this person is in that call: whoever waits goes on, an agent does not."""
    agents.lose(floor, leg, at)
    part(floor, leg, at)


def probe(floor: Floor, leg: Leg, at: float) -> None:
    leg.asked = True
    floor.done.append(Probe(leg.name, leg.call, leg.person))
    floor.timer(f"confirm:{leg.name}", at + CONFIRM)


def stop(floor: Floor, leg: Leg, at: float, why: Why | Literal["missed", "revoked"]) -> None:
    """Stop a leg that is not in the call. Nobody is free before that is confirmed."""
    leg.state, leg.why = "stopping", leg.why or why
    floor.clear(f"ring:{leg.name}")
    if leg.aside:
        floor.done.append(EndAside(leg.name, leg.call))
        floor.timer(f"confirm:{leg.name}", at + CONFIRM)
    else:
        floor.done.append(StopRinging(leg.name, leg.call))
        floor.timer(f"confirm:{leg.name}", max(at + CONFIRM, given_up(leg)))


def revoke(floor: Floor, leg: Leg, at: float) -> None:
    """A leg is not wanted any more; whoever is on it is not to blame."""
    match leg.state:
        case "ringing":
            stop(floor, leg, at, "revoked")
        case "whispering" | "joining":
            # Who is on the way into the call may still be on their own line.
            leg.state, leg.why = "stopping", "revoked"
            text = CALLER_LEFT.get(leg.language.partition("-")[0], CALLER_LEFT["en"])
            floor.done.append(Whisper(leg.name, leg.call, leg.person, text, leg.language, asks=False))
            floor.timer(f"goodbye:{leg.name}", at + GOODBYE)
            floor.timer(f"confirm:{leg.name}", at + CONFIRM)
        case "in" if leg.part == "callback":
            leg.state = "removing"
            floor.done.append(EndAside(leg.name, leg.call))
            floor.timer(f"confirm:{leg.name}", at + CONFIRM)
        case "in":
            remove(floor, leg, at)
        case "stopping" | "removing":
            pass


def remove(floor: Floor, leg: Leg, at: float) -> None:
    """Take somebody out of a call that is not meant for them any more; they are kept until they are out."""
    leg.state = "removing"
    floor.done.append(Remove(leg.name, leg.call, leg.person))
    floor.timer(f"confirm:{leg.name}", at + CONFIRM)


def over(floor: Floor, leg: Leg, at: float) -> None:
    """A leg has come to nothing."""
    details.of_leg(floor, leg, at)
    counting.came_to_nothing(floor, leg, at)
    part(floor, leg, at)
    delete(floor, leg)
    if leg.answered:
        agents.talked(floor, leg, at)
    else:
        agents.let_go(floor, leg, at)


def out(floor: Floor, leg: Leg, at: float) -> None:
    """Somebody was taken out of a call. For who has talked there a talk has ended, as for anybody who leaves; who was
    not wanted there any more has not talked."""
    if leg.answered and leg.part != "callback":
        talk_over(floor, leg, at)
    else:
        over(floor, leg, at)


def part(floor: Floor, leg: Leg, at: float) -> None:
    """Whoever waited for this leg goes on without it: a caller in its old place, a guest's call by an outcome."""
    if leg.part and leg.part != "callback":
        floor.notices.append(("lost", leg))
    caller = floor.callers.get(leg.entry)
    if caller is not None and leg.name in caller.legs:
        caller.legs = tuple(name for name in caller.legs if name != leg.name)
        if leg.why != "revoked":
            callers.refuse(floor, caller, leg.agent, at)
        if not caller.legs and not caller.connected:
            floor.queued.append(caller.entry)
    guest = floor.guests.get(leg.entry)
    if guest is not None and guest.leg == leg.name:
        del floor.guests[guest.entry]
        floor.forget(leg.call, guest.entry)
        why = leg.why or "failed"
        counting.guest(floor, guest.stays, why)
        if guest.stays and why == "busy":
            why = "declined"  # an expert in another call: scripts have no outcome of its own for that
        floor.tell(guest.entry, "no answer" if why == "missed" else "failed" if why == "revoked" else why)


def delete(floor: Floor, leg: Leg) -> None:
    floor.legs.pop(leg.name, None)
    agents.gone(floor, leg)
    if not leg.answered:
        floor.past[leg.name] = leg
        if len(floor.past) > REMEMBERED:
            del floor.past[next(iter(floor.past))]
    floor.forget(leg.call, leg.name)
    floor.clear(*(f"{what}:{leg.name}" for what in ("ring", "confirm", "goodbye")))


def heir_of(floor: Floor, call: str) -> Leg | None:
    """With whom a caller stays whose agent leaves: an expert whom the agent has called, or a supervisor in the talk."""
    legs = list(floor.legs_of(call))
    experts = [each for each in legs if each.part == "expert" and each.state != "stopping"]
    heard = [each for each in legs if each.part == "supervisor" and each.state == "in" and not each.muted]
    return next(iter((*experts, *heard)), None)


def talk_over(floor: Floor, leg: Leg, at: float) -> None:
    """A talk has ended, because somebody has left it."""
    details.of_leg(floor, leg, at)
    counting.talked(floor, leg, at)
    delete(floor, leg)
    if leg.part or leg.agent:
        floor.notices.append(("left", leg))
    caller, guest = floor.callers.get(leg.entry), floor.guests.get(leg.entry)
    if caller is not None and caller.connected == leg.name:
        floor.measures.talked(caller.queue, at - leg.answered + leg.wrap_up)
        callers.forget(floor, caller)
        values = (("agent", leg.agent), ("leg", leg.name), ("seconds", at - leg.answered))
        heir = heir_of(floor, leg.call)
        if heir is None:
            floor.tell(caller.entry, "answered", *values)
        else:
            heir.entry, heir.heir = caller.entry, True  # the caller is with the expert now
            counting.inherited(floor, heir)
    if guest is not None and guest.leg == leg.name:
        del floor.guests[guest.entry]
        floor.forget(leg.call, guest.entry)
        if guest.stays:
            floor.tell(guest.entry, "joined")
        else:
            floor.done.append(EndCall(leg.call))
    agents.talked(floor, leg, at)
