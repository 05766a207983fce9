"""A house with a floor on a real store: processes come and go, records may fail, and time is moved by the tests."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interpreter.floor import Floors, Outcome
from interpreter.floor.observing import Observer, Unobserved
from interpreter.ports import Request
from interpreter.protocol import Event as CallEvent
from interpreter.routing import QueueRules
from interpreter.routing.protocol import Answered, Entered, HostOrder, Person, Removed, Ring, Rung, Serves, SignedIn
from interpreter.routing.state import Leg
from interpreter.store.floor_log import DetailRow, FloorLog
from interpreter.store.sqlite import SqliteStore

RULES = {"sales": QueueRules("sales")}


class Log:
    """The floor's log of a store, in which records may fail. ``tries`` are the rows that somebody wanted to write."""

    def __init__(self, real: FloorLog, tries: list[DetailRow]) -> None:
        self.append, self.read, self.image = real.append, real.read, real.image
        self.keep_image, self.details, self.forget_details = real.keep_image, real.details, real.forget_details
        self.real, self.tries = real, tries
        self.fails: Exception | None = None
        self.hangs = False
        self.written = asyncio.Event()

    async def keep_details(self, rows: Sequence[DetailRow]) -> None:
        self.tries += rows
        if self.fails is not None:
            raise self.fails
        await self.real.keep_details(rows)
        self.written.set()
        if self.hangs:
            await asyncio.Event().wait()


class Host:
    """Rings whoever it is asked to."""

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        return Outcome((Rung(0.0, order.leg, "invitation"),) if isinstance(order, Ring) else ())


@dataclass
class Counted(Unobserved):
    """Counts what could not be written."""

    failed: int = 0
    given_up: list[str] = field(default_factory=list)

    def record_failed(self) -> None:
        self.failed += 1

    def order_given_up(self, order: str) -> None:
        self.given_up.append(order)


@dataclass
class Clock:
    """Time that the tests move."""

    at: float = 1_800_000_000.0

    def now(self) -> float:
        return self.at


@dataclass
class House:
    """A store that outlives its processes, and the one that runs."""

    path: Path
    clock: Clock = field(default_factory=Clock)
    tries: list[DetailRow] = field(default_factory=list)
    counted: Counted = field(default_factory=Counted)
    observer: Observer | None = None
    """Who is told in the place of ``counted``, from the next process on."""
    store: SqliteStore = field(init=False)
    log: Log = field(init=False)
    floors: Floors = field(init=False)

    async def begin(self) -> None:
        """A process begins on what the last one has left."""
        self.store = SqliteStore.open(self.path)
        self.log = Log(self.store.floor, self.tries)

        async def deliver(call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None: ...

        self.floors = Floors(self.log, Host(), self.clock, RULES, deliver, observer=self.observer or self.counted)

    async def start(self) -> None:
        """It takes up what is in the log."""
        await self.floors.start()
        await self.floors.idle()

    async def stop(self) -> None:
        """It stops in an orderly way."""
        await self.floors.stop()
        await self.store.close()

    async def die(self) -> None:
        """It dies in the middle of whatever it does."""
        self.floors._stopping = True
        tasks = [*self.floors._flying.values(), *([self.floors._turning] if self.floors._turning else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.store.close()

    async def again(self) -> None:
        """Another process begins."""
        await self.begin()
        await self.start()

    async def passes(self, seconds: float) -> None:
        """Time passes, and what is due happens."""
        until = self.clock.at + seconds
        while (due := self.floors.next_due()) is not None and due <= until:
            self.clock.at = max(self.clock.at, due)
            await self.floors.fire_due()
            await self.floors.idle()
        self.clock.at = until

    async def talk(self, call: str = "a") -> str:
        """Ann talks with a caller for a minute. The leg's name."""
        floors = self.floors
        if "ann" not in floors.floor.agents:
            await floors.post(SignedIn(self.clock.at, "ann", Person("ann"), (), (Serves("sales"),)))
        await floors.post(Entered(self.clock.at, f"{call}/1", "sales"))
        await floors.idle()
        [leg] = [each.name for each in floors.floor.legs.values() if each.call == call]
        self.clock.at += 5.0
        await floors.post(Answered(self.clock.at, leg))
        self.clock.at += 60.0
        return leg

    async def talks_and_leaves(self, call: str = "a") -> str:
        leg = await self.talk(call)
        await self.floors.post(Removed(self.clock.at, leg))
        return leg

    async def written(self) -> list[tuple[str, str, float]]:
        """Call, leg and length of the talk of every record in the store."""
        rows = await self.store.floor.details(0.0, 1_000, math.inf)
        return [(row.call, row.leg, json.loads(row.text)["talked"]) for row in rows]


def in_house(path: Path, story: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        house = House(path / "ivr.db")
        await house.again()
        try:
            await story(house)
        finally:
            await house.stop()

    asyncio.run(run())
