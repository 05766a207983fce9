"""The fold of the log: the floor, the orders that are not done, and who looks after what. Pure."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from interpreter.journal import Codec, JournalError
from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.protocol import Detail, Event, Give, Order, SetTimer, Tell
from interpreter.routing.protocol.facts import Fact
from interpreter.routing.snapshot import Snapshot, restored, snapshot
from interpreter.routing.state import call_of
from interpreter.store.floor_log import Image, LogRow

REQUESTS = uuid.UUID("2b1f6c1e-53a4-5d0f-9c39-6d6c0f0b7a11")
"""Namespace of the request ids: an order's id follows from its place in the log."""


@dataclass(frozen=True, slots=True)
class Done:
    """An order was performed, or given up: what came of it stands beside it in the log."""

    at: float
    order: str


@dataclass(frozen=True, slots=True)
class Pending:
    """An order that is not done. ``name`` says which entry of the log led to it; ``lane`` is what it is in order with:
    a call's orders to the host, or its reports. ``by``: whose affair it is."""

    name: str
    lane: str
    order: Order | Tell
    at: float
    by: str

    @property
    def request_id(self) -> str:
        """The id that the host sees, the same on every repetition."""
        return str(uuid.uuid5(REQUESTS, self.name))


Entry: TypeAlias = Event | Done
ENTRIES: Codec[Entry] = Codec(Event, Done)
"""What the log holds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An image: the floor and what is pending after one entry of the log."""

    floor: Snapshot
    pending: tuple[Pending, ...]
    owners: tuple[tuple[str, str], ...]


IMAGES: Codec[Kept] = Codec(Kept)


@dataclass
class Ledger:
    """Everything that follows from the log up to its ``n``-th entry."""

    floor: Floor
    n: int = 0
    pending: dict[str, Pending] = field(default_factory=dict)
    lanes: dict[str, deque[str]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Whose affair each timer is."""
    facts: tuple[Fact, ...] = ()
    """What has come to its end by the entry that was folded last."""

    def apply(self, row: LogRow) -> tuple[tuple[Pending, ...], tuple[SetTimer, ...]]:
        """Fold one entry. Returns the orders and the timers that come of it. Raises `JournalError` for an entry of a
        newer version."""
        self.facts = ()
        if row.n <= self.n:
            return (), ()
        entry = ENTRIES.decode(row.text)
        self.n = row.n
        if isinstance(entry, Done):
            self._settle(entry.order)
            return (), ()
        orders: list[Pending] = []
        timers: list[SetTimer] = []
        for place, effect in enumerate(handle(self.floor, entry)):
            if isinstance(effect, SetTimer):
                self.owners[effect.timer] = row.by
                timers.append(effect)
            else:
                orders.append(self._add(f"{row.n}.{place}", effect, row))
        self.facts = tuple(self.floor.facts)
        return tuple(orders), tuple(timers)

    def _add(self, name: str, order: Order | Tell, row: LogRow) -> Pending:
        lane = f"host {order.call}" if not isinstance(order, Tell) else f"tell {call_of(order.entry)}"
        if isinstance(order, Give):
            lane = f"desk {order.call}"
        elif isinstance(order, Detail):
            lane = f"record {order.call}"  # of its own: whoever is told something does not wait for it
        pending = self.pending[name] = Pending(name, lane, order, row.at, row.by)
        self.lanes.setdefault(lane, deque()).append(name)
        return pending

    def _settle(self, name: str) -> None:
        pending = self.pending.pop(name, None)
        if pending is None:
            return
        lane = self.lanes[pending.lane]
        lane.remove(name)
        if not lane:
            del self.lanes[pending.lane]

    def head(self, lane: str) -> Pending | None:
        """The order of a lane that is the next to be performed."""
        names = self.lanes.get(lane)
        return self.pending[names[0]] if names else None

    def image(self) -> Image:
        """The whole state."""
        owners = tuple((name, by) for name, by in self.owners.items() if name in self.floor.timers)
        self.owners = dict(owners)
        return Image(self.n, IMAGES.encode(Kept(snapshot(self.floor, self.n), tuple(self.pending.values()), owners)))


def open_ledger(image: Image | None, rules: dict[str, QueueRules]) -> Ledger:
    """The ledger as it was when the image was made. Raises `JournalError` for an image of a newer version."""
    if image is None:
        return Ledger(Floor(rules))
    kept = IMAGES.decode(image.text)
    if not isinstance(cast(object, kept), Kept):
        raise JournalError("not an image of a floor")
    ledger = Ledger(restored(kept.floor, rules), image.n, owners=dict(kept.owners))
    for pending in kept.pending:
        ledger.pending[pending.name] = pending
        ledger.lanes.setdefault(pending.lane, deque()).append(pending.name)
    return ledger
