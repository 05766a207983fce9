"""A day through `Floors` and the SQLite store, in virtual time, with a host that answers at once."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.virtual_center import START, Coming, Staff
from interpreter.floor import Floors, Outcome
from interpreter.ports import Request
from interpreter.protocol import Event as CallEvent
from interpreter.protocol import Reported
from interpreter.routing import QueueRules
from interpreter.routing.protocol import Answered, CallOver, Entered, Event, HostOrder, Ring
from interpreter.routing.state import Leg
from interpreter.store.sqlite import SqliteStore


@dataclass
class StoredDay:
    """The clock, the host and the calls of such a day. ``waits``: seconds by call."""

    coming: dict[str, Coming]
    waits: dict[str, float] = field(default_factory=dict)
    entries: int = 0
    at: float = START
    _heap: list[tuple[float, int, Event]] = field(default_factory=list)
    _pushed: int = 0

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.at

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        """Who is rung picks up at once. Nothing else is asked for on such a day: raises `AssertionError`."""
        assert isinstance(order, Ring), order
        return Outcome((Answered(0.0, order.leg),))

    async def deliver(self, call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None:
        """A call that is connected ends when they have talked."""
        for _, _, event in events:
            if isinstance(event, Reported) and event.outcome == "connected":
                coming = self.coming[call]
                self.waits[call] = self.at - coming.at
                self.push(self.at + coming.talk, CallOver(self.at + coming.talk, call))

    def push(self, at: float, event: Event) -> None:
        """Something will happen."""
        self._pushed += 1
        heapq.heappush(self._heap, (at, self._pushed, event))

    async def run(self, floors: Floors) -> None:
        """Until nothing is left to happen."""
        while self._heap or floors.next_due() is not None:
            due, first = floors.next_due(), self._heap[0][0] if self._heap else float("inf")
            if due is not None and due <= first:
                self.at = max(self.at, due)
                await floors.fire_due()
            else:
                self.at, _, event = heapq.heappop(self._heap)
                await floors.post(event)
            await floors.idle()
        self.entries = floors.entries


async def run_stored(rules: dict[str, QueueRules], staff: Sequence[Staff], coming: Sequence[Coming]) -> StoredDay:
    """Run it, in a file that is thrown away afterwards."""
    day = StoredDay({each.call: each for each in coming})
    for each in coming:
        day.push(each.at, Entered(each.at, f"{each.call}/1", each.queue, each.needs))
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore.open(Path(folder) / "day.sqlite")
        floors = Floors(store.floor, day, day, rules, day.deliver)
        await floors.start()
        await floors.post(*(each.event(START) for each in staff))
        await day.run(floors)
        await floors.stop()
        await store.close()
    return day
