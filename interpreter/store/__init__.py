"""What the engine keeps, and the port to whatever keeps it.

The unit of every operation is a *batch*. A store loads many calls at once and commits what one turn of the engine did
to many calls in one transaction: one flush to the disk then pays for all of them, and this is worth six to forty times
the throughput of a commit a callback.

A store decides nothing. It compares a call's version, writes rows and gives them back; what a row means is the engine's
matter, and the texts in it (state, event, action) are opaque here.

The contract that every store keeps is `tests/store/test_store_contract.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from interpreter.store.floor_log import FloorLog

Status: TypeAlias = Literal["live", "ended"]

ActionState: TypeAlias = Literal["waiting", "done", "gone", "refused", "given_up", "cancelled"]
"""``waiting``: to be performed, or in flight, or performed without our knowing it (a crash came between).
Everything else is final; ``gone``: the call had ended already, as the action wanted it."""


class StoreUnavailable(Exception):  # noqa: N818 - a state of the world that callers answer to
    """The store cannot read or write now (disk full, file gone, connection lost). Nothing of the batch was kept."""


class StoreInUse(Exception):  # noqa: N818 - a state of the world that callers answer to
    """Another process has this store open, and it admits one only."""


class StoreUnsuitable(Exception):  # noqa: N818 - a state of the world that callers answer to
    """The file is not a store of ours, or was written by a newer version of the program."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call. ``version`` grows by one with every write of this row and is what compare-and-set compares.

    ``seen`` holds the fingerprints of the last event ids; ``events`` and ``actions`` count the rows written so far to
    the journal and the outbox of this call, so they are the next row's number. Times are epoch seconds.
    """

    id: str
    shard: int
    version: int
    status: Status
    script: str
    state: str
    connection_id: str
    incoming_context: str
    caller: str
    called: str
    seen: bytes
    events: int
    actions: int
    began: float
    updated: float


@dataclass(frozen=True, slots=True)
class JournalRow:
    """The ``n``-th event of a call, as encoded by `interpreter.journal`."""

    n: int
    at: float
    event: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """The ``seq``-th action of a call. ``rid`` and ``first_sent`` identify the request on every repetition.

    ``attempts`` counts the tries that are known to have failed; ``next_at`` is when to try (again).
    """

    seq: int
    op: str
    action: str
    rid: str
    first_sent: float
    state: ActionState = "waiting"
    attempts: int = 0
    next_at: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer that is set: ``generation`` is handed back when it fires."""

    name: str
    generation: int
    due: float


@dataclass(frozen=True, slots=True)
class ScriptRow:
    """The text of one version of a script; ``hash`` is the SHA-256 of it in hexadecimal."""

    hash: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Write:
    """Everything that one turn changed in one call, to be kept together or not at all.

    ``call`` is the new row and ``expected`` the version that it replaces (``0``: the call must not exist yet). When
    that is not what is stored, nothing of this write is kept and the call counts as a conflict. ``call`` is None when
    only outbox rows changed; such a write cannot conflict.
    """

    call_id: str
    expected: int
    call: CallRow | None
    script: ScriptRow | None = None
    journal: tuple[JournalRow, ...] = ()
    outbox: tuple[OutboxRow, ...] = ()
    timers_set: tuple[TimerRow, ...] = ()
    timers_cleared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as it is loaded: with the timers that are set and the actions that wait, oldest first."""

    call: CallRow
    timers: tuple[TimerRow, ...] = ()
    waiting: tuple[OutboxRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What a start finds: every timer (with its call), and for each call with waiting actions how many and since when
    the first is due; ``live`` counts the calls that go on."""

    timers: tuple[tuple[str, TimerRow], ...]
    actions: tuple[tuple[str, int, float], ...]
    live: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that a call keeps for later ones, until the time ``until``. ``kind`` is what sort of thing it is."""

    kind: str
    name: str
    key: str
    text: str
    until: float


class Store(Protocol):
    """Any method may raise `StoreUnavailable`. Results are returned when they are durable, never before."""

    @property
    def floor(self) -> FloorLog:
        """The log of queues and agents."""
        ...

    async def load(self, call_ids: Sequence[str]) -> dict[str, StoredCall]:
        """The calls that exist among ``call_ids``."""
        ...

    async def commit(self, writes: Sequence[Write]) -> frozenset[str]:
        """Keep all writes in one transaction. Returns the ids of the calls in conflict, of which nothing was kept."""
        ...

    async def journal(self, call_id: str) -> tuple[JournalRow, ...]:
        """All events of a call in order."""
        ...

    async def rewrite(self, call_id: str, rows: Sequence[JournalRow]) -> None:
        """Put other texts in the place of events of a call, by their numbers: for what may not be kept any longer."""
        ...

    async def outbox(self, call_id: str) -> tuple[OutboxRow, ...]:
        """All actions of a call in order, also the finished ones."""
        ...

    async def live(self, after: tuple[float, str], limit: int) -> tuple[CallRow, ...]:
        """Calls that go on, the oldest first: those behind the one that began at this time and has this id."""
        ...

    async def ended(self, since: float, limit: int) -> tuple[CallRow, ...]:
        """Calls that ended at this time or later (epoch seconds), in the order of their ends."""
        ...

    async def script(self, script_hash: str) -> ScriptRow | None: ...

    async def unfinished(self) -> Unfinished:
        """What a start must take up again."""
        ...

    async def switches(self) -> dict[str, bool]: ...

    async def set_switch(self, name: str, on: bool, at: float) -> None: ...

    async def keep(self, kept: Kept) -> None:
        """Keep something in the place of what was kept under the same kind, name and key."""
        ...

    async def kept(self, kind: str, name: str, key: str, now: float) -> str | None:
        """What is kept; None when nothing is, or nothing any more."""
        ...

    async def every_kept(self, kind: str, now: float) -> tuple[Kept, ...]:
        """Everything that is kept under this kind and is not too old, by name and key."""
        ...

    async def drop(self, kind: str, name: str, key: str) -> None: ...

    async def count(self, name: str, key: str, request: str, until: float, now: float) -> int:
        """Add one to a counter and say what it is now; the same ``request`` again adds nothing and says the same. The
        counter lives until its latest ``until``."""
        ...

    async def claim(self, request: str, until: float) -> bool:
        """Whether this is the first time that ``request`` is claimed. A claim is known until the time ``until``."""
        ...

    async def purge(self, before: float, limit: int) -> int:
        """Forget up to ``limit`` calls that ended before the time ``before``, with all that belongs to them, and every
        script that no call uses any more; and what was kept until before that time. Returns how many calls were
        forgotten."""
        ...

    async def ping(self) -> None:
        """Write something, durably: returns when the store really works."""
        ...

    async def close(self) -> None:
        """Finish what was asked for and let go of the store."""
        ...
