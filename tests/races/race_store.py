"""The store as eight workers see it: whatever one of them asks of it, or of a call, waits until the dice let it happen.

The store is the real one. It takes one process for a file, so the workers share its connection; what they would gain by
connections of their own, that anything may happen between two things that one of them does, the waiting gives them.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from interpreter.store import StoreUnavailable
from interpreter.store.floor_log import DetailRow, FloorLog, Image, LogRow

T = TypeVar("T")


@dataclass(eq=False)
class Turn:
    """Something that a worker waits for. ``since``: when it began to wait; ``writes``: it changes something."""

    worker: str
    since: float
    writes: bool
    work: Callable[[], Awaitable[Any]]
    reply: asyncio.Future[Any]

    async def happen(self) -> None:
        """It happens, and the worker goes on if there is still one."""
        try:
            found = await self.work()
        except StoreUnavailable as error:
            if not self.reply.done():
                self.reply.set_exception(error)
            return
        if not self.reply.done():
            self.reply.set_result(found)


class Desk:
    """A worker's `FloorLog`. While ``at_once`` nothing waits: so a worker starts."""

    def __init__(self, log: FloorLog, worker: str, turns: list[Turn], now: Callable[[], float]) -> None:
        self._log, self._worker, self._turns, self._now = log, worker, turns, now
        self.at_once = True

    async def wait(self, work: Callable[[], Awaitable[T]], writes: bool = True) -> T:
        """Do something when its turn has come."""
        if self.at_once:
            return await work()
        reply: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._turns.append(Turn(self._worker, self._now(), writes, work, reply))
        return await reply

    async def append(self, at: float, by: str, texts: Sequence[str]) -> int:
        return await self.wait(lambda: self._log.append(at, by, texts))

    async def read(self, after: int, limit: int = 10_000) -> tuple[LogRow, ...]:
        return await self.wait(lambda: self._log.read(after, limit), writes=False)

    async def image(self) -> Image | None:
        return await self.wait(self._log.image, writes=False)

    async def keep_image(self, image: Image, before: float) -> None:
        await self.wait(lambda: self._log.keep_image(image, before))

    async def keep_details(self, rows: Sequence[DetailRow]) -> None:
        await self.wait(lambda: self._log.keep_details(rows))

    async def details(
        self, since: float, limit: int, before: float = math.inf, call: str = ""
    ) -> tuple[DetailRow, ...]:
        return await self.wait(lambda: self._log.details(since, limit, before, call), writes=False)

    async def forget_details(self, before: float) -> None:
        await self.wait(lambda: self._log.forget_details(before))
