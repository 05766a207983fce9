"""An engine with a toy machine, a toy service, a clock that only tests move, and a recording observer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine_toy import MACHINE, ManualClock, Service, ToyCall, ToyPrograms, offered

from interpreter.engine import ActionResult, DropReason, Engine, Limits, Step
from interpreter.protocol import CallOffered, CallStarted, Event, Finished, HostAction
from interpreter.store import CallRow, JournalRow, Kept, OutboxRow, ScriptRow, Store, StoredCall, Unfinished, Write
from interpreter.store.floor_log import FloorLog
from interpreter.store.sqlite import MEMORY, SqliteStore


@dataclass
class Log:
    """What the observer was told, one line each."""

    lines: list[str] = field(default_factory=list)
    errors: list[BaseException | None] = field(default_factory=list)

    def call_started(self, call_id: str, begun: CallOffered | CallStarted, script: str) -> None:
        self.lines.append(f"{call_id} started {script}")

    def step_taken(self, call_id: str, event: Event, step: Step[object], micros: float) -> None:
        self.lines.append(f"{call_id} step {type(event).__name__}")

    def action_tried(self, call_id: str, action: HostAction, result: ActionResult, attempt: int, why: str) -> None:
        self.lines.append(f"{call_id} {action.op} {result} {attempt}")

    def event_dropped(self, call_id: str, reason: DropReason, event: Event) -> None:
        self.lines.append(f"{call_id} dropped {reason} {type(event).__name__}")

    def call_ended(self, call_id: str, finished: Finished) -> None:
        self.lines.append(f"{call_id} ended {finished.ending}")

    def trouble(self, call_id: str, what: str, error: BaseException | None) -> None:
        self.lines.append(f"{call_id} trouble {what}")
        self.errors.append(error)

    def having(self, word: str) -> list[str]:
        return [line for line in self.lines if word in line]


@dataclass
class Meddler:
    """A store with a hook before and after each commit, and counters."""

    store: SqliteStore
    before: Callable[[Sequence[Write]], Awaitable[None]] | None = None
    after: Callable[[Sequence[Write]], Awaitable[None]] | None = None
    batches: list[int] = field(default_factory=list)
    loads: list[tuple[str, ...]] = field(default_factory=list)

    async def commit(self, writes: Sequence[Write]) -> frozenset[str]:
        if self.before is not None:
            await self.before(writes)
        self.batches.append(len(writes))
        conflicts = await self.store.commit(writes)
        if self.after is not None:
            await self.after(writes)
        return conflicts

    @property
    def floor(self) -> FloorLog:
        return self.store.floor

    async def load(self, call_ids: Sequence[str]) -> dict[str, StoredCall]:
        self.loads.append(tuple(call_ids))
        return await self.store.load(call_ids)

    async def journal(self, call_id: str) -> tuple[JournalRow, ...]:
        return await self.store.journal(call_id)

    async def rewrite(self, call_id: str, rows: Sequence[JournalRow]) -> None:
        await self.store.rewrite(call_id, rows)

    async def outbox(self, call_id: str) -> tuple[OutboxRow, ...]:
        return await self.store.outbox(call_id)

    async def live(self, after: tuple[float, str], limit: int) -> tuple[CallRow, ...]:
        return await self.store.live(after, limit)

    async def ended(self, since: float, limit: int) -> tuple[CallRow, ...]:
        return await self.store.ended(since, limit)

    async def script(self, script_hash: str) -> ScriptRow | None:
        return await self.store.script(script_hash)

    async def unfinished(self) -> Unfinished:
        return await self.store.unfinished()

    async def switches(self) -> dict[str, bool]:
        return await self.store.switches()

    async def set_switch(self, name: str, on: bool, at: float) -> None:
        await self.store.set_switch(name, on, at)

    async def keep(self, kept: Kept) -> None:
        await self.store.keep(kept)

    async def kept(self, kind: str, name: str, key: str, now: float) -> str | None:
        return await self.store.kept(kind, name, key, now)

    async def every_kept(self, kind: str, now: float) -> tuple[Kept, ...]:
        return await self.store.every_kept(kind, now)

    async def drop(self, kind: str, name: str, key: str) -> None:
        await self.store.drop(kind, name, key)

    async def count(self, name: str, key: str, request: str, until: float, now: float) -> int:
        return await self.store.count(name, key, request, until, now)

    async def claim(self, request: str, until: float) -> bool:
        return await self.store.claim(request, until)

    async def purge(self, before: float, limit: int) -> int:
        return await self.store.purge(before, limit)

    async def ping(self) -> None:
        await self.store.ping()

    async def close(self) -> None:
        await self.store.close()


class Rig:
    def __init__(
        self,
        path: Path | str = MEMORY,
        text: str = "plain",
        limits: Limits | None = None,
        clock: ManualClock | None = None,
        service: Service | None = None,
    ) -> None:
        self.clock = clock or ManualClock()
        self.service = service or Service(self.clock)
        self.store = Meddler(SqliteStore.open(path))
        self.programs = ToyPrograms(text)
        self.log = Log()
        port: Store = self.store
        self.engine: Engine[str, ToyCall] = Engine(
            port,
            self.service,
            self.clock,
            self.programs,
            MACHINE,
            observer=self.log,
            switches={"emergency": False, "snow": True},
            limits=limits,
        )

    async def ring(self, call_id: str = "a") -> str:
        return await self.engine.offer(call_id, offered(self.clock), f"ticket-{call_id}")

    async def give(self, event: Event, call_id: str = "a", event_id: str = "") -> None:
        await self.engine.deliver(call_id, [(event_id, f"connection-{call_id}", event)])

    async def deliver_callbacks(self) -> None:
        """Deliver what the service owes, and what comes of it, without moving the clock."""
        await self.engine.idle()
        while self.service.callbacks:
            call_id, event_id, connection_id, event = self.service.callbacks[0]
            await self.engine.deliver(call_id, [(event_id, connection_id, event)])
            self.service.callbacks.popleft()
            await self.engine.idle()

    async def drive(self) -> None:
        """Go on until nothing is owed and nothing is due: all calls have ended then, or stand still."""
        while True:
            await self.deliver_callbacks()
            due = self.engine.next_due()
            if due is None:
                return
            self.clock.time = max(self.clock.time, due)
            await self.engine.fire_due()

    async def state(self, call_id: str = "a") -> ToyCall:
        return MACHINE.calls.decode((await self.store.load([call_id]))[call_id].call.state)

    async def row(self, call_id: str = "a") -> StoredCall:
        return (await self.store.load([call_id]))[call_id]

    async def actions(self, call_id: str = "a") -> list[str]:
        return [f"{row.op} {row.state} {row.attempts}" for row in await self.store.outbox(call_id)]

    def sent(self, call_id: str = "a") -> list[str]:
        return [f"{sent.op} {sent.verb}" for sent in self.service.sent if sent.call_id == call_id]


def run(body: Callable[[Rig], Awaitable[None]], rig: Callable[[], Rig] = Rig) -> None:
    async def main() -> None:
        made = rig()
        try:
            await asyncio.wait_for(body(made), 30)
        finally:
            await made.engine.stop(5)
            await made.store.close()

    asyncio.run(main())
