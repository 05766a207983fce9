"""Performs the first waiting action of each call: one in flight a call, many calls side by side."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Set
from typing import Any

from interpreter.engine.live import LiveCall, Waiting
from interpreter.engine.ports import Observer
from interpreter.ports import Host, Line, Performance, Refused, Request

log = logging.getLogger(__name__)


class Dispatcher:
    """``returned(call_id, seq, result)`` takes what the host answered; ``changed`` is called when a request ended."""

    def __init__(
        self,
        host: Host,
        parallel: int,
        observer: Observer,
        returned: Callable[[str, int, Performance], None],
        changed: Callable[[], None],
    ) -> None:
        self._host = host
        self._parallel = parallel
        self._observer = observer
        self._returned = returned
        self._changed = changed
        self._sending: dict[str, int] = {}
        """The action that is in flight, or stands in line for it, for each call that has one."""
        self._line: deque[tuple[Line, Waiting]] = deque()
        self._requests: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        return len(self._requests)

    def is_busy(self) -> bool:
        return bool(self._requests or self._line)

    def is_sending(self, call_id: str) -> bool:
        return call_id in self._sending

    def advance(self, live: LiveCall[Any, Any], answered: Set[int], now: float) -> float | None:
        """Send the call's first waiting action if it is due and none is in flight. Returns when it will be due; None
        when there is nothing to wait for. ``answered``: the actions whose answers are durable now."""
        call_id = live.row.id
        in_flight = self._sending.get(call_id)
        if in_flight is not None:
            if in_flight not in answered and any(waiting.row.seq == in_flight for waiting in live.waiting):
                return None
            # Answered, or settled before the answer came: an event proved it, or the call is over.
            del self._sending[call_id]
        if not live.waiting:
            return None
        first = live.waiting[0]
        if first.row.next_at > now:
            return first.row.next_at
        self._sending[call_id] = first.row.seq
        row = live.row
        line = Line(call_id, row.shard, row.connection_id, row.incoming_context, row.caller, row.called)
        self._line.append((line, first))
        self._send()
        return None

    async def abandon(self) -> None:
        """Drop what stands in line and cancel what is in flight. All of it still waits in the store."""
        self._line.clear()
        self._parallel = 0
        for task in tuple(self._requests):
            task.cancel()
        await asyncio.gather(*self._requests, return_exceptions=True)

    def _send(self) -> None:
        while self._line and len(self._requests) < self._parallel:
            line, waiting = self._line.popleft()
            if self._sending.get(line.call_id) != waiting.row.seq:
                continue  # settled while it stood in line
            task: asyncio.Task[None] = asyncio.get_running_loop().create_task(self._perform(line, waiting))
            self._requests.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._requests.discard(task)
        self._send()
        self._changed()

    async def _perform(self, line: Line, waiting: Waiting) -> None:
        row = waiting.row
        request = Request(row.rid, row.first_sent, row.attempts + 1)
        try:
            self._returned(line.call_id, row.seq, await self._host.perform(line, waiting.action, request))
        except Exception as error:
            # A fault of the adapter: the script hears that the action failed, and goes on.
            log.exception("call %s: %s could not be performed", line.call_id, row.op)
            refused = Refused(0, "internal", f"{type(error).__name__}: {error}")
            self._returned(line.call_id, row.seq, refused)
            self._observer.trouble(line.call_id, f"{row.op} could not be performed", error)
