"""What an agent's desktop asks: signing in, being available or not, declining offers, and what is done with a call.

An agent may do only what is the agent's: the name comes from the token. Whatever is asked is told to the floor, which
decides; what it did not do, because something else was first, is answered 409.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field
from starlette.responses import Response

from interpreter.api.bodies import Sent
from interpreter.api.errors import Refused
from interpreter.api.frame import Asked, Operation
from interpreter.api.stream import MEDIA, Streams
from interpreter.api.targets import Admitting, Asking, Consulting, Target, person_meant
from interpreter.api.views import AgentView, Views
from interpreter.floor import Floors
from interpreter.floor.asking import FloorDesk
from interpreter.ports import Clock
from interpreter.routing.control import talk_of
from interpreter.routing.lobby import waits_in
from interpreter.routing.moving import ACCEPT
from interpreter.routing.protocol import AgentAsks, Beat, Declines, Event, Keyed, Person, Wanted
from interpreter.routing.state import Agent, Floor, Leg, call_of
from interpreter.site import Site
from interpreter.staff import sign_in

LEASE = 60.0
"""Seconds within which a desktop that was asked for signs of life has to give the next one."""
FRESH = 45.0
"""A sign of life that comes when more of the lease is left says nothing new: the log is spared it."""

Verb: TypeAlias = Literal["hold", "unhold", "consult", "add", "drop", "transfer", "leave", "admit"]
_ME = "/agents/me"
_CALL = {"call": "The call's id, from `calls`."}
_LEG = {"leg": "The offer's `leg`."}
_NOT_YOURS = {403: "The agent does not talk in this call.", 404: "No such call."}
_OVER = {409: "The floor did not do it: `error` says why, such as that the call has ended meanwhile."}


class SignIn(Sent):
    """How an agent begins."""

    state: Literal["available", "not ready"] = "available"
    reason: str = Field("", max_length=100, description="Why not ready.")
    heartbeat: bool = Field(
        False, description="The desktop gives a sign of life at least every 60 s, or no call is offered any more."
    )


class StateWanted(Sent):
    """What an agent wants to be."""

    state: Literal["available", "not ready", "offline"]
    reason: str = Field("", max_length=100, description="Why not ready.")


class Dropping(Sent):
    """Who is taken out of the call; nobody named: whoever was asked into it."""

    target: Target | None = None


class AgentsApi:
    """The operations of agents on one floor."""

    def __init__(self, site: Site, floors: Floors, clock: Clock, streams: Streams, asking: FloorDesk) -> None:
        self._site, self._floors, self._clock, self._streams = site, floors, clock, streams
        self._asking = asking
        self._views = Views(site)

    def operations(self) -> list[Operation]:
        return [*self._of_state(), *self._of_offers(), *self._of_calls()]

    # ----------------------------------------------------------------------------------------------------------------
    # There or not

    def _of_state(self) -> list[Operation]:
        return [
            Operation(
                "GET", _ME, "get_me", "What the agent does now", self._me, tag="agent", who="agent",
                answer=AgentView, answers="The agent, its calls and its offers.",
            ),
            Operation(
                "POST", f"{_ME}/sign-in", "sign_in", "Begin to work", self._sign_in, tag="agent", who="agent",
                description="With the skills and queues of the site file. Again: what has changed there is taken over.",
                body=SignIn, answer=AgentView, answers="The agent, signed in.",
            ),
            Operation(
                "PUT", f"{_ME}/state", "set_state", "Be available, not ready, or offline", self._state, tag="agent",
                who="agent", description="A call that goes on goes on. Ends a wrap-up.", body=StateWanted,
                answer=AgentView, answers="The agent as it is now.", failures={409: "The agent is not signed in."},
            ),
            Operation(
                "DELETE", f"{_ME}/wrap-up", "end_wrap_up", "End the wrap-up before its time", self._wrap_up,
                tag="agent", who="agent", answer=AgentView, answers="The agent as it is now.",
                failures={409: "The agent wraps nothing up."},
            ),
            Operation(
                "PUT", f"{_ME}/presence", "give_sign_of_life", "A sign of life", self._beat, tag="agent", who="agent",
                description="For a desktop that signed in with `heartbeat`: every 20 s or so. After 60 s without one"
                " the agent is `unknown`, and no call is offered until the next.",
                answers="Seen.", failures={409: "The agent is not signed in, or not with `heartbeat`."},
            ),
            Operation(
                "GET", f"{_ME}/events", "watch", "What happens to the agent, as server-sent events", self._watch,
                tag="agent", who="agent", media=MEDIA,
                description="The first event is `state`, unless `Last-Event-ID` says what the desktop knows.",
                answers="A stream of events.", failures={429: "The agent has too many streams open."},
            ),
        ]  # fmt: skip

    async def _me(self, asked: Asked) -> AgentView:
        return self._view(asked.asker.agent)

    async def _sign_in(self, asked: Asked) -> AgentView:
        name, wish, now = asked.asker.agent, asked.sent(SignIn), self._clock.now()
        event = sign_in(self._site, name, now)
        assert event is not None, "the token's agent is in the site file"
        events: list[Event] = [event]
        known = self._floors.floor.agents.get(name)
        if wish.state == "not ready" or (known is not None and known.wanted == "not ready"):
            events.append(Wanted(now, name, wish.state, wish.reason))
        events.append(Beat(now, name, LEASE if wish.heartbeat else 0.0))
        await self._floors.post(*events)
        return self._view(name)

    async def _state(self, asked: Asked) -> AgentView:
        name, wish = asked.asker.agent, asked.sent(StateWanted)
        if wish.state != "offline" or self._known(name) is not None:
            self._signed_in(name)
            await self._floors.post(Wanted(self._clock.now(), name, wish.state, wish.reason))
        return self._view(name)

    async def _wrap_up(self, asked: Asked) -> AgentView:
        agent = self._signed_in(asked.asker.agent)
        if not agent.wraps:
            raise Refused(409, "there is nothing to wrap up")
        await self._floors.post(Wanted(self._clock.now(), agent.name, agent.wanted, agent.reason))
        return self._view(agent.name)

    async def _beat(self, asked: Asked) -> None:
        agent, now = self._signed_in(asked.asker.agent), self._clock.now()
        lease = self._floors.floor.timers.get(f"lease:{agent.name}")
        if lease is None and not agent.silent:
            raise Refused(409, "no sign of life is expected: sign in with heartbeat")
        if lease is None or lease[1] - now <= FRESH:
            await self._floors.post(Beat(now, agent.name, LEASE))

    async def _watch(self, asked: Asked) -> Response:
        last = asked.request.headers.get("Last-Event-ID", "")
        return self._streams.open(asked.asker.agent, last, asked.asker.until)

    # ----------------------------------------------------------------------------------------------------------------
    # Offers

    def _of_offers(self) -> list[Operation]:
        failures = {
            403: "The offer is another agent's.",
            404: "No such offer.",
            409: "The offer is over, or cannot be taken like that: `error` says why.",
        }
        return [
            Operation(
                "POST", f"{_ME}/offers/{{leg}}/accept", "accept_offer", "Take the caller who is announced",
                self._accept, tag="agent", who="agent", parameters=_LEG, answer=AgentView,
                answers="The agent is on the way into the call.", failures=failures,
                description="For an offer that is `whispering`: instead of pressing 1. While it is `ringing` nothing"
                " but picking up takes it: the phone is the host's, and a desktop cannot pick it up.",
            ),
            Operation(
                "POST", f"{_ME}/offers/{{leg}}/decline", "decline_offer", "Do not take a caller", self._decline,
                tag="agent", who="agent", parameters=_LEG, answer=AgentView,
                answers="The host is asked to stop ringing; the offer is `ending` until it has.", failures=failures,
                description="Somebody else is offered the caller. Who picks up before ringing has stopped talks.",
            ),
        ]  # fmt: skip

    async def _accept(self, asked: Asked) -> AgentView:
        leg = self._offer(asked)
        if leg.state == "ringing":
            raise Refused(409, "it is accepted by picking up the phone that rings")
        if leg.state != "whispering":
            raise Refused(409, "accepted already" if leg.state in ("joining", "in") else "the offer is over")
        await self._floors.post(Keyed(self._clock.now(), leg.name, ACCEPT))
        if leg.state not in ("joining", "in"):
            raise Refused(409, "the offer is over")
        return self._view(asked.asker.agent)

    async def _decline(self, asked: Asked) -> AgentView:
        leg = self._offer(asked)
        if leg.state in ("ringing", "whispering"):
            await self._floors.post(Declines(self._clock.now(), asked.asker.agent, leg.name))
        if leg.state in ("joining", "in"):
            raise Refused(409, "accepted already")
        if leg.why != "declined":
            raise Refused(409, "the offer is over")
        return self._view(asked.asker.agent)

    def _offer(self, asked: Asked) -> Leg:
        """The offer that is meant. Raises `Refused` 403, 404 and 409."""
        name, floor = asked.path["leg"], self._floors.floor
        leg = floor.legs.get(name) or floor.past.get(name)
        if leg is None:
            raise Refused(404, "no such offer")
        if leg.agent != asked.asker.agent:
            raise Refused(403, "the offer is not yours")
        if name not in floor.legs and leg.why != "declined":
            raise Refused(409, f"the offer is over: {leg.why}" if leg.why else "the offer is over")
        return leg

    # ----------------------------------------------------------------------------------------------------------------
    # Calls

    def _of_calls(self) -> list[Operation]:
        def of(verb: Verb, summary: str, text: str, body: type[Sent] | None = None) -> Operation:
            async def handle(asked: Asked) -> AgentView:
                return await self._asks(asked, verb)

            return Operation(
                "POST", f"{_ME}/calls/{{call}}/{verb}", f"{verb}_call", summary, handle, tag="agent", who="agent",
                description=text, body=body, answer=AgentView, answers="The agent as it is now.", parameters=_CALL,
                failures={**_NOT_YOURS, **_OVER},
            )  # fmt: skip

        return [
            of("hold", "Put the caller on hold", "For 180 s at the longest; then the caller is taken back."),
            of("unhold", "Take the caller off hold", "Where the caller is not on hold nothing happens."),
            of("consult", "Ask somebody while the caller is on hold", "The caller hears nothing of it.", Consulting),
            of("add", "Ask somebody into the call", "All three talk.", Asking),
            of("drop", "Take somebody out of the call again", "Who still rings is not rung any more.", Dropping),
            of("transfer", "Hand the caller over and leave", "The agent leaves at once.", Asking),
            of(
                "admit",
                "Let a waiting caller into the call",
                "From a queue that the agent serves. The caller's own call ends by that.",
                Admitting,
            ),
            of("leave", "Leave the call", "The caller goes on with whoever was asked into it, else in the script."),
        ]

    async def _asks(self, asked: Asked, verb: Verb) -> AgentView:
        name, floor = asked.asker.agent, self._floors.floor
        leg = self._talk(name, asked.path["call"])
        if leg.part == "callback" and verb != "leave":
            raise Refused(409, "in a call back, which is on the agent's own line, the only thing to do is to leave")
        person, ring = self._meant(asked, verb)
        if person is not None:
            _may_come(floor, leg, person, verb)
            if verb != "drop" and (objection := self._asking.presence(person, leg.call)) is not None:
                raise Refused(409, f"is not rung now: {objection.reason}")
        if verb == "drop" and not _asked_in(floor, leg.call, person):
            raise Refused(409, "nobody of that name was asked into the call")
        call, caller = leg.call, self._let_in(name, asked) if verb == "admit" else ""
        unhold = asked.sent(Consulting).unhold if verb == "consult" else "by agent"
        await self._floors.post(AgentAsks(self._clock.now(), name, verb, person, ring, call, unhold, caller))
        if verb == "admit" and not _is_let_in(self._floors.floor, caller):
            raise Refused(409, "the caller does not wait any more, or somebody is rung for it now")
        if not _is_done(self._floors.floor, verb, leg, person):
            raise Refused(409, "the call has ended meanwhile, or the agent has left it")
        return self._view(name)

    def _let_in(self, agent: str, asked: Asked) -> str:
        """The call of the caller who is meant. Raises `Refused` 404 and 409."""
        floor, wish = self._floors.floor, asked.sent(Admitting)
        served = {each.queue for each in floor.agents[agent].profile.queues}
        waiting = [each for each in floor.callers.values() if each.queue in served and each.entry not in floor.promises]
        if wish.queue is not None:
            of_queue = [each for each in waiting if each.queue == wish.queue]
            free = [each for each in of_queue if waits_in(floor, call_of(each.entry)) is not None]
            if not free:
                raise Refused(409, "nobody waits in that queue who can be let in, or you do not serve it")
            return call_of(min(free, key=lambda each: each.rank).entry)
        if not any(call_of(each.entry) == wish.caller for each in waiting):
            raise Refused(404, "no such caller waits in a queue that you serve")
        if waits_in(floor, wish.caller or "") is None:
            raise Refused(409, "somebody is rung for this caller now, or talks to them")
        return wish.caller or ""

    def _meant(self, asked: Asked, verb: Verb) -> tuple[Person | None, float]:
        """Who is meant, and how long it is to ring."""
        if verb in ("consult", "add", "transfer"):
            wish = asked.sent(Asking)
            return person_meant(self._site, wish.target), wish.ring_seconds
        whom = asked.sent(Dropping).target if verb == "drop" else None
        return (person_meant(self._site, whom) if whom is not None else None), 30.0

    def _talk(self, agent: str, call: str) -> Leg:
        """The leg on which an agent talks in a call. Raises `Refused` 403 and 404."""
        leg = talk_of(self._floors.floor, agent, call)
        if leg is None:
            if call not in self._floors.floor.of_call:
                raise Refused(404, "no such call: it may have ended")
            raise Refused(403, "you do not talk in this call")
        return leg

    # ----------------------------------------------------------------------------------------------------------------

    def _view(self, name: str) -> AgentView:
        return self._views.agent(self._floors.floor, name)

    def _known(self, name: str) -> Agent | None:
        agent = self._floors.floor.agents.get(name)
        return agent if agent is not None and agent.wanted != "offline" else None

    def _signed_in(self, name: str) -> Agent:
        agent = self._known(name)
        if agent is None:
            raise Refused(409, "you are not signed in")
        return agent


def _may_come(floor: Floor, leg: Leg, person: Person, verb: Verb) -> None:
    """Raises `Refused` 409 where somebody cannot be asked into a call."""
    if verb == "drop":
        return
    if any(each.person.address == person.address for each in floor.legs_of(leg.call)):
        raise Refused(409, "is in the call already, or rung for it")
    if any(agent.person.address == person.address and agent.legs for agent in floor.agents.values()):
        raise Refused(409, "is in another call, or rung for one")


def _asked_in(floor: Floor, call: str, person: Person | None) -> bool:
    return any(each.part == "expert" and person in (None, each.person) for each in floor.legs_of(call))


def _is_let_in(floor: Floor, call: str) -> bool:
    return any(each.admitted for each in floor.callers.values() if call_of(each.entry) == call)


def _is_done(floor: Floor, verb: Verb, leg: Leg, person: Person | None) -> bool:
    """Whether the floor did what was asked, or what comes to the same."""
    match verb:
        case "hold":
            return leg.call in floor.held
        case "unhold":
            return leg.call not in floor.held and leg.name in floor.legs
        case "consult" | "add" | "transfer":
            return any(each.part == "expert" and each.person == person for each in floor.legs_of(leg.call))
        case "drop" | "leave" | "admit":
            return True
