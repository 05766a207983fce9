"""What an agent's desktop is shown: the agent, its calls and its offers, as the floor has them now.

Times are UTC. A call is one of ours; a leg is one person on the way into it, and an offer is a leg that is not there
yet. Who listens to a call without being heard is not shown to those who talk.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from interpreter.floor.values import plain
from interpreter.routing.protocol import Person
from interpreter.routing.state import Agent, AgentState, Floor, Leg, state_of
from interpreter.site import Site
from interpreter.site_center import Served
from interpreter.staff import number, person_of, teams_user

Part: TypeAlias = Literal["caller", "customer", "agent", "expert", "supervisor", "guest"]
_OFFERS: dict[str, Literal["ringing", "whispering", "joining", "ending"]] = {
    "ringing": "ringing",
    "whispering": "whispering",
    "joining": "joining",
    "stopping": "ending",
}
"""The states of a leg that make it an offer, as a desktop is told them."""


class Serves(BaseModel):
    """A queue that the agent serves."""

    queue: str
    priority: int = Field(description="A smaller one is served first.")
    delay_seconds: float = Field(description="Callers come only when they have waited so long.")


class BriefLine(BaseModel):
    """A line of the hand-over details, in the script's words."""

    name: str
    value: Any


class PersonView(BaseModel):
    """Somebody in a call, or on the way into it or out of it."""

    part: Part
    name: str = Field(description="The name in the site file, else the number; empty for a withheld one.")
    state: Literal["ringing", "in", "leaving"]


class CallView(BaseModel):
    """A call in which the agent talks."""

    call: str
    leg: str
    queue: str
    caller: str = Field(description="The caller's number; empty for a withheld one.")
    since: datetime = Field(description="When the two began to talk.")
    held: bool = Field(description="The caller is on hold.")
    call_back: bool = Field(description="The caller was promised to be called back.")
    leaving: bool = Field(description="The agent is being taken out of it.")
    people: list[PersonView]
    brief: list[BriefLine]


class OfferView(BaseModel):
    """A caller who is offered to the agent."""

    leg: str
    call: str
    queue: str
    caller: str
    since: datetime
    until: datetime | None = Field(description="When ringing is stopped, while it rings.")
    state: Literal["ringing", "whispering", "joining", "ending"] = Field(
        description="`whispering`: picked up, and asked to press 1. `joining`: on the way into the call. `ending`: the"
        " host is asked to stop it; nothing else is offered before it has."
    )
    call_back: bool
    brief: list[BriefLine]


class AgentView(BaseModel):
    """An agent."""

    agent: str
    signed_in: bool
    state: AgentState = Field(description="What the agent does. `unknown`: nobody knows whether the agent is there.")
    since: datetime | None = Field(description="Since when.")
    wanted: Literal["available", "not ready", "offline"] = Field(
        description="What the agent asked to be: it counts from the end of the present call on."
    )
    reason: str = Field(description="Why not ready: the agent's words, or `missed`, or `unreachable`.")
    not_offered: str = Field(
        description="Why no call is offered though the agent is available: what Teams says, `busy` and the like after"
        " a try, `silent` without a sign of life. Empty: calls are offered."
    )
    wrap_up_until: datetime | None
    silent_at: datetime | None = Field(description="When a sign of life is due at the latest, where any is expected.")
    supervisor: bool
    skills: dict[str, int] = Field(description="Levels from 1 to 10.")
    queues: list[Serves]
    capacity: int = Field(description="Calls at a time.")
    calls: list[CallView]
    offers: list[OfferView]


class WatchedView(BaseModel):
    """A call that a supervisor hears, or is being rung for."""

    call: str
    you: Literal["ringing", "in", "leaving", "out"]
    muted: bool
    people: list[PersonView]


def moment(at: float) -> datetime:
    """Seconds since the epoch as a time in UTC, to the millisecond."""
    return datetime.fromtimestamp(round(at, 3), UTC)


class Views:
    """Makes views of one floor, with the names that its site has for people."""

    def __init__(self, site: Site) -> None:
        self._site = site
        settings = site.settings
        self._names = {number(e164).address: name for name, e164 in settings.numbers.items()}
        self._names.update((teams_user(user).address.lower(), name) for name, user in settings.teams_users.items())
        for name in settings.agents:
            if (agent := site.agent(name)) is not None:
                self._names[person_of(agent).address.lower()] = name

    def name_of(self, person: Person) -> str:
        """What a person is called."""
        return self._names.get(person.address.lower()) or _number(person.address)

    def agent(self, floor: Floor, name: str) -> AgentView:
        """An agent of the site file, signed in or not."""
        bound, known = self._site.settings.agents[name], floor.agents.get(name)
        legs = [floor.legs[each] for each in known.legs] if known is not None else []
        state: AgentState = state_of(floor, known) if known is not None else "offline"
        since = _since(known, legs, state) if known is not None else None
        return AgentView(
            agent=name,
            signed_in=known is not None and known.wanted != "offline",
            state=state,
            since=moment(since) if since else None,
            wanted=known.wanted if known is not None else "offline",
            reason=known.reason if known is not None else "",
            not_offered=_not_offered(known),
            wrap_up_until=_wrapped_up(floor, known),
            silent_at=_due(floor, f"lease:{name}"),
            supervisor=bound.supervisor,
            skills=dict(known.profile.skills) if known is not None else dict(bound.skills),
            queues=_queues(known, bound.queues),
            capacity=known.capacity if known is not None else bound.capacity,
            calls=[self.call(floor, leg) for leg in legs if leg.state in ("in", "removing")],
            offers=[self.offer(floor, leg) for leg in legs if leg.state in _OFFERS],
        )

    def call(self, floor: Floor, leg: Leg) -> CallView:
        """The call in which somebody is on a leg."""
        queue, caller = _asked_by(floor, leg)
        return CallView(
            call=leg.call,
            leg=leg.name,
            queue=queue,
            caller=caller,
            since=moment(leg.answered or leg.at),
            held=leg.call in floor.held,
            call_back=leg.part == "callback",
            leaving=leg.state == "removing",
            people=self._people(floor, leg.call, caller),
            brief=_brief(floor, leg.call),
        )

    def offer(self, floor: Floor, leg: Leg) -> OfferView:
        """An offer."""
        queue, caller = _asked_by(floor, leg)
        return OfferView(
            leg=leg.name,
            call=leg.call,
            queue=queue,
            caller=caller,
            since=moment(leg.at),
            until=_due(floor, f"ring:{leg.name}"),
            state=_OFFERS[leg.state],
            call_back=leg.part == "callback",
            brief=_brief(floor, leg.call),
        )

    def watched(self, floor: Floor, call: str, address: str) -> WatchedView:
        """A call as a supervisor at this address has it."""
        legs = list(floor.legs_of(call))
        own = next((leg for leg in legs if leg.person.address == address and leg.part == "supervisor"), None)
        talk = next((leg for leg in legs if leg.agent), None)
        caller = _asked_by(floor, talk)[1] if talk is not None else ""
        return WatchedView(
            call=call,
            you=_whereabouts(own) if own is not None else "out",
            muted=own is not None and own.muted,
            people=self._people(floor, call, caller, all_of_them=True),
        )

    def _people(self, floor: Floor, call: str, caller: str, *, all_of_them: bool = False) -> list[PersonView]:
        """Everybody, in the order in which they came; who listens unheard only where all are wanted."""
        legs = list(floor.legs_of(call))
        called_back = any(leg.part == "callback" for leg in legs)
        found = [] if called_back else [PersonView(part="caller", name=caller, state="in")]
        for leg in legs:
            if leg.part == "supervisor" and leg.muted and not all_of_them:
                continue
            part: Part = "agent" if leg.agent else "guest"
            if leg.part in ("expert", "supervisor", "customer"):
                part = leg.part
            found.append(PersonView(part=part, name=self.name_of(leg.person), state=_whereabouts(leg)))
        return found


def _whereabouts(leg: Leg) -> Literal["ringing", "in", "leaving"]:
    if leg.state in ("ringing", "whispering", "joining"):
        return "ringing"
    return "in" if leg.state == "in" else "leaving"


def _number(address: str) -> str:
    """What can be read of a raw id: the number behind ``4:``, or the id itself; nothing of a withheld number."""
    if address == "4:anonymous":
        return ""
    return address.removeprefix("4:")


def _asked_by(floor: Floor, leg: Leg) -> tuple[str, str]:
    """The queue and the caller's number."""
    promise = floor.promises.get(f"{leg.call}/1")
    if promise is not None:
        return promise.queue, promise.number
    caller, party = floor.callers.get(leg.entry), floor.parties.get(leg.call)
    shown = caller.number if caller is not None and caller.number else party.address if party is not None else ""
    return caller.queue if caller is not None else "", _number(shown)


def _brief(floor: Floor, call: str) -> list[BriefLine]:
    return [BriefLine(name=name, value=plain(value)) for name, value in floor.briefs.get(call, ())]


def _queues(known: Agent | None, bound: list[str | Served]) -> list[Serves]:
    if known is not None:
        return [Serves(queue=q.queue, priority=q.priority, delay_seconds=q.delay) for q in known.profile.queues]
    served = [Served(queue=each) if isinstance(each, str) else each for each in bound]
    return [Serves(queue=q.queue, priority=q.priority, delay_seconds=q.delay_seconds) for q in served]


def _not_offered(known: Agent | None) -> str:
    if known is None or known.wanted != "available":
        return ""
    return "silent" if known.silent else known.elsewhere or known.back


def _since(agent: Agent, legs: list[Leg], state: AgentState) -> float | None:
    """Since when an agent does what it does; ``None`` where nobody knows."""
    match state:
        case "talking":
            return min(leg.answered or leg.at for leg in legs if leg.state in ("in", "removing"))
        case "ringing" | "reserved":
            return min(leg.at for leg in legs)
        case "unknown":
            return None
        case "available" | "wrap-up":
            return agent.since
        case _:
            return agent.changed


def _due(floor: Floor, timer: str) -> datetime | None:
    """When a timer is due, if it is set."""
    found = floor.timers.get(timer)
    return moment(found[1]) if found is not None else None


def _wrapped_up(floor: Floor, agent: Agent | None) -> datetime | None:
    """When the last wrap-up of an agent is over."""
    if agent is None or not agent.wraps:
        return None
    dues = [due for name, (_, due) in floor.timers.items() if name.startswith(f"wrap:{agent.name}:")]
    return moment(max(dues)) if dues else None
