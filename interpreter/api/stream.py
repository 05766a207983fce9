"""The stream of what happens to an agent, as server-sent events.

Theory of operation: nothing is concluded from the events of the floor. Whenever the floor has moved, the view of each
agent who is listened to is made anew and compared with the last one; the differences are the events. What began and
ended within one turn of the floor is therefore not told.

The events of an agent are numbered, and the last `KEPT` are kept, also for `REMEMBERED` seconds after the last
listener has left: who comes again with ``Last-Event-ID`` is told what was missed, and everybody else the whole state
first. Numbers hold as long as they are kept, so a name for that time is part of the id. A listener who does not read is
cut off when `WAITING` events wait for it: what is kept for it never grows without end.

Comments keep the connection open where proxies end silent ones; like the end of a token's life they are a matter of the
clock that is given, so `fire_due` says when.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.responses import StreamingResponse

from interpreter.api.errors import Refused
from interpreter.api.views import AgentView, CallView, OfferView, Views, moment
from interpreter.floor import Floors
from interpreter.ports import Clock
from interpreter.routing.protocol import Event
from interpreter.routing.state import Floor

MEDIA = "text/event-stream"
KEPT = 256
WAITING = 128
MOST = 8
"""Streams of one agent at a time."""
COMMENT_EVERY = 15.0
REMEMBERED = 300.0
LONGEST_SLEEP = 5.0
STOPPING = "the server is about to stop"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it goes over the wire."""

    number: int
    text: str


@dataclass(slots=True)
class Listener:
    """One open stream. ``until``: when its token expires."""

    until: float | None
    commented: float
    waiting: deque[str] = field(default_factory=deque)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False

    def put(self, text: str) -> None:
        """Say something, unless it is over."""
        if not self.over:
            self.waiting.append(text)
            self.wake.set()

    def end(self, why: str) -> None:
        """Say why there will be nothing more. What waits is left out: whoever comes again is told it."""
        if not self.over:
            self.waiting.clear()
            self.put(_event("closed", {"why": why}))
            self.over = True


@dataclass(slots=True)
class Channel:
    """What is known of one agent. ``left``: since when nobody listens."""

    view: AgentView
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    kept: deque[Told] = field(default_factory=lambda: deque(maxlen=KEPT))
    number: int = 0
    listeners: list[Listener] = field(default_factory=list)
    left: float = 0.0

    @property
    def id(self) -> str:
        """The id of the latest event."""
        return f"{self.name}-{self.number}"


class Streams:
    """The streams of the agents of one floor. ``token_clock`` is the time in which tokens live."""

    def __init__(self, floors: Floors, clock: Clock, token_clock: Clock, views: Views) -> None:
        self._floors, self._clock, self._token_clock, self._views = floors, clock, token_clock, views
        self._channels: dict[str, Channel] = {}
        self._looking = False
        self._stopping = False
        floors.watchers.append(self._happened)

    def open(self, agent: str, last: str, until: float | None) -> StreamingResponse:
        """A stream for an agent. ``last`` is the id of the last event that is known there, or empty. Raises `Refused`
        429 and 503."""
        if self._stopping:
            raise Refused(503, STOPPING, headers={"Retry-After": "5"})
        channel = self._channels.get(agent)
        if channel is not None and len(channel.listeners) >= MOST:
            raise Refused(429, f"{MOST} streams are open for this agent", headers={"Retry-After": "15"})
        # A proxy that collects what it passes on would make a stream pointless.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._read(agent, last, until), media_type=MEDIA, headers=headers)

    async def _read(self, agent: str, last: str, until: float | None) -> AsyncGenerator[str, None]:
        listener = self._listen(agent, last, until)
        try:
            while True:
                while listener.waiting:
                    yield listener.waiting.popleft()
                if listener.over:
                    return
                listener.wake.clear()
                await listener.wake.wait()
        finally:
            self._forget(agent, listener)

    def _listen(self, agent: str, last: str, until: float | None) -> Listener:
        """A new listener, to whom is said what it does not know. Only here, when somebody reads: a client that went
        away before would otherwise be kept for ever."""
        self._look()
        channel = self._channels.get(agent)
        if channel is None:
            channel = self._channels[agent] = Channel(self._views.agent(self._floors.floor, agent))
        listener = Listener(until, self._clock.now())
        channel.listeners.append(listener)
        missed = self._missed(channel, last)
        if missed is None:
            listener.put(_event("state", channel.view, channel.id))
        else:
            listener.put(": here\n\n")
            for told in missed:
                listener.put(told.text)
        if self._stopping:
            listener.end(STOPPING)
        return listener

    def _forget(self, agent: str, listener: Listener) -> None:
        channel = self._channels.get(agent)
        if channel is not None and listener in channel.listeners:
            channel.listeners.remove(listener)
            channel.left = self._clock.now()

    def _missed(self, channel: Channel, last: str) -> list[Told] | None:
        """What came behind an event; ``None`` when that is not known any more."""
        name, _, number = last.partition("-")
        if name != channel.name or not number.isdecimal() or int(number) > channel.number:
            return None
        missed = [told for told in channel.kept if told.number > int(number)]
        return missed if len(missed) == channel.number - int(number) else None

    # ----------------------------------------------------------------------------------------------------------------
    # The floor

    def _happened(self, event: Event) -> None:
        """The floor has moved; it is looked at when it has come to rest, once for all that has happened."""
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looking = False
        floor, now = self._floors.floor, self._clock.now()
        for agent, channel in list(self._channels.items()):
            if not channel.listeners and now - channel.left > REMEMBERED:
                del self._channels[agent]
                continue
            view = self._views.agent(floor, agent)
            if view == channel.view:
                continue
            before, channel.view = channel.view, view
            for name, data in changes(before, view, floor):
                self._tell(channel, name, {"at": moment(now).isoformat(), **data})

    def _tell(self, channel: Channel, name: str, data: dict[str, Any]) -> None:
        channel.number += 1
        told = Told(channel.number, _event(name, data, channel.id))
        channel.kept.append(told)
        for listener in list(channel.listeners):
            if len(listener.waiting) >= WAITING:
                listener.end("too slow: come again with Last-Event-ID")
                self._forget(channel.view.agent, listener)
            else:
                listener.put(told.text)

    # ----------------------------------------------------------------------------------------------------------------
    # Time

    def next_due(self) -> float | None:
        """When the next comment is due (epoch seconds); ``None`` when nobody listens."""
        return min((each.commented + COMMENT_EVERY for each in self._listeners()), default=None)

    def fire_due(self) -> int:
        """Write the comments that are due, and cut off whose tokens have expired. Returns how many were."""
        now, real, count = self._clock.now(), self._token_clock.now(), 0
        for each in list(self._listeners()):
            if each.until is not None and real >= each.until:
                each.end("the token has expired")
                count += 1
            elif now - each.commented >= COMMENT_EVERY:
                each.commented = now
                # Where much waits already, the connection is not silent.
                if not each.waiting:
                    each.put(": still here\n\n")
                count += 1
        return count

    async def run(self, stop: asyncio.Event) -> None:
        """Fire what is due until ``stop``."""
        while not stop.is_set():
            self.fire_due()
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_SLEEP):
                    await stop.wait()

    def close(self) -> None:
        """End every stream, and open no more: the server is about to stop."""
        self._stopping = True
        for each in list(self._listeners()):
            each.end(STOPPING)

    def _listeners(self) -> Iterator[Listener]:
        return (each for channel in self._channels.values() for each in channel.listeners)


def changes(before: AgentView, after: AgentView, floor: Floor) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an agent is told of the way from one view to the other: offers and calls that are over first, then those
    that are new, then the agent itself."""
    calls, offers = {each.leg: each for each in after.calls}, {each.leg: each for each in after.offers}
    for call in before.calls:
        if call.leg not in calls:
            yield "ended", {"call": call.call, "leg": call.leg}
    for offer in before.offers:
        if offer.leg not in offers and offer.leg not in calls:
            past = floor.past.get(offer.leg)
            yield "revoked", {"call": offer.call, "leg": offer.leg, "why": past.why if past is not None else "failed"}
    told = {each.leg: each for each in before.offers}
    for leg, offer in offers.items():
        yield from _of_offer(told.get(leg), offer)
    talks = {each.leg: each for each in before.calls}
    for leg, call in calls.items():
        yield from _of_call(talks.get(leg), call)
    if _own(before) != _own(after):
        yield "changed", _own(after)


def _of_offer(before: OfferView | None, now: OfferView) -> Iterator[tuple[str, dict[str, Any]]]:
    if before is None:
        yield "offered", now.model_dump(mode="json")
    elif before.state != now.state:
        yield "offer", {"call": now.call, "leg": now.leg, "state": now.state}
    if before is not None and before.brief != now.brief:
        yield "brief", {"call": now.call, "brief": now.model_dump(mode="json")["brief"]}


def _of_call(before: CallView | None, now: CallView) -> Iterator[tuple[str, dict[str, Any]]]:
    if before is None:
        yield "answered", now.model_dump(mode="json")
        return
    plain = now.model_dump(mode="json")
    if before.held != now.held:
        yield "held", {"call": now.call, "held": now.held}
    if before.people != now.people:
        yield "people", {"call": now.call, "people": plain["people"]}
    if before.brief != now.brief:
        yield "brief", {"call": now.call, "brief": plain["brief"]}


def _own(view: AgentView) -> dict[str, Any]:
    """What is told of the agent itself. Not when it has to give the next sign of life: it knows that it has."""
    kept = {"signed_in", "state", "since", "wanted", "reason", "not_offered", "wrap_up_until"}
    return view.model_dump(mode="json", include=kept)


def _event(name: str, data: BaseModel | dict[str, Any], number: str = "") -> str:
    """An event in the stream's format. JSON holds no line breaks, so the data are one line."""
    text = data.model_dump_json() if isinstance(data, BaseModel) else json.dumps(data, ensure_ascii=False)
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {name}\ndata: {text}\n\n"
