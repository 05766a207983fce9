"""The emulator's time. Rings, prompts and silence last as long as this clock says, not as long as the wall's."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

Action = Callable[[], None]


class Handle(Protocol):
    """A scheduled action that can still be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Seconds since the Unix epoch, and actions that are due later."""

    def now(self) -> float: ...

    def call_later(self, delay_s: float, fn: Action, /) -> Handle: ...


class SystemClock:
    """The wall's time from now on, `speed` virtual seconds passing in each real one. Needs a running event loop."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be greater than 0")
        self.speed = speed
        self._epoch = time.time()
        self._start = time.monotonic()

    def now(self) -> float:
        return self._epoch + (time.monotonic() - self._start) * self.speed

    def call_later(self, delay_s: float, fn: Action, /) -> Handle:
        return asyncio.get_running_loop().call_later(max(delay_s, 0.0) / self.speed, fn)


@dataclass(slots=True)
class _Due:
    fn: Action
    cancelled: bool = field(default=False)

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """Time that stands still until it is told to go on."""

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._due: list[tuple[float, int, _Due]] = []
        self._order = itertools.count()

    def now(self) -> float:
        return self._now

    def call_later(self, delay_s: float, fn: Action, /) -> Handle:
        due = _Due(fn)
        heapq.heappush(self._due, (self._now + max(delay_s, 0.0), next(self._order), due))
        return due

    def next_due(self) -> float | None:
        """When the next action is due; None when nothing is."""
        while self._due and self._due[0][2].cancelled:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def advance_to(self, t: float) -> None:
        """Let time pass until `t`, running what falls due on the way in order of time, also what that schedules."""
        while (due := self.next_due()) is not None and due <= t:
            when, _, action = heapq.heappop(self._due)
            self._now = max(self._now, when)
            action.fn()
        self._now = max(self._now, t)
