"""The embedded store: one SQLite file, one writer thread, one flush for all that waits.

Theory of operation. The connection belongs to one thread. Callers put jobs into its queue and await a future; the
thread takes everything that has queued, runs it in one transaction, commits, and only then answers all of them with a
single wake-up of the event loop. While it waits for the disk the next jobs queue up, so the group grows with the load
and is one job when there is none: grouping adds no latency.

WAL with ``synchronous=FULL`` flushes the log before a commit returns: what was answered survives a killed process and a
power loss. Several processes on one file would be correct but stall each other for seconds, so a second one is refused.
That lock is itself an SQLite file beside the store: the operating system lets go of it when the process dies, whichever
way, on every platform.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, TypeVar

from interpreter.store import (
    CallRow,
    JournalRow,
    Kept,
    OutboxRow,
    ScriptRow,
    StoredCall,
    StoreInUse,
    StoreUnavailable,
    StoreUnsuitable,
    TimerRow,
    Unfinished,
    Write,
    sqlite_kept,
)
from interpreter.store.schema import prepare
from interpreter.store.sqlite_floor import SqliteFloorLog

T = TypeVar("T")

MEMORY = ":memory:"

GROUP = 256
"""The most jobs in one transaction: bounds what a job waits for the jobs beside it."""

_CALL = (
    "id, shard, version, status, script, state, connection_id, incoming_context, caller, called, seen, events, actions,"
    " began, updated"
)
_OUTBOX = "seq, op, action, rid, first_sent, state, attempts, next_at, error"
_IDS = "(SELECT value FROM json_each(?))"

_INSERT_CALL = f"INSERT INTO call ({_CALL}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING"
_UPDATE_CALL = """
    UPDATE call SET version = ?, status = ?, state = ?, connection_id = ?, seen = ?, events = ?, actions = ?,
        updated = ?
    WHERE id = ? AND version = ?"""
_INSERT_JOURNAL = "INSERT INTO journal (call_id, n, at, event) VALUES (?,?,?,?)"
_UPSERT_OUTBOX = f"""
    INSERT INTO outbox (call_id, {_OUTBOX}) VALUES (?,?,?,?,?,?,?,?,?,?)
    ON CONFLICT (call_id, seq) DO UPDATE SET
        state = excluded.state, attempts = excluded.attempts, next_at = excluded.next_at, error = excluded.error"""
_UPSERT_TIMER = """
    INSERT INTO timer (call_id, name, generation, due) VALUES (?,?,?,?)
    ON CONFLICT (call_id, name) DO UPDATE SET generation = excluded.generation, due = excluded.due"""
_DELETE_TIMER = "DELETE FROM timer WHERE call_id = ? AND name = ?"
_INSERT_SCRIPT = "INSERT INTO script (hash, name, text) VALUES (?,?,?) ON CONFLICT (hash) DO NOTHING"
_UPSERT_SWITCH = """
    INSERT INTO switch (name, is_on, at) VALUES (?,?,?)
    ON CONFLICT (name) DO UPDATE SET is_on = excluded.is_on, at = excluded.at"""

_Work = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class _Job:
    work: _Work
    future: asyncio.Future[Any]


class SqliteStore:
    """A `Store` in one SQLite file, or in memory for ``":memory:"``."""

    def __init__(self, path: str, connection: sqlite3.Connection, lock: sqlite3.Connection | None) -> None:
        self.path = path
        self.commits = 0
        """How many transactions have changed something: what grouping keeps small."""
        self._connection = connection
        self._lock = lock
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self.floor = SqliteFloorLog(self._ask)
        self._thread = threading.Thread(target=self._work, name=f"store {path}", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: str | Path) -> SqliteStore:
        """Open or create the store.

        Raises `StoreInUse` when another process has it, `StoreUnsuitable` for a foreign or newer file, and
        `StoreUnavailable` when the file cannot be opened.
        """
        name = MEMORY if path == MEMORY else str(Path(path).resolve())
        lock = None if name == MEMORY else _lock(name)
        try:
            return cls(name, _connect(name), lock)
        except BaseException:
            if lock is not None:
                lock.close()
            raise

    async def load(self, call_ids: Sequence[str]) -> dict[str, StoredCall]:
        ids = json.dumps(list(call_ids))
        return await self._ask(lambda connection: _load(connection, ids))

    async def commit(self, writes: Sequence[Write]) -> frozenset[str]:
        return await self._ask(lambda connection: _commit(connection, writes))

    async def journal(self, call_id: str) -> tuple[JournalRow, ...]:
        query = "SELECT n, at, event FROM journal WHERE call_id = ? ORDER BY n"
        return await self._ask(lambda connection: tuple(JournalRow(*r) for r in connection.execute(query, (call_id,))))

    async def rewrite(self, call_id: str, rows: Sequence[JournalRow]) -> None:
        values = [(row.event, call_id, row.n) for row in rows]
        statement = "UPDATE journal SET event = ? WHERE call_id = ? AND n = ?"
        await self._ask(lambda connection: connection.executemany(statement, values) and None)

    async def outbox(self, call_id: str) -> tuple[OutboxRow, ...]:
        query = f"SELECT {_OUTBOX} FROM outbox WHERE call_id = ? ORDER BY seq"
        return await self._ask(lambda connection: tuple(OutboxRow(*r) for r in connection.execute(query, (call_id,))))

    async def live(self, after: tuple[float, str], limit: int) -> tuple[CallRow, ...]:
        query = f"SELECT {_CALL} FROM call WHERE status = 'live' AND (began, id) > (?,?) ORDER BY began, id LIMIT ?"
        return tuple(CallRow(*row) for row in await self._ask(lambda c: c.execute(query, (*after, limit)).fetchall()))

    async def ended(self, since: float, limit: int) -> tuple[CallRow, ...]:
        query = f"SELECT {_CALL} FROM call WHERE status = 'ended' AND updated >= ? ORDER BY updated, id LIMIT ?"
        return tuple(CallRow(*row) for row in await self._ask(lambda c: c.execute(query, (since, limit)).fetchall()))

    async def script(self, script_hash: str) -> ScriptRow | None:
        query = "SELECT hash, name, text FROM script WHERE hash = ?"
        row = await self._ask(lambda connection: connection.execute(query, (script_hash,)).fetchone())
        return None if row is None else ScriptRow(*row)

    async def unfinished(self) -> Unfinished:
        return await self._ask(_unfinished)

    async def switches(self) -> dict[str, bool]:
        query = "SELECT name, is_on FROM switch"
        return await self._ask(lambda connection: {name: bool(on) for name, on in connection.execute(query)})

    async def set_switch(self, name: str, on: bool, at: float) -> None:
        await self._ask(lambda connection: connection.execute(_UPSERT_SWITCH, (name, on, at)) and None)

    async def keep(self, kept: Kept) -> None:
        await self._ask(lambda connection: sqlite_kept.keep(connection, kept))

    async def kept(self, kind: str, name: str, key: str, now: float) -> str | None:
        return await self._ask(lambda connection: sqlite_kept.kept(connection, kind, name, key, now))

    async def every_kept(self, kind: str, now: float) -> tuple[Kept, ...]:
        return await self._ask(lambda connection: sqlite_kept.every(connection, kind, now))

    async def drop(self, kind: str, name: str, key: str) -> None:
        await self._ask(lambda connection: sqlite_kept.drop(connection, kind, name, key))

    async def count(self, name: str, key: str, request: str, until: float, now: float) -> int:
        return await self._ask(lambda connection: sqlite_kept.count(connection, name, key, request, until, now))

    async def claim(self, request: str, until: float) -> bool:
        return await self._ask(lambda connection: sqlite_kept.claim(connection, request, "", until))

    async def purge(self, before: float, limit: int) -> int:
        return await self._ask(lambda connection: _purge(connection, before, limit))

    async def ping(self) -> None:
        statement = "INSERT INTO ping (id, count) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1"
        await self._ask(lambda connection: connection.execute(statement) and None)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._closed:
            raise StoreUnavailable(f"{self.path} is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, future))
        return await future

    # ----------------------------------------------------------------------------------------------------------------
    # In the writer thread

    def _work(self) -> None:
        going_on = True
        while going_on:
            jobs: list[_Job] = []
            item = self._jobs.get()
            while item is not None:
                jobs.append(item)
                if len(jobs) == GROUP:
                    break
                try:
                    item = self._jobs.get_nowait()
                except queue.Empty:
                    break
            going_on = item is not None
            if jobs:
                _answer(jobs, self._run(jobs))
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def _run(self, jobs: list[_Job]) -> list[Any]:
        """The results, exceptions among them, once they are durable."""
        try:
            return self._transact(jobs)
        except Exception as error:  # noqa: BLE001 - it is told to whoever asked, and must not end the thread
            if len(jobs) == 1:
                return [_told(error, self.path)]
        # One of them spoilt it for all: alone, each meets only its own fate.
        return [self._run([job])[0] for job in jobs]

    def _transact(self, jobs: list[_Job]) -> list[Any]:
        before = self._connection.total_changes
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job.work(self._connection) for job in jobs]
            self._connection.execute("COMMIT")
        except BaseException:
            # A full disk ends the transaction by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self.commits += self._connection.total_changes > before
        return results


def _told(error: Exception, path: str) -> Exception:
    """What the caller is told: trouble of the store is `StoreUnavailable`, trouble of our own stays what it is."""
    own = (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError)
    if not isinstance(error, sqlite3.Error) or isinstance(error, own):
        return error
    unavailable = StoreUnavailable(f"{path}: {error}")
    unavailable.__cause__ = error
    return unavailable


def _answer(jobs: list[_Job], results: list[Any]) -> None:
    """Resolve the futures, with one wake-up for each event loop that asked."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
    for job, result in zip(jobs, results, strict=True):
        by_loop.setdefault(job.future.get_loop(), []).append((job.future, result))
    for loop, answers in by_loop.items():
        # A loop that was closed meanwhile has nobody left who waits.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, answers)


def _resolve(answers: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, result in answers:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)


def _lock(path: str) -> sqlite3.Connection:
    try:
        lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except BaseException:
            lock.close()
            raise
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise StoreInUse(f"{path} is open in another process") from error
        raise StoreUnavailable(f"{path}: {error}") from error
    return lock


def _connect(path: str) -> sqlite3.Connection:
    try:
        if path != MEMORY:
            # Callers' numbers and what they pressed: nobody else's to read. SQLite's side files follow this one.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            prepare(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -32000")
        except BaseException:
            connection.close()
            raise
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreUnavailable(f"{path}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnsuitable(f"{path} is not an SQLite file: {error}") from error
    return connection


def _load(connection: sqlite3.Connection, ids: str) -> dict[str, StoredCall]:
    calls = [CallRow(*row) for row in connection.execute(f"SELECT {_CALL} FROM call WHERE id IN {_IDS}", (ids,))]
    timers: dict[str, list[TimerRow]] = {call.id: [] for call in calls}
    waiting: dict[str, list[OutboxRow]] = {call.id: [] for call in calls}
    query = f"SELECT call_id, name, generation, due FROM timer WHERE call_id IN {_IDS} ORDER BY due, name"
    for call_id, *row in connection.execute(query, (ids,)):
        timers[call_id].append(TimerRow(*row))
    query = f"SELECT call_id, {_OUTBOX} FROM outbox WHERE call_id IN {_IDS} AND state = 'waiting' ORDER BY call_id, seq"
    for call_id, *row in connection.execute(query, (ids,)):
        waiting[call_id].append(OutboxRow(*row))
    return {call.id: StoredCall(call, tuple(timers[call.id]), tuple(waiting[call.id])) for call in calls}


def _commit(connection: sqlite3.Connection, writes: Sequence[Write]) -> frozenset[str]:
    kept = [write for write in writes if write.call is None or _swap(connection, write.call, write.expected)]
    execute = connection.executemany
    execute(_INSERT_SCRIPT, [astuple(write.script) for write in kept if write.script is not None])
    execute(_INSERT_JOURNAL, [(write.call_id, row.n, row.at, row.event) for write in kept for row in write.journal])
    execute(_UPSERT_OUTBOX, [_outbox_values(write.call_id, row) for write in kept for row in write.outbox])
    execute(_DELETE_TIMER, [(write.call_id, name) for write in kept for name in write.timers_cleared])
    timers = [(write.call_id, row.name, row.generation, row.due) for write in kept for row in write.timers_set]
    execute(_UPSERT_TIMER, timers)
    return frozenset() if len(kept) == len(writes) else frozenset(w.call_id for w in writes) - {w.call_id for w in kept}


def _swap(connection: sqlite3.Connection, call: CallRow, expected: int) -> bool:
    """Write the call's row if its version is still the expected one."""
    if expected == 0:
        return connection.execute(_INSERT_CALL, _call_values(call)).rowcount == 1
    values = (call.version, call.status, call.state, call.connection_id, call.seen, call.events, call.actions)
    return connection.execute(_UPDATE_CALL, (*values, call.updated, call.id, expected)).rowcount == 1


def _call_values(c: CallRow) -> tuple[Any, ...]:
    return (
        c.id, c.shard, c.version, c.status, c.script, c.state, c.connection_id, c.incoming_context, c.caller, c.called,
        c.seen, c.events, c.actions, c.began, c.updated,
    )  # fmt: skip


def _outbox_values(call_id: str, r: OutboxRow) -> tuple[Any, ...]:
    return (call_id, r.seq, r.op, r.action, r.rid, r.first_sent, r.state, r.attempts, r.next_at, r.error)


def _unfinished(connection: sqlite3.Connection) -> Unfinished:
    timers = connection.execute("SELECT call_id, name, generation, due FROM timer ORDER BY due")
    # Only the oldest waiting action of a call can be due: the others wait for it.
    actions = connection.execute("""
        SELECT call_id, count(*), (SELECT next_at FROM outbox AS head WHERE head.call_id = waiting.call_id
            AND head.state = 'waiting' ORDER BY seq LIMIT 1)
        FROM outbox AS waiting WHERE state = 'waiting' GROUP BY call_id""")
    live = connection.execute("SELECT count(*) FROM call WHERE status = 'live'").fetchone()[0]
    return Unfinished(
        tuple((call_id, TimerRow(*row)) for call_id, *row in timers),
        tuple((call_id, count, next_at) for call_id, count, next_at in actions),
        int(live),
    )


def _purge(connection: sqlite3.Connection, before: float, limit: int) -> int:
    query = "SELECT id FROM call WHERE status = 'ended' AND updated < ? ORDER BY updated LIMIT ?"
    old = [call_id for (call_id,) in connection.execute(query, (before, limit))]
    ids = json.dumps(old)
    for table in ("journal", "outbox", "timer"):
        connection.execute(f"DELETE FROM {table} WHERE call_id IN {_IDS}", (ids,))
    connection.execute(f"DELETE FROM call WHERE id IN {_IDS}", (ids,))
    connection.execute("DELETE FROM kept WHERE until < ?", (before,))
    connection.execute("DELETE FROM script WHERE NOT EXISTS (SELECT 1 FROM call WHERE call.script = script.hash)")
    return len(old)
