"""The loop of the floor: post, fold, perform. Its theory of operation heads the package."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from interpreter.engine.agenda import Agenda
from interpreter.engine.retry import delay
from interpreter.floor.hands import Hands, Outcome, Tellers, in_doubt, tell_nobody
from interpreter.floor.ledger import ENTRIES, Done, Entry, Ledger, Pending, open_ledger
from interpreter.floor.observing import Observer, Unobserved
from interpreter.floor.records import Records
from interpreter.journal import JournalError
from interpreter.ports import Clock, Request
from interpreter.protocol import Event as CallEvent
from interpreter.protocol import Reported
from interpreter.routing import Floor, QueueRules
from interpreter.routing.protocol import (
    CallOver,
    Detail,
    Due,
    Event,
    Give,
    Look,
    People,
    SetTimer,
    Tell,
)
from interpreter.routing.state import call_of
from interpreter.store import StoreUnavailable
from interpreter.store.floor_log import FloorLog, LogRow

log = logging.getLogger(__name__)

LEASE = 30.0
"""Seconds after which somebody else's order or timer is taken over."""
SETBACK = 1.0
"""Seconds after which what no one waits for is appended again when the store did not answer."""
PATIENCE = 30.0
"""Seconds for which an order is tried that the host does not take."""
LOOK_EVERY, FIRST_LOOK = 300.0, 15.0
"""Seconds from one look whether those who talk are still there to the next, and from the start to the first: what the
host has reported while nobody was there may be lost."""
LONGEST_SLEEP = 5.0
IMAGE_EVERY = 2_000
"""Entries between two images."""
KEEP = 7 * 86_400.0
"""Seconds for which entries are kept that an image covers: to look into what has happened."""

_LOOK = ("look", "")

Deliver = Callable[[str, Sequence[tuple[str, str, CallEvent]]], Awaitable[None]]
"""Hands events to a call: its id, and each event with an id of its own, which makes a repetition harmless."""


class Floors:
    """The floor of one site in one process. All methods belong to one event loop. ``name`` is this process among those
    that share the log; with ``alone`` there are no others."""

    def __init__(
        self,
        store: FloorLog,
        hands: Hands,
        clock: Clock,
        rules: dict[str, QueueRules],
        deliver: Deliver,
        *,
        tell: Tellers = tell_nobody,
        name: str = "",
        alone: bool = True,
        observer: Observer | None = None,
    ) -> None:
        self._log, self._hands, self._clock, self._rules = store, hands, clock, rules
        self._deliver, self._give, self._name, self._alone = deliver, tell, name, alone
        self._observer = observer or Unobserved()
        self._records = Records(store, self._observer)
        self._ledger = Ledger(Floor(rules))
        self._agenda: Agenda[tuple[str, str], Due | str] = Agenda()
        """Timers by their names, and lanes that wait."""
        self._inbox: deque[tuple[tuple[Entry, ...], asyncio.Future[None] | None]] = deque()
        self._turning: asyncio.Task[None] | None = None
        self._flying: dict[str, asyncio.Task[None]] = {}
        self._attempts: dict[str, tuple[int, float]] = {}
        """How often an order was tried that is not done, and since when."""
        self._imaged = 0
        self._counts = False
        self._stopping = False
        self._wake = asyncio.Event()
        self._quiet = asyncio.Event()
        self.watchers: list[Callable[[Event], None]] = []
        """Told of every event once it is folded: for desktops that show agents and queues."""

    @property
    def floor(self) -> Floor:
        """What is the case. To be read only."""
        return self._ledger.floor

    @property
    def entries(self) -> int:
        """How many entries the log has, as far as it is known here."""
        return self._ledger.n

    @property
    def orders(self) -> int:
        """How many orders are not done."""
        return len(self._ledger.pending)

    def unwritten(self) -> list[float]:
        """When the legs were over whose records are not written (epoch seconds)."""
        return [each.at for each in self._ledger.pending.values() if isinstance(each.order, Detail)]

    def undone(self) -> list[float]:
        """Since when the other orders wait that are not done (epoch seconds)."""
        return [each.at for each in self._ledger.pending.values() if not isinstance(each.order, Detail)]

    async def start(self) -> None:
        """Take up what is in the log. Raises `StoreUnavailable` and `JournalError`."""
        self._ledger = open_ledger(await self._log.image(), self._rules)
        self._imaged = self._ledger.n
        for timer, (number, due) in self._ledger.floor.timers.items():
            self._set(SetTimer(timer, number, due))
        await self._catch_up()
        self._counts = True
        self._look_in(FIRST_LOOK)
        for lane in tuple(self._ledger.lanes):
            self._advance(lane)

    async def post(self, *events: Event) -> None:
        """Something has happened. Returns when that is durable and folded. Raises `StoreUnavailable`: nothing was
        kept."""
        reply: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(events, reply)
        await reply

    async def report(self, events: Sequence[Event]) -> None:
        """As `post`, of what the host reports: what is about calls of which nothing is known here is left out."""
        floor = self.floor
        if self._alone:
            events = [
                each
                for each in events
                if not isinstance(each, People | CallOver) or each.call in floor.of_call or each.call in floor.legs
            ]
        if events:
            await self.post(*events)

    # ----------------------------------------------------------------------------------------------------------------
    # Time

    def next_due(self) -> float | None:
        """When the next timer or repetition is due (epoch seconds); ``None`` when there is none."""
        return self._agenda.next_due()

    async def fire_due(self) -> int:
        """Fire what is due, and wait until that is folded. Returns how much was due."""
        fired = self._fire()
        while self._turning is not None:
            await asyncio.shield(self._turning)
        return fired

    async def idle(self) -> None:
        """Wait until nothing is queued, being appended or in flight. What waits for a later time does not count."""
        while self._turning is not None or self._flying:
            self._quiet.clear()
            await self._quiet.wait()

    async def run(self) -> None:
        """Fire what is due until `stop`. With others on the log, follow it."""
        while not self._stopping:
            self._wake.clear()
            if not self._alone:
                await self._follow()
            self._fire()
            now, due = self._clock.now(), self.next_due()
            longest = LONGEST_SLEEP if self._alone else 0.25
            with suppress(TimeoutError):
                async with asyncio.timeout(longest if due is None else min(longest, max(0.0, due - now))):
                    await self._wake.wait()

    async def stop(self) -> None:
        """Take nothing more up. What is in flight is finished; what is pending is taken up by the next start."""
        self._stopping = True
        self._wake.set()
        await self.idle()

    async def _follow(self) -> None:
        try:
            await self._catch_up()
        except StoreUnavailable as error:
            log.error("the floor's log cannot be read: %s", error)

    def _fire(self) -> int:
        now = self._clock.now()
        due = self._agenda.take_due(now)
        for key, what in due:
            if key == _LOOK:
                self._put((Look(now),), None)
            elif isinstance(what, str):
                self._advance(what)
            elif self.floor.timers.get(what.timer, (0, 0.0))[0] == what.generation:
                self._put((Due(now, what.timer, what.generation),), None)
        return len(due)

    def _look_in(self, seconds: float) -> None:
        """Where somebody talks, there is to be a look."""
        if _LOOK not in self._agenda and any(leg.state == "in" for leg in self.floor.legs.values()):
            self._agenda.set(_LOOK, self._clock.now() + seconds, "")
            self._wake.set()

    def _set(self, timer: SetTimer) -> None:
        mine = self._alone or self._ledger.owners.get(timer.timer, self._name) == self._name
        due = Due(0.0, timer.timer, timer.generation)
        self._agenda.set(("timer", timer.timer), timer.due + (0.0 if mine else LEASE), due)
        self._wake.set()

    # ----------------------------------------------------------------------------------------------------------------
    # Turns

    def _put(self, entries: tuple[Entry, ...], reply: asyncio.Future[None] | None) -> None:
        self._inbox.append((entries, reply))
        if self._turning is None:
            self._turning = asyncio.get_running_loop().create_task(self._turn())
            self._turning.add_done_callback(self._turned)

    def _turned(self, task: asyncio.Task[None]) -> None:
        self._turning = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("the floor has stopped", exc_info=error)
        elif self._inbox:
            entries, reply = self._inbox.popleft()
            self._put(entries, reply)
            return
        self._look_quiet()

    def _look_quiet(self) -> None:
        if self._turning is None and not self._flying:
            self._quiet.set()

    async def _turn(self) -> None:
        while self._inbox:
            taken = list(self._inbox)
            self._inbox.clear()
            entries = [entry for group, _ in taken for entry in group]
            try:
                await self._log.append(self._clock.now(), self._name, [ENTRIES.encode(entry) for entry in entries])
                await self._catch_up()
            except StoreUnavailable as error:
                self._failed(taken, error)
                return
            for _, reply in taken:
                if reply is not None and not reply.done():
                    reply.set_result(None)
            self._look_in(LOOK_EVERY)
            await self._image()

    def _failed(self, taken: list[tuple[tuple[Entry, ...], asyncio.Future[None] | None]], error: Exception) -> None:
        """Who waits is told; the rest is appended again in a second. Every entry may stand in the log twice."""
        again = [entry for group, reply in taken if reply is None for entry in group]
        for _, reply in taken:
            if reply is not None and not reply.done():
                reply.set_exception(error)
        log.error("the floor's log does not take anything: %s", error)
        if again:
            loop = asyncio.get_running_loop()
            loop.call_later(SETBACK, lambda: self._put(tuple(again), None))

    async def _catch_up(self) -> None:
        """Fold what stands in the log and is not folded."""
        lanes: dict[str, None] = {}
        while rows := await self._log.read(self._ledger.n):
            for row in rows:
                orders, timers = self._fold(row)
                lanes.update((order.lane, None) for order in orders)
                for timer in timers:
                    self._set(timer)
                self._show(row)
        for lane in tuple(self._ledger.lanes) if not self._alone else lanes:
            self._advance(lane)

    def _fold(self, row: LogRow) -> tuple[tuple[Pending, ...], tuple[SetTimer, ...]]:
        try:
            made = self._ledger.apply(row)
        except JournalError:
            raise
        except Exception:
            # A fault of ours. Everybody who reads the log leaves this entry out: the floor goes on for all the others.
            log.critical(
                "entry %d of the floor's log cannot be folded and is left out: %s", row.n, row.text, exc_info=True
            )
            self._observer.entry_left_out()
            return (), ()
        if self._counts and row.by == self._name:
            # Each entry is counted by the process that has appended it, in its life: the sum of all is right.
            for fact in self._ledger.facts:
                self._observer.happened(fact)
        return made

    def _show(self, row: LogRow) -> None:
        entry = ENTRIES.decode(row.text) if self.watchers else None
        if entry is not None and not isinstance(entry, Done):
            for watcher in self.watchers:
                watcher(entry)

    async def _image(self) -> None:
        if self._ledger.n - self._imaged < IMAGE_EVERY:
            return
        image = self._ledger.image()
        self._imaged = image.n
        try:
            await self._log.keep_image(image, self._clock.now() - KEEP)
        except StoreUnavailable as error:
            log.error("an image of the floor could not be kept: %s", error)

    # ----------------------------------------------------------------------------------------------------------------
    # Orders

    def _advance(self, lane: str) -> None:
        """Perform the next order of a lane, if it is due and its turn."""
        head = self._ledger.head(lane)
        if head is None or lane in self._flying or self._stopping:
            return
        now = self._clock.now()
        if not self._alone and head.by != self._name and now < head.at + LEASE:
            self._agenda.set(("lane", lane), head.at + LEASE, lane)
            return
        task = asyncio.get_running_loop().create_task(self._perform(head))
        self._flying[lane] = task
        task.add_done_callback(lambda done: self._landed(lane, head, done))

    def _landed(self, lane: str, head: Pending, task: asyncio.Task[None]) -> None:
        del self._flying[lane]
        if not task.cancelled() and (error := task.exception()) is not None:
            # A fault of ours: it must not stand in the way of what comes behind it.
            log.error("%s (%s) could not be performed", type(head.order).__name__, head.lane, exc_info=error)
            self._put((Done(self._clock.now(), head.name),), None)
        if ("lane", lane) not in self._agenda:
            self._advance(lane)
        self._look_quiet()

    async def _perform(self, head: Pending) -> None:
        count, since = self._attempts.get(head.name, (0, self._clock.now()))
        attempt, order = count + 1, head.order
        self._attempts[head.name] = attempt, since
        if isinstance(order, Tell):
            outcome = await self._tell(head, order)
        elif isinstance(order, Detail):
            outcome = await self._records.keep(order, head.at, attempt)
        elif isinstance(order, Give):
            outcome = await self._give(order, Request(head.request_id, head.at, attempt))
        else:
            leg = self.floor.legs.get(getattr(order, "leg", ""))
            try:
                outcome = await self._hands.perform(order, leg, Request(head.request_id, head.at, attempt))
            except StoreUnavailable as error:
                outcome = Outcome(after=SETBACK, reason=str(error))
        tired = outcome.after is not None and self._clock.now() - since >= PATIENCE
        if tired and not isinstance(order, Tell | Detail):
            log.error("%s (%s) is given up: %s", type(order).__name__, head.lane, outcome.reason)
            self._observer.order_given_up(type(order).__name__)
            outcome = Outcome(in_doubt(order))
        elif isinstance(order, Give) and outcome.after is None and outcome.reason:
            self._observer.order_given_up("Give")  # by whoever tells people, and logged there
        if outcome.after is not None:
            pause = delay(head.request_id, attempt, outcome.after)
            self._agenda.set(("lane", head.lane), self._clock.now() + pause, head.lane)
            self._wake.set()
            return
        del self._attempts[head.name]
        now = self._clock.now()
        await self._settle((*(replace(each, at=now) for each in outcome.events), Done(now, head.name)), head.lane)

    async def _settle(self, entries: tuple[Entry, ...], lane: str) -> None:
        reply: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(entries, reply)
        try:
            await reply
        except StoreUnavailable:
            # Not known to be done: it is performed again, under the same id.
            self._agenda.set(("lane", lane), self._clock.now() + SETBACK, lane)
            self._wake.set()

    async def _tell(self, head: Pending, order: Tell) -> Outcome:
        call, _, op = order.entry.partition("/")
        event = Reported(self._clock.now(), op, order.outcome, order.values)
        try:
            await self._deliver(call_of(order.entry) or call, [(f"floor-{head.name}", "", event)])
        except StoreUnavailable as error:
            return Outcome(after=SETBACK, reason=str(error))
        return Outcome()
