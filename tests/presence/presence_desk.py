"""A keeper on a clock that only the test moves, against a tenant where what we show comes back as presence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from graph_stub import ANA, BEN, Rig, rig

from interpreter.presence import Keeper

READ, SET, CLEAR = "getPresencesByUserId", "setPresence", "clearPresence"
Got = TypeVar("Got")


@dataclass
class Desk:
    """A keeper with its tenant, and what the floor was told."""

    rig: Rig
    told: list[tuple[str, bool, str]] = field(default_factory=list)
    deaf: bool = False

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.rig.graph, self.rig.clock, self.hear)
        self.stub, self.clock = self.rig.stub, self.rig.clock

    async def hear(self, agent: str, offerable: bool, reason: str) -> None:
        if self.deaf:
            raise RuntimeError("the log does not take anything")
        self.told.append((agent, offerable, reason))

    async def after(self, seconds: float, step: float = 5.0) -> list[tuple[str, bool, str]]:
        """Let time go by in steps; gives what was told meanwhile."""
        before, end = len(self.told), self.clock.time + seconds
        while self.clock.time < end:
            self.clock.time = min(end, self.clock.time + step)
            await self.keeper.once()
        return self.told[before:]

    async def now(self) -> list[tuple[str, bool, str]]:
        before = len(self.told)
        await self.keeper.once()
        return self.told[before:]

    def times(self, what: str) -> int:
        return len(self.stub.asked(what))


def at_desk(use: Callable[[Desk], Awaitable[Got]], seconds: float = 5.0) -> Got:
    async def run() -> Got:
        async with rig(seconds=seconds) as given_rig:
            desk = Desk(given_rig)
            desk.stub.teams = {ANA: ("Available", "Available"), BEN: ("Available", "Available")}
            return await use(desk)

    return asyncio.run(run())
