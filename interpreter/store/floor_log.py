"""The log of the floor, and the port to whatever keeps it: what happens to queues and agents, in one order for all.

The log is the truth; whoever reads it comes to the same state. So several processes may append to it side by side, and
an agent is never promised twice: the order of the log decides, and there is no row to fight for. The texts are opaque
here. The contract that every store keeps is `tests/store/test_floor_log.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LogRow:
    """The ``n``-th entry, counted from 1. ``by`` is the process that appended it, ``at`` when (epoch seconds)."""

    n: int
    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """The whole state after the ``n``-th entry."""

    n: int
    text: str


@dataclass(frozen=True, slots=True)
class DetailRow:
    """A call detail record: ``call`` in all its rows, ``leg`` empty in that of the call itself."""

    call: str
    leg: str
    at: float
    text: str


class FloorLog(Protocol):
    """Any method may raise `StoreUnavailable`. Results are returned when they are durable, never before."""

    async def append(self, at: float, by: str, texts: Sequence[str]) -> int:
        """Append entries, all or none, side by side. Returns the number of the first."""
        ...

    async def read(self, after: int, limit: int = 10_000) -> tuple[LogRow, ...]:
        """The entries behind the ``after``-th, in order."""
        ...

    async def image(self) -> Image | None:
        """The latest image; ``None`` before the first."""
        ...

    async def keep_image(self, image: Image, before: float) -> None:
        """Keep an image in the place of older ones, and forget the entries that it covers and that are older than the
        time ``before``."""
        ...

    async def keep_details(self, rows: Sequence[DetailRow]) -> None:
        """Keep call detail records, each in the place of one of the same call and leg."""
        ...

    async def details(
        self, since: float, limit: int, before: float = math.inf, call: str = ""
    ) -> tuple[DetailRow, ...]:
        """Call detail records from the time ``since`` on and ``before`` another, of one call or of all, oldest
        first."""
        ...

    async def forget_details(self, before: float) -> None:
        """Forget call detail records that are older."""
        ...
