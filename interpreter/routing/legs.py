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
it, and moved into the call after pressing 1. Who presses nothing, or a key that means nothing, hears it once more;
every other end of that line is a refusal.
"""

from __future__ import annotations

from interpreter.routing import agents, callers, counting, details, moving, whispers
from interpreter.routing.protocol import (
    Answered,
    Cancelled,
    EndAside,
    EndCall,
    Invited,
    Look,
    NotAnswered,
    People,
    Probed,
    Rung,
    There,
    Who,
)
from interpreter.routing.state import Agent, Caller, Floor, Guest, Leg, call_of

LOOK = 60.0
"""Seconds from an answer, or a look, to the first look: those who have just come may not be listed yet."""


def offer(floor: Floor, caller: Caller, agent: Agent, at: float) -> None:
    """Ring an agent for a caller."""
    rules, promise = floor.rules_of(caller.queue), floor.promises.get(caller.entry)
    whisper, language = rules.whisper, rules.language
    if "{" in whisper:
        brief = dict(floor.briefs.get(call_of(caller.entry), ()))
        whisper = whispers.filled(whisper, brief, at - caller.at, language)
    if promise is not None:
        whisper = moving.CALL_BACK.get(language.partition("-")[0], moving.CALL_BACK["en"])
    leg = moving.begin(floor, caller.entry, agent.person, caller.ring, at, whisper, language)
    leg.agent, leg.wrap_up, leg.part = agent.name, rules.wrap_up, "callback" if promise is not None else ""
    caller.legs = (*caller.legs, leg.name)
    agent.legs = (*agent.legs, leg.name)


def invited(floor: Floor, event: Invited) -> None:
    """A call asks for somebody. The same person is not called twice into one call."""
    if event.entry in floor.guests:
        return
    if event.objection:
        floor.tell(event.entry, event.outcome, ("reason", event.objection))
        if event.stays:
            details.of_objection(floor, event)
            counting.guest(floor, event.stays, event.outcome)
        return
    if any(leg.person.address == event.person.address for leg in floor.legs_of(call_of(event.entry))):
        floor.tell(event.entry, "failed", ("reason", "already in the call"))
        counting.guest(floor, event.stays, "failed")
        return
    leg = moving.begin(
        floor, event.entry, event.person, event.ring, event.at, event.whisper, event.language, event.shown
    )
    floor.serves(leg.call, event.who)
    agents.visits(floor, leg)
    floor.guests[event.entry] = Guest(event.entry, leg.name, event.stays)
    floor.belongs(leg.call, event.entry)


def withdrawn(floor: Floor, entry: str, at: float) -> None:
    """A call does not want its guest any more."""
    guest = floor.guests.get(entry)
    leg = floor.legs.get(guest.leg) if guest is not None else None
    if guest is None or (leg is not None and leg.state == "in" and not guest.stays):
        return  # the caller is in their hands
    counting.guest_let_go(floor, guest)
    del floor.guests[entry]
    floor.forget(call_of(entry), entry)
    if leg is not None:
        moving.revoke(floor, leg, at)


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
        moving.remove(floor, leg, event.at)
        return
    leg.state, leg.answered, leg.why = "in", event.at, ""
    counting.answered(floor, leg, event.at)
    caller, guest = floor.callers.get(leg.entry), floor.guests.get(leg.entry)
    if leg.agent:
        agent = floor.agents[leg.agent]
        agent.calls += 1
        agent.failures = 0
        agents.found(floor, agent)
        floor.freed.append(agent.name)
    if leg.part:
        floor.notices.append(("there", leg))
    elif caller is not None:
        service = floor.rules_of(caller.queue).service
        floor.measures.answered(caller.queue, caller.at, event.at, service)
        caller.connected = leg.name
        floor.tell(caller.entry, "connected", ("agent", leg.agent), ("leg", leg.name))
        others, caller.legs = [n for n in caller.legs if n != leg.name], ()
        for name in others:
            moving.revoke(floor, floor.legs[name], event.at)
    elif guest is not None:
        floor.tell(guest.entry, "connected" if guest.stays else "answered")
        if leg.whisper:
            floor.timer(f"chime:{leg.call}", event.at + moving.CHIME)


def _risen(floor: Floor, name: str) -> Leg | None:
    """A leg that had come to nothing and is in the call now: it is nobody's, and its agent is not free."""
    leg = floor.past.pop(name, None)
    if leg is None:
        return None
    leg.state, leg.risen = "stopping", True
    floor.legs[name] = leg
    agents.come(floor, leg)
    floor.belongs(leg.call, name)
    agent = floor.agents.get(leg.agent)
    if agent is not None:
        agent.legs = (*agent.legs, name)
        floor.freed.append(agent.name)
    return leg


def _is_wanted(floor: Floor, leg: Leg) -> bool:
    """Whether somebody still waits for this leg."""
    if leg.part in ("expert", "supervisor"):
        return leg.state != "stopping"
    if leg.part == "customer":
        promise = floor.promises.get(f"{leg.call}/1")
        return promise is not None and promise.customer == leg.name
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
        leg.joins = False
        moving.stop(floor, leg, event.at, "failed")
        return
    if leg.aside and leg.state == "stopping" and leg.joins:
        leg.joins = False  # it was not moved: its own line is being ended
        return
    if event.why == "cancelled":
        _cancelled_there(floor, leg, event.at)
    else:
        leg.why = leg.why or event.why
    moving.over(floor, leg, event.at)


def _cancelled_there(floor: Floor, leg: Leg, at: float) -> None:
    """The host has stopped ringing without being asked: nobody has let it ring, and nobody is to blame. If the caller
    is there all the same, others are rung first: else the same phone could be rung without end."""
    caller = floor.callers.get(leg.entry)
    if caller is not None and leg.name in caller.legs:
        callers.refuse(floor, caller, leg.agent, at)
    leg.why = leg.why or "revoked"


def cancelled(floor: Floor, event: Cancelled) -> None:
    """Ringing has stopped: now, and not before, both are free. Where it was too late for that, what has happened is
    asked for."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state != "stopping":
        return
    if event.done:
        moving.over(floor, leg, event.at)
    elif leg.invitation:
        moving.probe(floor, leg, event.at)
    else:
        floor.timer(f"confirm:{leg.name}", max(event.at, moving.given_up(leg)))


def probed(floor: Floor, event: Probed) -> None:
    """The host has said whether somebody is in the call, or has not."""
    leg = floor.legs.get(event.leg)
    if leg is None or leg.state not in ("stopping", "joining", "removing"):
        return
    if event.present is None:
        if not leg.asked:
            return  # said twice
        leg.asked = False
        leg.probes += 1
        if leg.probes >= moving.PROBES:
            moving.give_up(floor, leg, event.at)
        floor.timer(f"confirm:{leg.name}", event.at + moving.CONFIRM * min(leg.probes, 6))
    elif event.present and leg.state == "removing":
        moving.remove(floor, leg, event.at)
    elif event.present:
        answered(floor, Answered(event.at, leg.name))
    elif not (leg.aside or leg.joins) and leg.state == "stopping" and event.at < moving.given_up(leg):
        floor.timer(f"confirm:{leg.name}", moving.given_up(leg))
    elif leg.aside and leg.state != "removing":
        moving.stop(floor, leg, event.at, "failed")
    elif leg.state == "removing":
        moving.out(floor, leg, event.at)
    else:
        moving.over(floor, leg, event.at)


def look(floor: Floor, event: Look) -> None:
    """Ask who is in the calls in which people talk: where the report of an end was lost, an agent would talk for ever,
    perhaps alone, and there would be no record of it. Who was never reported present is not missed."""
    calls: dict[str, None] = {}
    for leg in floor.legs.values():
        since = event.at - max(leg.answered, leg.looked)
        if leg.state == "in" and leg.part != "callback" and leg.seen and since >= LOOK:
            leg.looked = event.at
            calls[leg.call] = None
    floor.done += (Who(call, event.at) for call in calls)


def there(floor: Floor, event: There) -> None:
    """Who is in a call. The answer counts for those for whom it was asked: a late one to an earlier question may be
    from before somebody came."""
    if not event.look:
        return
    asked = [leg for leg in floor.legs_of(event.call) if leg.state == "in" and leg.looked == event.look]
    present = {address.lower() for address in event.addresses}
    if asked:
        _is_caller_there(floor, event.call, present)
    for leg in asked:
        if leg.person.address.lower() not in present:
            removed(floor, leg, event.at)


def removed(floor: Floor, leg: Leg, at: float) -> None:
    """The leg is out of the call: a talk has ended, or a leg that nobody waited for is gone."""
    if leg.state == "in" and leg.part == "callback":
        moving.revoke(floor, leg, at)  # it is the line of both: the customer must not stay behind on it
    elif leg.state == "in":
        moving.talk_over(floor, leg, at)
    elif leg.state == "removing":
        moving.out(floor, leg, at)
    elif leg.state == "stopping":
        moving.over(floor, leg, at)


def people(floor: Floor, event: People) -> None:
    """Who is in a call. Who was never reported present is not missed; an old report says of those whom no later one has
    seen that they have come and gone."""
    own = floor.legs.get(event.call)
    call = own.call if own is not None and own.part == "callback" else event.call
    if call not in floor.of_call:
        return
    late = event.sequence <= floor.sequences.get(call, -1)
    floor.sequences[call] = max(event.sequence, floor.sequences.get(call, -1))
    present = {address.lower() for address in event.addresses}
    if not late:
        _is_caller_there(floor, call, present)
    for leg in list(floor.legs_of(call)):
        if late and (leg.seen or event.sequence <= leg.reports or leg.part == "callback"):
            continue
        if leg.person.address.lower() in present:
            leg.seen = True
            if leg.state in ("ringing", "joining", "stopping") and leg.part != "callback":
                answered(floor, Answered(event.at, leg.name))
            if late:
                removed(floor, leg, event.at)
        elif leg.seen:
            removed(floor, leg, event.at)


def _is_caller_there(floor: Floor, call: str, present: set[str]) -> None:
    """A call that the caller has left goes on for the others, at the host: nobody is left alone on a line."""
    party = floor.parties.get(call)
    if party is None:
        return
    if party.address in present:
        party.seen = True
    elif party.seen:
        party.seen = False
        floor.done.append(EndCall(call))


def call_over(floor: Floor, call: str, at: float) -> None:
    """A call has ended for everyone: who was in it talks no more, who was rung for it is let alone."""
    for entry in [name for name in floor.of_call.get(call, ()) if name in floor.guests]:
        counting.guest_let_go(floor, floor.guests[entry])
        del floor.guests[entry]
        floor.forget(call, entry)
    for leg in list(floor.legs_of(call)):
        if leg.state == "in":
            moving.talk_over(floor, leg, at)
        elif leg.state == "removing":
            moving.out(floor, leg, at)
        else:
            moving.revoke(floor, leg, at)
    floor.sequences.pop(call, None)
    for place in [key for key in floor.places if key[0] == call]:
        del floor.places[place]


# --------------------------------------------------------------------------------------------------------------------
# Time


def ring_due(floor: Floor, name: str, at: float) -> None:
    """It has rung long enough."""
    leg = floor.legs.get(name)
    if leg is not None and leg.state == "ringing":
        moving.stop(floor, leg, at, "missed")


def confirm_due(floor: Floor, name: str, at: float) -> None:
    """Nothing was heard of what was asked for."""
    leg = floor.legs.get(name)
    if leg is None:
        return
    match leg.state:
        case "whispering":
            moving.stop(floor, leg, at, "declined")
        case "stopping" | "removing" if leg.aside and (leg.part == "callback" or leg.state == "stopping"):
            leg.probes += 1
            floor.done.append(EndAside(leg.name, leg.call))
            if leg.probes >= moving.PROBES:
                moving.give_up(floor, leg, at)
            floor.timer(f"confirm:{name}", at + moving.CONFIRM * min(leg.probes, 6))
        case "stopping" | "joining" | "removing":
            moving.probe(floor, leg, at)
        case _:
            pass


def goodbye_due(floor: Floor, name: str) -> None:
    """Who has heard that the caller has left is let go."""
    leg = floor.legs.get(name)
    if leg is not None and leg.state == "stopping":
        floor.done.append(EndAside(leg.name, leg.call))
