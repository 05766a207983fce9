"""What the operator asks: queues as they are, agents signed out, messages, details, and draining. Calls are in
`operator_calls`."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from starlette.responses import Response

from interpreter.api.bodies import Sent
from interpreter.api.errors import Refused
from interpreter.api.frame import Asked, Operation
from interpreter.details import Of, Window, epoch, lines, records
from interpreter.messages import MessagesUnavailable, is_name
from interpreter.routing.measures import Rule, service_level
from interpreter.routing.protocol import Readiness, Wanted
from interpreter.routing.state import Caller, Floor, call_of, state_of
from interpreter.site import Site
from interpreter.telemetry import masked
from interpreter.web import Desk

MOST_DETAILS = 10_000
_TAG = "operator"


def _moment(value: object) -> float:
    if isinstance(value, str):
        try:
            return epoch(value)
        except ValueError:
            pass
    raise ValueError("expected: a time, such as 2026-11-27 or 2026-11-27T08:00:00Z, or epoch seconds")


class QueueView(BaseModel):
    """A queue now, and today by the clock of the server. Seconds; ``service_level`` is from 0 to 1, ``None`` as long as
    there is nobody to count, and is counted by ``rule``."""

    queue: str
    waiting: int
    longest_wait: float
    estimated_wait: float | None
    agents: dict[str, int]
    arrived: int
    answered: int
    abandoned: int
    short_abandoned: int
    overflowed: int
    promises: int
    service_level: float | None
    service_seconds: float
    rule: Rule


class QueuesView(BaseModel):
    """Every queue that the site names, that an agent serves, or in which somebody waits."""

    queues: list[QueueView]


class WaitingView(BaseModel):
    """Somebody who waits, or a promise to call somebody back that is in line. The number is masked."""

    place: int
    caller: str
    call: str
    promise: bool
    since: float
    head_start: float = Field(description="Seconds of waiting that the caller's priority is worth.")
    estimated_wait: float | None = Field(description="Seconds to be expected from here on.")
    needs: dict[str, int]
    rung: list[str] = Field(description="The agents whose phones ring for it now.")


class QueueDetail(QueueView):
    """A queue with those who wait in it, the next one first."""

    callers: list[WaitingView]


class StateWish(Sent):
    """What an agent is to be."""

    state: Readiness
    reason: str = Field(default="", max_length=100)


class StateView(BaseModel):
    """What an agent does."""

    agent: str
    state: str


class DrainView(BaseModel):
    """Whether the server says that it is about to leave: `/readyz` is 503 then, calls that go on are served."""

    draining: bool


class MessagesView(BaseModel):
    """What is known of every message, the latest first."""

    messages: list[dict[str, Any]]


Moment: TypeAlias = Annotated[float, BeforeValidator(_moment), WithJsonSchema({"type": "string"})]
"""A time in a query: epoch seconds, or ISO 8601."""


class DetailsWish(BaseModel):
    """Which details: of what was over at ``from`` or later and before ``to``, at most ``limit`` of them, of one
    ``call`` or of all; ``of`` calls, of legs, or of both."""

    since: Moment = Field(
        default_factory=lambda: 0.0, alias="from", description="Epoch seconds, or ISO 8601: UTC unless it says else."
    )
    before: Moment = Field(default_factory=lambda: math.inf, alias="to", description="As `from`.")
    limit: int = Field(default=1_000, ge=1, le=MOST_DETAILS)
    call: str = ""
    of: Of = "all"


class OperatorApi:
    """The operations of the operator."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._site, self._floors = desk, desk.site, desk.center.floors

    def operations(self) -> list[Operation]:
        return [*self._of_the_floor(), *self._of_the_server(), *self._of_what_is_kept()]

    def _of_the_floor(self) -> list[Operation]:
        queue = {"name": "The queue's name, as scripts have it."}
        agent = {"name": "The agent's name in the site file."}
        return [
            Operation("GET", "/queues", "get_queues", "The queues now", self._queues, tag=_TAG, who="operator",
                answer=QueuesView, answers="Every queue, with its figures of today."),
            Operation("GET", "/queues/{name}", "get_queue", "A queue and who waits in it", self._queue, tag=_TAG,
                who="operator", parameters=queue, answer=QueueDetail, answers="The queue.",
                failures={404: "No such queue."}),
            Operation("PUT", "/agents/{name}/state", "set_agent_state", "Sign an agent out, or in again",
                self._set_state, tag=_TAG, who="operator", parameters=agent, body=StateWish, answer=StateView,
                answers="What the agent does now: a call that goes on goes on.",
                failures={404: "No such agent is signed in."}),
        ]  # fmt: skip

    def _of_the_server(self) -> list[Operation]:
        return [
            Operation("GET", "/drain", "get_drain", "Whether the server drains", self._get_drain, tag=_TAG,
                who="operator", answer=DrainView, answers="Whether it does."),
            Operation("PUT", "/drain", "drain", "Send new calls elsewhere", self._drain, tag=_TAG, who="operator",
                answer=DrainView, answers="`/readyz` says 503 from now on.",
                description="For whoever balances load; what rings here all the same is taken."),
            Operation("DELETE", "/drain", "stop_draining", "Take new calls again", self._undrain, tag=_TAG,
                who="operator", answer=DrainView, answers="`/readyz` says what is the case again."),
        ]  # fmt: skip

    def _of_what_is_kept(self) -> list[Operation]:
        name = {"name": "The message's name, from `GET /messages`."}
        away = {404: "No such message.", 503: "Whatever keeps the messages does not answer."}
        return [
            Operation("GET", "/messages", "get_messages", "The messages of callers", self._messages, tag=_TAG,
                who="operator", answer=MessagesView, answers="What is known of each.", failures={503: away[503]}),
            Operation("GET", "/messages/{name}", "get_message", "What is known of a message", self._message, tag=_TAG,
                who="operator", parameters=name, answer=dict[str, Any], answers="What is known of it.", failures=away),
            Operation("GET", "/messages/{name}/audio", "play_message", "Hear a message", self._audio, tag=_TAG,
                who="operator", parameters=name, media="audio/wav", answers="The sound, as WAV.", failures=away),
            Operation("DELETE", "/messages/{name}", "delete_message", "Delete a message", self._delete, tag=_TAG,
                who="operator", parameters=name, answers="It is gone.", failures=away),
            Operation("GET", "/details", "get_details", "Call detail records", self._details, tag=_TAG,
                who="operator", query=DetailsWish, media="application/jsonl",
                answers="JSON lines, the oldest first: one for each call and each leg that is over."),
        ]  # fmt: skip

    # ----------------------------------------------------------------------------------------------------------------
    # The floor

    async def _queues(self, asked: Asked) -> QueuesView:
        floor = self._floors.floor
        return QueuesView(queues=[self._view(floor, name) for name in known_queues(self._site, floor)])

    async def _queue(self, asked: Asked) -> QueueDetail:
        floor, name = self._floors.floor, asked.path["name"]
        if name not in known_queues(self._site, floor):
            raise Refused(404, "no such queue")
        callers = [self._waiting(floor, place, each) for place, each in enumerate(in_line(floor, name), 1)]
        return QueueDetail(callers=callers, **self._view(floor, name).model_dump())

    def _waiting(self, floor: Floor, place: int, caller: Caller) -> WaitingView:
        expected = 0.0  # an agent's phone rings
        if caller.entry in floor.waiting.classes:
            ahead = floor.waiting.place(caller.entry)
            expected = floor.measures.estimate(caller.queue, ahead, floor.serving(caller.queue))
        return WaitingView(
            place=place,
            caller=masked(caller.number),
            call=call_of(caller.entry),
            promise=caller.entry in floor.promises,
            since=caller.at,
            head_start=round(caller.ageing.priority * caller.ageing.step, 3),
            estimated_wait=_finite(expected),
            needs=dict(caller.needs),
            rung=[floor.legs[leg].agent for leg in caller.legs if leg in floor.legs],
        )

    def _view(self, floor: Floor, name: str) -> QueueView:
        now, rules, bound = self._desk.clock.now(), floor.rules_of(name), self._site.settings.queues.get(name)
        rule: Rule = bound.service_level if bound is not None else "ignored"
        today = floor.measures.sums(name, _midnight(now))
        waiting = in_line(floor, name)
        estimate = floor.measures.estimate(name, floor.waiting.count(name) + 1, floor.serving(name))
        staff = [each for each in floor.agents.values() if any(q.queue == name for q in each.profile.queues)]
        return QueueView(
            queue=name,
            waiting=len(waiting),
            longest_wait=max((now - caller.at for caller in waiting), default=0.0),
            estimated_wait=_finite(estimate),
            agents=dict(Counter(state_of(floor, each) for each in staff)),
            arrived=today.arrived,
            answered=today.answered,
            abandoned=today.abandoned,
            short_abandoned=today.abandoned_short,
            overflowed=today.overflowed,
            promises=sum(each.queue == name for each in floor.promises.values()),
            service_level=service_level(today, rule),
            service_seconds=rules.service,
            rule=rule,
        )

    async def _set_state(self, asked: Asked) -> StateView:
        name, wish = asked.path["name"], asked.sent(StateWish)
        if name not in self._floors.floor.agents:
            raise Refused(404, "no such agent is signed in")
        await self._floors.post(Wanted(self._desk.clock.now(), name, wish.state, wish.reason or "operator"))
        floor = self._floors.floor
        return StateView(agent=name, state=state_of(floor, floor.agents[name]))

    # ----------------------------------------------------------------------------------------------------------------
    # The server

    async def _get_drain(self, asked: Asked) -> DrainView:
        return DrainView(draining=self._desk.draining)

    async def _drain(self, asked: Asked) -> DrainView:
        self._desk.draining = True
        return DrainView(draining=True)

    async def _undrain(self, asked: Asked) -> DrainView:
        self._desk.draining = False
        return DrainView(draining=False)

    # ----------------------------------------------------------------------------------------------------------------
    # What is kept

    async def _messages(self, asked: Asked) -> MessagesView:
        try:
            return MessagesView(messages=[dict(each) for each in await self._desk.center.messages.list()])
        except MessagesUnavailable as error:
            raise _away(error) from error

    async def _message(self, asked: Asked) -> dict[str, Any]:
        name = asked.path["name"]
        known = (await self._messages(asked)).messages
        found = next((each for each in known if each["message"] == name), None)
        if found is None:
            raise Refused(404, "no such message")
        return found

    async def _audio(self, asked: Asked) -> Response:
        name = asked.path["name"]
        try:
            sound = await self._desk.center.messages.open(name) if is_name(name) else None
        except MessagesUnavailable as error:
            raise _away(error) from error
        if sound is None:
            raise Refused(404, "no such message")
        return Response(sound, media_type="audio/wav", headers={"Cache-Control": "no-store"})

    async def _delete(self, asked: Asked) -> None:
        name = asked.path["name"]
        try:
            gone = is_name(name) and await self._desk.center.messages.delete(name)
        except MessagesUnavailable as error:
            raise _away(error) from error
        if not gone:
            raise Refused(404, "no such message")

    async def _details(self, asked: Asked) -> Response:
        wish = asked.wanted(DetailsWish)
        whole = self._site.settings.details.callers == "full"
        window = Window(wish.since, wish.before, wish.call, wish.of, wish.limit, whole)
        return Response(lines(await records(self._desk.store, window)), media_type="application/jsonl")


def known_queues(site: Site, floor: Floor) -> list[str]:
    """Every queue that the site names, that an agent serves, or in which somebody waits, by name."""
    served = {each.queue for agent in floor.agents.values() for each in agent.profile.queues}
    return sorted({*site.settings.queues, *served, *(caller.queue for caller in floor.callers.values())})


def in_line(floor: Floor, queue: str) -> list[Caller]:
    """Who waits in a queue, the next one first: callers, also while agents are rung for them, and promises for which
    nobody has accepted yet."""
    busy = {each.entry for each in floor.promises.values() if each.agent or each.kept}
    found = [each for each in floor.callers.values() if each.queue == queue and not each.connected]
    return sorted((each for each in found if each.entry not in busy), key=lambda each: (each.rank, each.at, each.entry))


def _midnight(now: float) -> float:
    """The beginning of the day by the server's own clock."""
    return datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _finite(seconds: float) -> float | None:
    return round(seconds, 1) if math.isfinite(seconds) else None


def _away(error: MessagesUnavailable) -> Refused:
    return Refused(503, f"the messages cannot be reached: {error}", headers={"Retry-After": "5"})
