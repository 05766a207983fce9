"""The engine's loop: turns, dues, start and stop. Its theory of operation heads the package."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from typing import Generic, TypeVar

from interpreter.engine.agenda import Agenda
from interpreter.engine.dispatch import Dispatcher
from interpreter.engine.draft import Draft
from interpreter.engine.items import Applied, Applier, Begin, Delivery, End, Fired, Item, Offer, Resume, Returned
from interpreter.engine.live import Incoming, storable
from interpreter.engine.ports import (
    C,
    EngineStopped,
    Gauges,
    Limits,
    Machine,
    Observer,
    OfferResult,
    P,
    Programs,
    Script,
    UnknownSwitch,
    Unobserved,
)
from interpreter.engine.shelf import Shelf
from interpreter.ports import Clock, Host, Performance
from interpreter.protocol import CallOffered, CallStarted
from interpreter.store import CallRow, Store, StoreUnavailable, TimerRow

log = logging.getLogger(__name__)
T = TypeVar("T")

SETBACK = 1.0
"""Seconds after which what no one waits for is applied again when the store did not answer."""

RERUNS = 8
"""How often the items of a call in conflict are applied in one turn."""

LONGEST_SLEEP = 5.0
"""Seconds after which `Engine.run` looks at the clock again: someone may have set it."""

PURGE_EVERY = 3600.0
PURGE_BATCH = 500
DAY = 86_400.0


class Engine(Generic[P, C]):
    """Runs calls. One instance a store; all methods belong to one event loop. ``switches`` are the bound switches with
    their initial states. Store and host belong to the caller, who closes them after `stop`."""

    def __init__(
        self,
        store: Store,
        host: Host,
        clock: Clock,
        programs: Programs[P],
        machine: Machine[P, C],
        *,
        observer: Observer | None = None,
        switches: Mapping[str, bool] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._observer: Observer = observer or Unobserved()
        self._switches = dict(switches or {})
        self._limits = limits or Limits()
        self._shelf = Shelf(store, programs, machine, self._limits.at_hand)
        self._applier = Applier(machine, self._observer, self._shelf.current, clock.now())
        self._dispatcher = Dispatcher(host, self._limits.parallel, self._observer, self._returned, self._look_quiet)
        self._agenda: Agenda[tuple[str, str, str], Item] = Agenda()
        self._inbox: deque[Item] = deque()
        self._turning: asyncio.Task[None] | None = None
        self._live = 0
        self._waiting = 0
        self._waits_since: dict[str, float] = {}
        """When the oldest waiting action of a call was decided, for each call that has one."""
        self._set_back = 0
        self._started = False
        self._stopping = False
        self._quiet = asyncio.Event()
        self._wake = asyncio.Event()

    # ----------------------------------------------------------------------------------------------------------------
    # What the server calls

    async def start(self) -> None:
        """Take up what an earlier process left: switches, timers, actions, due at the next `fire_due` (or in `run`).
        Raises `StoreUnavailable`."""
        if self._started:
            return
        switches = await self._store.switches()
        unfinished = await self._store.unfinished()
        self._started = True
        self._applier.began = self._clock.now()
        self._switches.update((name, on) for name, on in switches.items() if name in self._switches)
        self._live = unfinished.live
        for call_id, timer in unfinished.timers:
            self._agenda.set(("timer", call_id, timer.name), timer.due, Fired(call_id, timer.name, timer.generation))
        for call_id, count, next_at in unfinished.actions:
            self._waiting += count
            self._waits_since[call_id] = next_at  # until the call is loaded
            self._agenda.set(("retry", call_id, ""), next_at, Resume(call_id))

    async def offer(
        self, call_id: str, offered: CallOffered, incoming_context: str, script: Script[P] | None = None
    ) -> OfferResult:
        """A call rings. Creates it once, with ``script`` or the current one of its line; returns when that is durable.
        A line without a script is left ringing: the call may be meant for another application of the same resource.
        Raises `StoreUnavailable` and `EngineStopped`."""
        if script is not None:
            self._shelf.remember(script)
        return await self._asked(partial(Offer, call_id, offered, incoming_context, script))

    async def begin(self, call_id: str, started: CallStarted, callee: str, script: Script[P]) -> OfferResult:
        """A call of our own begins, once; returns when that is durable. Raises as `offer` does."""
        self._shelf.remember(script)
        return await self._asked(partial(Begin, call_id, started, callee, script))

    async def deliver(self, call_id: str, events: Sequence[Incoming]) -> None:
        """Events of one call, each with its event id and connection id. Returns when they are durable: only then may
        the host be told that they were taken. Raises `StoreUnavailable` and `EngineStopped`: nothing was kept."""
        kept = tuple((event_id, storable(connection_id), event) for event_id, connection_id, event in events)
        await self._asked(partial(Delivery, call_id, kept))

    async def end(self, call_id: str) -> bool:
        """Hang up on everyone in a call; its script hears that the line is gone. Whether there is such a call."""
        return await self._asked(partial(End, call_id))

    def switches(self) -> tuple[tuple[str, bool], ...]:
        """Every bound switch with its state, as a `CallOffered` carries it."""
        return tuple(sorted(self._switches.items()))

    async def set_switch(self, name: str, on: bool) -> None:
        """Takes effect for the next call. Raises `UnknownSwitch` and `StoreUnavailable`."""
        if name not in self._switches:
            raise UnknownSwitch(name)
        await self._store.set_switch(name, on, self._clock.now())
        self._switches[name] = on

    def gauges(self) -> Gauges:
        now = self._clock.now()
        oldest = max(0.0, now - min(self._waits_since.values(), default=now))
        return Gauges(self._live, self._waiting, self._dispatcher.in_flight, oldest)

    # ----------------------------------------------------------------------------------------------------------------
    # Time

    def next_due(self) -> float | None:
        """When the earliest timer or retry is due (epoch seconds); None when there is none."""
        return self._agenda.next_due()

    async def fire_due(self) -> int:
        """Fire what is due by the clock and wait until that is durable. Returns how many were due."""
        fired = self._fire()
        while self._turning is not None:
            await asyncio.shield(self._turning)
        return fired

    async def idle(self) -> None:
        """Wait until nothing is queued, being committed or in flight; what waits for a later time does not count."""
        while self._is_busy():
            self._quiet.clear()
            await self._quiet.wait()

    async def run(self) -> None:
        """Fire what is due on the system's clock until `stop`; forget calls that ended long ago."""
        await self.start()
        purge_at = self._clock.now()
        while not self._stopping:
            self._wake.clear()
            self._fire()
            now = self._clock.now()
            if now >= purge_at:
                purge_at = now + PURGE_EVERY
                await self._purge_quietly()
            due = self.next_due()
            sleep = LONGEST_SLEEP if due is None else min(LONGEST_SLEEP, max(0.0, due - now))
            with suppress(TimeoutError):
                async with asyncio.timeout(sleep):
                    await self._wake.wait()

    async def stop(self, grace: float) -> None:
        """Take nothing new and finish what is in hand, for at most ``grace`` seconds of real time. What is left is
        taken up by the next start."""
        self._stopping = True
        self._wake.set()
        try:
            async with asyncio.timeout(grace):
                await self.idle()
        except TimeoutError:
            log.warning("stopped with %d requests in flight", self._dispatcher.in_flight)
        await self._dispatcher.abandon()
        while self._turning is not None:
            await asyncio.shield(self._turning)

    async def purge(self) -> int:
        """Forget the calls that ended longer ago than they are kept. Returns how many. Stops where the engine does."""
        before = self._clock.now() - self._limits.keep_days * DAY
        total = 0
        while not self._stopping and (count := await self._store.purge(before, PURGE_BATCH)) > 0:
            total += count
        return total

    async def _purge_quietly(self) -> None:
        try:
            await self.purge()
        except Exception as error:  # noqa: BLE001 - told; old calls must never stop the timers of those that go on
            self._tell(partial(self._observer.trouble, "", "old calls could not be forgotten", error))

    def _fire(self) -> int:
        due = self._agenda.take_due(self._clock.now())
        for _, item in due:
            self._post(item)
        return len(due)

    def _schedule(self, key: tuple[str, str, str], due: float, item: Item) -> None:
        self._agenda.set(key, due, item)
        if self._agenda.next_due() == due:
            self._wake.set()

    # ----------------------------------------------------------------------------------------------------------------
    # Turns

    async def _asked(self, item: Callable[[asyncio.Future[T]], Item]) -> T:
        """Post what somebody waits for, and wait."""
        if self._stopping:
            raise EngineStopped
        reply: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._post(item(reply))
        return await reply

    def _is_busy(self) -> bool:
        return bool(self._inbox) or self._turning is not None or self._dispatcher.is_busy()

    def _look_quiet(self) -> None:
        if not self._is_busy():
            self._quiet.set()

    def _returned(self, call_id: str, seq: int, result: Performance) -> None:
        self._post(Returned(call_id, seq, result))

    def _post(self, item: Item) -> None:
        self._inbox.append(item)
        if self._turning is None:
            self._turning = asyncio.get_running_loop().create_task(self._turns())

    async def _turns(self) -> None:
        while self._inbox:
            todo: dict[str, list[Item]] = {}
            for _ in range(min(len(self._inbox), self._limits.batch)):
                item = self._inbox.popleft()
                todo.setdefault(item.call_id, []).append(item)
            await self._attempt(todo)
        self._turning = None
        self._look_quiet()

    async def _attempt(self, todo: dict[str, list[Item]]) -> None:
        """A turn that survives whatever goes wrong in it: the loop serves all calls and must go on."""
        try:
            await self._turn(todo)
        except StoreUnavailable as error:
            self._put_back(todo, error)
        except Exception as error:  # noqa: BLE001 - told in _put_back
            if len(todo) == 1:
                self._put_back(todo, error)
                return
            # Something in one of them cannot be kept: alone, each meets only its own fate.
            for call_id in tuple(todo):
                await self._attempt({call_id: todo[call_id]})

    async def _turn(self, todo: dict[str, list[Item]]) -> None:
        """Apply, commit, adopt. Takes out of ``todo`` what is done."""
        for attempt in range(RERUNS):
            # A new call is created without looking first: the store refuses a second one, and then we look.
            wanted = [call_id for call_id, items in todo.items() if attempt or not isinstance(items[0], Offer | Begin)]
            for live in await self._shelf.fetch(wanted):
                self._set_timers(live.row.id, {}, live.timers)
            applied = self._apply(todo)
            writes = [write for each in applied if each.draft and (write := each.draft.write()) is not None]
            conflicts = await self._store.commit(writes) if writes else frozenset()
            rows = {write.call_id: write.call for write in writes}
            for each in applied:
                if each.call_id in conflicts:
                    self._put_away(each.call_id)
                else:
                    del todo[each.call_id]
                    self._adopt(each, rows.get(each.call_id))
            if not todo:
                self._shelf.trim(self._dispatcher.is_sending)
                return
        raise StoreUnavailable(f"{len(todo)} calls stay in conflict")

    def _apply(self, todo: dict[str, list[Item]]) -> list[Applied[P, C]]:
        now = self._clock.now()
        applied = []
        for call_id, items in tuple(todo.items()):
            try:
                applied.append(self._applier.apply(call_id, self._shelf.get(call_id), items, now))
            except Exception as error:  # noqa: BLE001 - told in _put_back; one call's fault must not stop the others
                self._put_back({call_id: todo.pop(call_id)}, error)
        return applied

    def _put_back(self, todo: Mapping[str, list[Item]], error: Exception) -> None:
        """Nothing of ``todo`` was kept: tell who waits; what no one waits for is applied again later.

        It may have been kept after all, and only the answer was lost: then the call is loaded as it is, and resumed.
        """
        if isinstance(error, StoreUnavailable):
            log.error("the store does not answer: %s", error)
        else:
            log.error("a fault in a turn", exc_info=error)
        self._tell(partial(self._observer.trouble, "", "a turn was not kept", error))
        for call_id, items in todo.items():
            self._put_away(call_id)
            again = self._clock.now() + SETBACK
            self._schedule(("again", call_id, ""), again, Resume(call_id))
            for item in items:
                if isinstance(item, Offer | Begin | Delivery | End):
                    if not item.reply.done():
                        item.reply.set_exception(error)
                elif not isinstance(item, Resume):
                    self._set_back += 1
                    self._schedule(("again", call_id, str(self._set_back)), again, item)

    def _put_away(self, call_id: str) -> None:
        """Forget what we believe of the call: it is loaded again, and its timers with it."""
        live = self._shelf.get(call_id)
        if live is not None:
            self._set_timers(call_id, live.timers, {})
            self._shelf.put_away(call_id)

    # ----------------------------------------------------------------------------------------------------------------
    # After the commit

    def _adopt(self, applied: Applied[P, C], row: CallRow | None) -> None:
        """Make a kept draft the call's truth, then tell and answer, then perform."""
        draft = applied.draft
        if draft is not None:
            self._count(draft)
            live = draft.live
            self._set_timers(live.row.id, live.timers, draft.timers, draft.fired_timers)
            live.row = row or live.row
            live.state = draft.state
            live.timers = draft.timers
            live.waiting = tuple(draft.waiting)
            self._shelf.put(live)
            for note in draft.notes:
                self._tell(note)
        for tell in applied.told:
            self._tell(tell)
        if draft is not None:
            self._dispatch(draft)

    def _count(self, draft: Draft[P, C]) -> None:
        before = draft.live.row
        was_live = before.version > 0 and before.status == "live"
        self._live += (draft.status == "live") - was_live
        self._waiting += len(draft.waiting) - len(draft.live.waiting)
        if draft.waiting:
            self._waits_since[draft.call_id] = draft.waiting[0].row.first_sent
        else:
            self._waits_since.pop(draft.call_id, None)

    def _set_timers(
        self,
        call_id: str,
        old: Mapping[str, TimerRow],
        new: Mapping[str, TimerRow],
        fired: Set[str] = frozenset(),
    ) -> None:
        """Bring the agenda from ``old`` to ``new``. One that fired is a new one, even if it is set as it was."""
        for name in old:
            if name not in new:
                self._agenda.clear(("timer", call_id, name))
        for name, timer in new.items():
            if old.get(name) != timer or name in fired:
                self._schedule(("timer", call_id, name), timer.due, Fired(call_id, name, timer.generation))

    def _dispatch(self, draft: Draft[P, C]) -> None:
        due = self._dispatcher.advance(draft.live, draft.returned, self._clock.now())
        retry = ("retry", draft.call_id, "")
        if due is None:
            self._agenda.clear(retry)
        else:
            self._schedule(retry, due, Resume(draft.call_id))

    def _tell(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception:
            # Watching must not change what is watched.
            log.exception("an observer failed")
