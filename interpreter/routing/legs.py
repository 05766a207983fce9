"""The legs on which people come into calls: the machine of an offer.

Theory of operation
===================

A caller and an agent are paired: as long as the leg between them lives, neither is offered to anybody else. What the
host reports decides, and nothing else:

- the leg is in the call: they talk;
- it came to nothing: the caller waits on, in its old place, and another agent is rung;
- nothing came in time: ringing is stopped, and *nobody is free before the host confirms that*. Freeing both at the
  time-out is the obvious thing, and it rings agents who are talking: a late answer and a new offer cross. Where the
  confirmation stays away the host is asked whether the person is in the call (`Probe`), again and again; nobody is
  ever freed by assumption. After `PROBES` questions without an answer the agent is set aside as lost, and the caller
  goes on.
- the leg is in the call after all, while ringing is being stopped: they talk. Nobody else was rung meanwhile, so that
  is what everybody wanted.

A question may say "not there" while a phone still rings. It is therefore asked only when the host itself has given up
ringing: it was told a time of its own, a little longer than ours.

Somebody who is to hear a whisper first is called on a line of their own (``aside``), where the caller hears nothing of
it, and moved into the call after pressing 1. Every other end of that line is a refusal.
"""

from __future__ import annotations

from typing import Literal

from interpreter.routing import agents, callers
from interpreter.routing.protocol import (
    Answered,
    Aside,
    Cancelled,
    EndAside,
    EndCall,
    Invited,
    Join,
    Keyed,
    NotAnswered,
    People,
    Person,
    Probe,
    Probed,
    Remove,
    Ring,
    Rung,
    SideOver,
    SideUp,
    StopRinging,
    Whisper,
    Why,
)
from interpreter.routing.state import Agent, Caller, Floor, Guest, Leg, call_of

CONFIRM = 10.0
"""Seconds in which the host has to confirm what it was asked for, before it is asked how things are."""
PROBES = 3
"""Questions without an answer after which an agent is set aside."""
SLACK = 2.0
"""Seconds beyond our own ring time that the host is told, so that our timer is first."""
DECIDE = 20.0
"""Seconds beyond the length of a whisper in which a key has to be pressed (twice six seconds, and what is between)."""
A_WORD = 0.35
"""Seconds that a word takes."""
ACCEPT = "1"
REMEMBERED = 1_000
"""Legs that came to nothing and are remembered."""
GOODBYE = 1.5
"""Seconds after which the line of somebody who hears that the caller has left is ended (scenario S11: 2 s)."""
CALLER_LEFT = {
    "en": "The caller has left.",
    "es": "La persona ha colgado.",
    "fr": "L'appelant a raccroché.",
    "de": "Der Anrufer hat aufgelegt.",
}


def offer(floor: Floor, caller: Caller, agent: Agent, at: float) -> None:
    """Ring an agent for a caller."""
    rules = floor.rules_of(caller.queue)
    leg = _begin(floor, caller.entry, agent.person, caller.ring, bool(rules.whisper), at)
    leg.agent, leg.wrap_up = agent.name, rules.wrap_up
    caller.legs = (*caller.legs, leg.name)
    agent.legs = (*agent.legs, leg.name)


def invited(floor: Floor, event: Invited) -> None:
    """A call asks for somebody. The same person is not called twice into one call."""
    if event.entry in floor.guests:
        return
    if any(leg.person.address == event.person.address for leg in floor.legs_of(call_of(event.entry))):
        floor.tell(event.entry, "failed", ("reason", "already in the call"))
        return
    leg = _begin(floor, event.entry, event.person, event.ring, bool(event.whisper), event.at)
    floor.guests[event.entry] = Guest(event.entry, leg.name, event.stays, event.whisper, event.language)
    floor.belongs(leg.call, event.entry)


def _begin(floor: Floor, entry: str, person: Person, ring: float, aside: bool, at: float) -> Leg:
    call = call_of(entry)
    leg = Leg(f"floor.{floor.number()}", call, entry, person, aside=aside, at=at, ring=ring)
    floor.legs[leg.name] = leg
    floor.belongs(call, leg.name)
    order = Aside if aside else Ring
    floor.done.append(order(leg.name, call, person, ring + SLACK))
    floor.timer(f"ring:{leg.name}", at + ring)
    return leg


def withdrawn(floor: Floor, entry: str, at: float) -> None:
    """A call does not want its guest any more."""
    guest = floor.guests.get(entry)
    leg = floor.legs.get(guest.leg) if guest is not None else None
    if guest is None or (leg is not None and leg.state == "in" and not guest.stays):
        return  # the caller is in their hands
    del floor.guests[entry]
    floor.forget(call_of(entry), entry)
    if leg is not None:
        revoke(floor, leg, at)


# --------------------------------------------------------------------------------------------------------------------
# What the host reports


def rung(floor: Floor, event: Rung) -> None:
    """The host rings."""
    leg = floor.legs.get(event.leg)
    if leg is not None:
        leg.rung = max(leg.rung, event.at)
        leg.invitation = event.invitation or leg.invitation
        leg.connection = event.connection or leg.connection


def answered(floor: Floor, event: Answered) -> None:
    """The leg is in the call."""
    leg = floor.legs.get(event.leg) or _risen(floor, event.leg)
    if leg is None or leg.state in ("in", "removing"):
        return
    floor.clear(f"ring:{leg.name}", f"confirm:{leg.name}")
    if not _is_wanted(floor, leg):
        _remove(floor, leg, event.at)
        return
    leg.state, leg.answered, leg.why = "in", event.at, ""
    caller, guest = floor.callers.get(leg.entry), floor.guests.get(leg.entry)
    if leg.agent:
        agent = floor.agents[leg.agent]
        agent.calls += 1
        agent.failures = 0
        if agent.lost:
            agent.lost = False
            agents.staffed(floor, agent, 1)
    if caller is not None:
        service = floor.rules_of(caller.queue).service
        floor.measures.answered(caller.queue, caller.at, event.at, service)
        caller.connected = leg.name
        floor.tell(caller.entry, "connected", ("agent", leg.agent), ("leg", leg.name))
        others, caller.legs = [n for n in caller.legs if n != leg.name], ()
        for name in others:
            revoke(floor, floor.legs[name], event.at)
    elif guest is not None:
        floor.tell(guest.entry, "connected" if guest.stays else "answered")


def _risen(floor: Floor, name: str) -> Leg | None:
    """A leg that had come to nothing and is in the call now: it is nobody's, and its agent is not free."""
    leg = floor.past.pop(name, None)
    if leg is None:
        return None
    leg.state = "stopping"
    floor.legs[name] = leg
    floor.belongs(leg.call, name)
    agent = floor.agents.get(leg.agent)
    if agent is not None:
        agent.legs = (*agent.legs, name)
        floor.free.drop(agent.name)
    return leg


def _is_wanted(floor: Floor, leg: Leg) -> bool:
    """Whether somebody still waits for this leg."""
    caller = floor.callers.get(leg.entry)
    if caller is not None:
        return not caller.connected and leg.name in caller.legs
    guest = floor.guests.get(leg.entry)
    return guest is not None and guest.leg == leg.name and leg.why != "declined"


def not_answered(floor: Floor, event: NotAnswered) -> None:
    """The leg came to nothing."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state in ("in", "removing"):
        return
    if leg.aside and leg.state == "joining":
        _stop(floor, leg, event.at, "failed")
        return
    leg.why = leg.why or event.why
    _over(floor, leg, event.at)


def cancelled(floor: Floor, event: Cancelled) -> None:
    """Ringing has stopped: now, and not before, both are free. Where it was too late for that, what has happened is
    asked for."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state != "stopping":
        return
    if event.done:
        _over(floor, leg, event.at)
    elif leg.invitation:
        _probe(floor, leg, event.at)
    else:
        floor.timer(f"confirm:{leg.name}", max(event.at, _given_up(leg)))


def probed(floor: Floor, event: Probed) -> None:
    """The host has said whether somebody is in the call, or has not."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state not in ("stopping", "joining", "removing"):
        return
    if event.present is None:
        leg.probes += 1
        if leg.probes >= PROBES:
            _give_up(floor, leg, event.at)
        floor.timer(f"confirm:{leg.name}", event.at + CONFIRM * min(leg.probes, 6))
    elif event.present and leg.state == "removing":
        _remove(floor, leg, event.at)
    elif event.present:
        answered(floor, Answered(event.at, leg.name))
    elif not leg.aside and leg.state == "stopping" and event.at < _given_up(leg):
        floor.timer(f"confirm:{leg.name}", _given_up(leg))
    elif leg.aside and leg.state != "removing":
        _stop(floor, leg, event.at, "failed")
    else:
        _over(floor, leg, event.at)


def _given_up(leg: Leg) -> float:
    """When the host has given up ringing by itself: before that, "not there" does not mean that no phone rings."""
    return max(leg.at, leg.rung) + leg.ring + 2 * SLACK


def _give_up(floor: Floor, leg: Leg, at: float) -> None:
    """Nobody knows whether this person is in that call: whoever waits goes on, an agent does not."""
    agents.lose(floor, leg, at)
    _part(floor, leg, at)


def removed(floor: Floor, leg: Leg, at: float) -> None:
    """The leg is out of the call: a talk has ended, or a leg that nobody waited for is gone."""
    if leg.state == "in":
        _talk_over(floor, leg, at)
    elif leg.state in ("removing", "stopping"):
        _over(floor, leg, at)


def people(floor: Floor, event: People) -> None:
    """Who is in a call. An old report says nothing; who was never reported present is not missed either."""
    if event.sequence <= floor.sequences.get(event.call, -1) or event.call not in floor.of_call:
        return
    floor.sequences[event.call] = event.sequence
    present = {address.lower() for address in event.addresses}
    for leg in list(floor.legs_of(event.call)):
        if leg.person.address.lower() in present:
            leg.seen = True
            if leg.state in ("ringing", "joining", "stopping"):
                answered(floor, Answered(event.at, leg.name))
        elif leg.seen:
            removed(floor, leg, event.at)


def call_over(floor: Floor, call: str, at: float) -> None:
    """A call has ended for everyone: who was in it talks no more, who was rung for it is let alone."""
    for entry in [name for name in floor.of_call.get(call, ()) if name in floor.guests]:
        del floor.guests[entry]
        floor.forget(call, entry)
    for leg in list(floor.legs_of(call)):
        if leg.state == "in":
            _talk_over(floor, leg, at)
        elif leg.state == "removing":
            _over(floor, leg, at)
        else:
            revoke(floor, leg, at)
    floor.sequences.pop(call, None)
    for place in [key for key in floor.places if key[0] == call]:
        del floor.places[place]


# --------------------------------------------------------------------------------------------------------------------
# Lines of their own


def side_up(floor: Floor, event: SideUp) -> None:
    """Somebody has answered on a line of their own: what they are to decide is said to them."""
    leg = floor.legs.get(event.leg)
    if leg is None:
        return
    leg.connection = event.connection or leg.connection
    if leg.state == "stopping":
        floor.done.append(EndAside(leg.name, leg.call))
    if leg.state != "ringing":
        return
    floor.clear(f"ring:{leg.name}")
    text, language = _whisper(floor, leg)
    leg.state = "whispering"
    floor.done.append(Whisper(leg.name, leg.call, leg.person, text, language))
    floor.timer(f"confirm:{leg.name}", event.at + A_WORD * len(text.split()) * 2 + DECIDE)


def _whisper(floor: Floor, leg: Leg) -> tuple[str, str]:
    guest, caller = floor.guests.get(leg.entry), floor.callers.get(leg.entry)
    if guest is not None:
        return guest.whisper, guest.language
    rules = floor.rules_of(caller.queue if caller is not None else "")
    return rules.whisper, rules.language


def keyed(floor: Floor, event: Keyed) -> None:
    """Somebody has decided. Whatever is no acceptance is a refusal."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state != "whispering":
        return
    if event.key == ACCEPT:
        leg.state = "joining"
        floor.done.append(Join(leg.name, leg.call, leg.person))
        floor.timer(f"confirm:{leg.name}", event.at + CONFIRM)
    else:
        _stop(floor, leg, event.at, "declined")


def side_over(floor: Floor, event: SideOver) -> None:
    """A line of their own is over. Who is on the way into the call has left it by that."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state in ("joining", "in", "removing"):
        return
    if leg.state == "whispering":
        leg.why = leg.why or "declined"
    leg.why = leg.why or "no answer"
    _over(floor, leg, event.at)


# --------------------------------------------------------------------------------------------------------------------
# Time


def ring_due(floor: Floor, name: str, at: float) -> None:
    """It has rung long enough."""
    leg = floor.legs.get(name)
    if leg is not None and leg.state == "ringing":
        _stop(floor, leg, at, "missed")


def confirm_due(floor: Floor, name: str, at: float) -> None:
    """Nothing was heard of what was asked for."""
    leg = floor.legs.get(name)
    if leg is None:
        return
    match leg.state:
        case "whispering":
            _stop(floor, leg, at, "declined")
        case "stopping" if leg.aside:
            leg.probes += 1
            floor.done.append(EndAside(leg.name, leg.call))
            if leg.probes >= PROBES:
                _give_up(floor, leg, at)
            floor.timer(f"confirm:{name}", at + CONFIRM * min(leg.probes, 6))
        case "stopping" | "joining" | "removing":
            _probe(floor, leg, at)
        case _:
            pass


def goodbye_due(floor: Floor, name: str) -> None:
    """Who has heard that the caller has left is let go."""
    leg = floor.legs.get(name)
    if leg is not None and leg.state == "stopping":
        floor.done.append(EndAside(leg.name, leg.call))


# --------------------------------------------------------------------------------------------------------------------
# Transitions


def _probe(floor: Floor, leg: Leg, at: float) -> None:
    floor.done.append(Probe(leg.name, leg.call, leg.person))
    floor.timer(f"confirm:{leg.name}", at + CONFIRM)


def _stop(floor: Floor, leg: Leg, at: float, why: Why | Literal["missed", "revoked"]) -> None:
    """Stop a leg that is not in the call. Nobody is free before that is confirmed."""
    leg.state, leg.why = "stopping", leg.why or why
    floor.clear(f"ring:{leg.name}")
    if leg.aside:
        floor.done.append(EndAside(leg.name, leg.call))
        floor.timer(f"confirm:{leg.name}", at + CONFIRM)
    else:
        floor.done.append(StopRinging(leg.name, leg.call))
        floor.timer(f"confirm:{leg.name}", max(at + CONFIRM, _given_up(leg)))


def revoke(floor: Floor, leg: Leg, at: float) -> None:
    """A leg is not wanted any more; whoever is on it is not to blame."""
    match leg.state:
        case "ringing" | "joining":
            _stop(floor, leg, at, "revoked")
        case "whispering":
            leg.state, leg.why = "stopping", "revoked"
            _, language = _whisper(floor, leg)
            text = CALLER_LEFT.get(language.partition("-")[0], CALLER_LEFT["en"])
            floor.done.append(Whisper(leg.name, leg.call, leg.person, text, language, asks=False))
            floor.timer(f"goodbye:{leg.name}", at + GOODBYE)
            floor.timer(f"confirm:{leg.name}", at + CONFIRM)
        case "in":
            _remove(floor, leg, at)
        case "stopping" | "removing":
            pass


def _remove(floor: Floor, leg: Leg, at: float) -> None:
    """Take somebody out of a call that is not meant for them any more; they are kept until they are out."""
    leg.state = "removing"
    floor.done.append(Remove(leg.name, leg.call, leg.person))
    floor.timer(f"confirm:{leg.name}", at + CONFIRM)


def _over(floor: Floor, leg: Leg, at: float) -> None:
    """A leg has come to nothing."""
    _part(floor, leg, at)
    _delete(floor, leg)
    if leg.answered:
        agents.talked(floor, leg, at)
    else:
        agents.let_go(floor, leg, at)


def _part(floor: Floor, leg: Leg, at: float) -> None:
    """Whoever waited for this leg goes on without it: a caller in its old place, a guest's call by an outcome."""
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
        floor.tell(guest.entry, "no answer" if why == "missed" else "failed" if why == "revoked" else why)


def _delete(floor: Floor, leg: Leg) -> None:
    floor.legs.pop(leg.name, None)
    if not leg.answered:
        floor.past[leg.name] = leg
        if len(floor.past) > REMEMBERED:
            del floor.past[next(iter(floor.past))]
    floor.forget(leg.call, leg.name)
    floor.clear(*(f"{what}:{leg.name}" for what in ("ring", "confirm", "goodbye")))


def _talk_over(floor: Floor, leg: Leg, at: float) -> None:
    """A talk has ended, because somebody has left it."""
    _delete(floor, leg)
    caller, guest = floor.callers.get(leg.entry), floor.guests.get(leg.entry)
    if caller is not None and caller.connected == leg.name:
        floor.measures.talked(caller.queue, at - leg.answered + leg.wrap_up)
        callers.forget(floor, caller)
        values = (("agent", leg.agent), ("leg", leg.name), ("seconds", at - leg.answered))
        floor.tell(caller.entry, "answered", *values)
    if guest is not None and guest.leg == leg.name:
        del floor.guests[guest.entry]
        floor.forget(leg.call, guest.entry)
        if guest.stays:
            floor.tell(guest.entry, "joined")
        else:
            floor.done.append(EndCall(leg.call))
    agents.talked(floor, leg, at)
