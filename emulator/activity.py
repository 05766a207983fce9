"""How the emulator knows that nothing is in flight."""

from __future__ import annotations

import asyncio


class Activity:
    """Counts what is under way: requests being answered, events being delivered or about to be, files being fetched."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        self._count += 1
        self._idle.clear()

    def end(self) -> None:
        self._count -= 1
        if self._count == 0:
            self._idle.set()

    def __enter__(self) -> None:
        self.begin()

    def __exit__(self, *_: object) -> None:
        self.end()

    async def idle(self) -> None:
        """Return when nothing is under way, and nothing that has just ended began anything new."""
        while True:
            await self._idle.wait()
            await asyncio.sleep(0)
            if self._count == 0:
                return
