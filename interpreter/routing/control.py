"""What agents and supervisors do with a call that goes on: hold, consult, add, hand over, leave, listen.

Whoever an agent asks into the call is an *expert*. While the two talk alone the caller is on hold; when the agent
leaves, the caller is with the expert, and the script goes on when the expert leaves. A transfer is the same with an
agent who leaves at once: if the expert does not come, the script goes on as after any talk. Nobody is left alone: who
listens to a call goes when the agent goes.

The host can mute people and not un-mute them, so a supervisor who listens un-mutes in their own client to be heard.
"""

from __future__ import annotations

from typing import Literal

from interpreter.routing import agents, lobby, moving
from interpreter.routing.protocol import AgentAsks, Declines, Hold, Mute, NotHeld, Say, Unhold, Unmuted, Watch
from interpreter.routing.state import Floor, Leg, call_of

LONGEST_HOLD = 180.0
"""Seconds after which a caller on hold is taken back, with an apology (scenario S13)."""
MOMENT = 30.0
"""Seconds between two sentences to a caller on hold (scenario S13)."""
ONE_MOMENT = {
    "en": "One moment, I am checking with a colleague.",
    "es": "Un momento, por favor. Estoy consultando con un colega.",
    "fr": "Un instant, je consulte un collègue.",
    "de": "Einen Moment bitte, ich frage einen Kollegen.",
}
SORRY = {
    "en": "We are sorry for the wait.",
    "es": "Disculpe la espera.",
    "fr": "Veuillez nous excuser pour l'attente.",
    "de": "Entschuldigen Sie bitte, dass Sie warten mussten.",
}


def talk_of(floor: Floor, agent: str, call: str = "") -> Leg | None:
    """The leg on which an agent talks, in this call or in any."""
    known = floor.agents.get(agent)
    legs = [floor.legs[name] for name in known.legs] if known is not None else []
    return next((leg for leg in legs if leg.state == "in" and call in ("", leg.call)), None)


def declines(floor: Floor, event: Declines) -> None:
    """An agent does not take a caller; who has accepted already is on the way into the call."""
    leg = floor.legs.get(event.leg)
    if leg is not None and leg.agent == event.agent and leg.state in ("ringing", "whispering"):
        moving.stop(floor, leg, event.at, "declined")


def asks(floor: Floor, event: AgentAsks) -> None:
    """An agent wants something; who does not talk gets nothing."""
    leg = talk_of(floor, event.agent, event.call)
    if leg is None:
        return
    match event.what:
        case "hold":
            _hold(floor, leg.call, event.at)
        case "unhold":
            unhold(floor, leg.call)
        case "consult":
            if _invite(floor, leg, event):
                _hold(floor, leg.call, event.at)
        case "add":
            _invite(floor, leg, event)
        case "drop":
            _drop(floor, leg.call, event)
        case "transfer":
            if _invite(floor, leg, event):
                _hold(floor, leg.call, event.at)
                moving.revoke(floor, leg, event.at)
        case "admit":
            lobby.admit(floor, leg, event)
        case "leave":
            unhold(floor, leg.call)
            moving.revoke(floor, leg, event.at)


def _hold(floor: Floor, call: str, at: float) -> None:
    if call not in floor.held:
        callers = (each for each in floor.callers.values() if call_of(each.entry) == call and each.connected)
        caller = next(callers, None)
        language = caller.language if caller is not None else "en-US"
        floor.held.add(call)
        floor.done.append(Hold(call, caller.music if caller is not None else ""))
        floor.timer(f"hold:{language}:{call}", at + LONGEST_HOLD)
        floor.timer(f"moment:{language}:{call}", at + MOMENT)


def unhold(floor: Floor, call: str) -> None:
    """The caller is taken off hold, where it is on hold."""
    if call in floor.held:
        floor.held.discard(call)
        floor.clear(*(name for name in floor.timers if name.endswith(f":{call}") and _of_hold(name)))
        floor.done.append(Unhold(call))
        for leg in floor.legs_of(call):
            _sound(floor, leg, floor.latest)


def _of_hold(timer: str) -> bool:
    return timer.startswith(("hold:", "moment:"))


def not_held(floor: Floor, event: NotHeld) -> None:
    """The host has not put the caller on hold. Perhaps only the music cannot be played: then it is done without. Else
    the caller is not on hold, and the desktop shows it."""
    if event.call in floor.held and not event.silent:
        floor.done.append(Hold(event.call))
    elif event.call in floor.held:
        unhold(floor, event.call)


def _invite(floor: Floor, leg: Leg, event: AgentAsks) -> bool:
    """Ring somebody into the call; nobody twice."""
    person = event.person
    if person is None or any(each.person.address == person.address for each in floor.legs_of(leg.call)):
        return False
    expert = moving.begin(floor, f"{leg.call}/expert.{floor.number()}", person, event.ring, event.at)
    expert.part = "expert"
    expert.unholds = event.what == "consult" and event.unhold == "automatically"
    agents.visits(floor, expert)
    return True


def _drop(floor: Floor, call: str, event: AgentAsks) -> None:
    for each in list(floor.legs_of(call)):
        if each.part == "expert" and event.person in (None, each.person):
            moving.revoke(floor, each, event.at)


def watch(floor: Floor, event: Watch) -> None:
    """A supervisor comes or goes."""
    present = [leg for leg in floor.legs_of(event.call) if leg.person.address == event.person.address]
    if event.how == "leave":
        for leg in present:
            moving.revoke(floor, leg, event.at)
    elif present:
        for leg in present:
            _listens(floor, leg, event)
    elif any(leg.agent and leg.state == "in" for leg in floor.legs_of(event.call)):
        entry = f"{event.call}/supervisor.{floor.number()}"
        leg = moving.begin(floor, entry, event.person, moving.SUPERVISOR_RING, event.at)
        leg.part, leg.muted = "supervisor", event.how == "monitor"
        leg.tone = event.tone and not leg.muted
        agents.visits(floor, leg)


def _listens(floor: Floor, leg: Leg, event: Watch) -> None:
    """A supervisor who is there already is not to be heard any more, or is to be. For the latter the host has no
    request: the supervisor's own client ends being mute."""
    only = event.how == "monitor"
    if leg.part != "supervisor" or only == leg.muted:
        return
    if only and leg.state == "in":
        floor.done.append(Mute(leg.name, leg.call, leg.person))
    leg.muted, leg.tone = only, event.tone and not only
    _sound(floor, leg, event.at)


def _sound(floor: Floor, leg: Leg, at: float) -> None:
    """The tone that is owed to those in the call, once the supervisor is there. A caller on hold would not hear it: it
    comes when the hold is over."""
    if leg.tone and leg.state == "in" and leg.call not in floor.held:
        leg.tone = False
        floor.timer(f"chime:{leg.call}", at + moving.CHIME)


def heard(floor: Floor, event: Unmuted) -> None:
    """Who was to listen only, and would be heard, is taken out."""
    leg = floor.legs.get(event.leg)
    if leg is not None:
        moving.revoke(floor, leg, event.at)


def noticed(floor: Floor, what: Literal["accepted", "there", "lost", "left"], leg: Leg, at: float) -> None:
    """Something has happened to somebody in a call: whoever is not needed any more goes, and the caller is not left on
    hold."""
    if what == "there" and leg.part == "supervisor":
        if leg.muted:
            floor.done.append(Mute(leg.name, leg.call, leg.person))
        _sound(floor, leg, at)
    elif what in ("lost", "left") and leg.part == "supervisor" and leg.heir:
        floor.tell(leg.entry, "answered", ("agent", ""), ("leg", leg.name))
        _empty(floor, leg.call, at)
    elif what == "there" and leg.part == "expert":
        if leg.unholds or not any(each.agent for each in floor.legs_of(leg.call)):
            unhold(floor, leg.call)  # all three are to talk, or the caller was handed over
    elif what in ("lost", "left") and leg.part == "expert":
        unhold(floor, leg.call)
        if leg.heir:
            floor.tell(leg.entry, "answered", ("agent", ""), ("leg", leg.name))
            _empty(floor, leg.call, at)
    elif what == "left" and leg.agent and not leg.part:
        heirs = [each for each in floor.legs_of(leg.call) if each.part == "expert" and each.state == "in"]
        if heirs:
            unhold(floor, leg.call)
        elif not any(each.part == "expert" for each in floor.legs_of(leg.call)):
            unhold(floor, leg.call)
            _empty(floor, leg.call, at)


def _empty(floor: Floor, call: str, at: float) -> None:
    """Who only listens has nothing to listen to."""
    for each in list(floor.legs_of(call)):
        if each.part == "supervisor" and not each.heir:
            moving.revoke(floor, each, at)


def hold_due(floor: Floor, language: str, call: str) -> None:
    """A caller has been on hold for long enough."""
    if call in floor.held:
        unhold(floor, call)
        floor.done.append(Say(call, SORRY.get(language.partition("-")[0], SORRY["en"]), language))


def moment_due(floor: Floor, language: str, call: str, at: float) -> None:
    """A caller on hold hears that nobody has forgotten."""
    if call in floor.held:
        floor.done.append(Say(call, ONE_MOMENT.get(language.partition("-")[0], ONE_MOMENT["en"]), language))
        floor.timer(f"moment:{language}:{call}", at + MOMENT)
