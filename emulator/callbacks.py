"""Callback delivery: the events of one call in order, those of different calls side by side. [contract 3.1, 6.1]"""

from __future__ import annotations

import asyncio
import copy
import logging
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import aiohttp

from emulator.activity import Activity
from emulator.clock import Clock, Handle
from emulator.config import Config
from emulator.identifiers import Json
from emulator.misbehave import Mischief
from emulator.model import Call
from emulator.tokens import TokenKind, Tokens

log = logging.getLogger("emulator.callbacks")

CONTENT_TYPE = "application/json; charset=utf-8"
TIMEOUT = aiohttp.ClientTimeout(total=30)
FIRST_BACKOFF, LONGEST_BACKOFF, GIVE_UP_AFTER = 0.05, 1.0, 120.0
# How long an event waits to be overtaken before it goes after all.
OVERTAKE_SECONDS = 1.0
REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver one event. `status` is 0 when nobody answered, -1 when it was dropped on purpose."""

    name: str
    event_id: str
    connection_id: str
    uri: str
    status: int
    token: TokenKind = "good"


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    uri: str
    event: Json
    token: TokenKind = "good"


@dataclass(slots=True)
class _Lane:
    """The queue of one call. Nothing leaves it while a request about the call is still being answered."""

    queue: deque[_Item] = field(default_factory=deque)
    holds: int = 0
    task: asyncio.Task[None] | None = None
    overtaken: list[tuple[_Item, Handle]] = field(default_factory=list)


@dataclass(slots=True)
class Callbacks:
    """All lanes of one emulator, and a memory of what was delivered."""

    config: Config
    clock: Clock
    tokens: Tokens
    activity: Activity
    mischief: Callable[[], Mischief]
    session: Callable[[], aiohttp.ClientSession]
    lanes: dict[str, _Lane] = field(default_factory=dict)
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def send(self, call: Call, name: str, uri: str, event: Json) -> None:
        """Queue an event, with whatever misfortune befalls it."""
        lane = self.lanes.setdefault(call.id, _Lane())
        mischief = self.mischief()
        faults = mischief.callback(name)
        item = _Item(name, uri, event)
        if "drop" in faults:
            log.warning("dropped %s of %s on purpose", name, call.id)
            self.deliveries.append(Delivery(name, event["id"], call.id, uri, -1))
        elif "delay" in faults:
            self.clock.call_later(mischief.plan.delay_seconds, lambda: self._queue(call.id, item))
        elif "reorder" in faults:
            handle = self.clock.call_later(OVERTAKE_SECONDS, lambda: self._let_go(call.id))
            lane.overtaken.append((item, handle))
        else:
            self._queue_with(call, item, faults)

    def _queue_with(self, call: Call, item: _Item, faults: frozenset[str]) -> None:
        if "unknown_event" in faults:
            self._queue(call.id, _unheard_of(item))
        forged: TokenKind
        for forged in ("bad_token", "expired_token", "foreign_token"):
            if forged in faults:
                self._queue(call.id, _Item(item.name, item.uri, item.event, forged))
        self._queue(call.id, item)
        if "duplicate" in faults:
            self._queue(call.id, item)
        if "late_event" in faults and call.last_event is not None:
            name, event = call.last_event
            self._queue(call.id, _Item(name, call.callback_uri, {**event, "id": str(uuid.uuid4())}))
        self._let_go(call.id)

    def _let_go(self, connection_id: str) -> None:
        lane = self.lanes.get(connection_id)
        if lane is not None:
            waiting, lane.overtaken = lane.overtaken, []
            for item, handle in waiting:
                handle.cancel()
                self._queue(connection_id, item)

    def _queue(self, connection_id: str, item: _Item) -> None:
        self.activity.begin()
        lane = self.lanes.setdefault(connection_id, _Lane())
        lane.queue.append(item)
        self._wake(connection_id, lane)

    def hold(self, connection_id: str) -> None:
        """Let no event of this call go until `release`: the answer to a request comes before its events."""
        self.lanes.setdefault(connection_id, _Lane()).holds += 1

    def release(self, connection_id: str) -> None:
        lane = self.lanes[connection_id]
        lane.holds -= 1
        self._wake(connection_id, lane)

    def _wake(self, connection_id: str, lane: _Lane) -> None:
        if lane.queue and lane.holds == 0 and lane.task is None:
            lane.task = asyncio.get_running_loop().create_task(self._run(connection_id, lane))
        elif not lane.queue and lane.holds == 0 and lane.task is None and not lane.overtaken:
            self.lanes.pop(connection_id, None)

    async def _run(self, connection_id: str, lane: _Lane) -> None:
        try:
            while lane.queue and lane.holds == 0:
                item = lane.queue.popleft()
                try:
                    await self._deliver(connection_id, item)
                finally:
                    self.activity.end()
        finally:
            lane.task = None
        self._wake(connection_id, lane)

    async def _deliver(self, connection_id: str, item: _Item) -> None:
        give_up = time.monotonic() + GIVE_UP_AFTER
        pause = FIRST_BACKOFF
        while True:
            status = await self._post(item)
            self.deliveries.append(Delivery(item.name, item.event["id"], connection_id, item.uri, status, item.token))
            if 200 <= status < 300:
                return
            log.log(
                logging.INFO if item.token != "good" else logging.WARNING,
                "%s (%s) of %s was answered %s by %s", item.name, item.token, connection_id, status, item.uri,
            )  # fmt: skip
            if not self.config.retry_callbacks or item.token != "good" or time.monotonic() > give_up:
                return
            # The host is down or coming up again: real time, not the clock's.
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_BACKOFF)

    async def _post(self, item: _Item) -> int:
        headers = {"Authorization": f"Bearer {self.tokens.mint(item.token)}", "Content-Type": CONTENT_TYPE}
        try:
            async with self.session().post(
                item.uri, json=[item.event], headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.debug("nobody answered at %s: %s", item.uri, error)
            return 0

    async def close(self) -> None:
        """Give up what is still queued."""
        tasks = [lane.task for lane in self.lanes.values() if lane.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.lanes.clear()


def _unheard_of(item: _Item) -> _Item:
    """An event of a type that no client knows yet."""
    event = copy.deepcopy(item.event)
    event["id"] = str(uuid.uuid4())
    event["type"] = event["data"]["publicEventType"] = "Microsoft.Communication.SomethingNew"
    return _Item("SomethingNew", item.uri, event)
