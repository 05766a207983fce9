"""The call detail record of a leg is written, whatever goes wrong: at once, later, or after a restart; and once."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import math
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from interpreter.floor import Floors, Outcome
from interpreter.floor import service as floor_service
from interpreter.floor.observing import Unobserved
from interpreter.ports import Request
from interpreter.protocol import Event as CallEvent
from interpreter.routing import QueueRules
from interpreter.routing.protocol import (
    Answered,
    Entered,
    HostOrder,
    Person,
    Removed,
    Ring,
    Rung,
    Serves,
    SignedIn,
    Surveyed,
)
from interpreter.routing.state import Leg
from interpreter.store import StoreUnavailable
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
    store: SqliteStore = field(init=False)
    log: Log = field(init=False)
    floors: Floors = field(init=False)

    async def begin(self) -> None:
        """A process begins on what the last one has left."""
        self.store = SqliteStore.open(self.path)
        self.log = Log(self.store.floor, self.tries)

        async def deliver(call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None: ...

        self.floors = Floors(self.log, Host(), self.clock, RULES, deliver, observer=self.counted)

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


FAULTS = {
    "the store is away": StoreUnavailable("ivr.db: database or disk is full"),
    "the disk is full": OSError(errno.ENOSPC, "No space left on device"),
    "the store is broken": sqlite3.IntegrityError("constraint failed"),
    "a fault of ours": TypeError("not JSON"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_record_that_cannot_be_written_is_written_in_the_end(
    tmp_path: Path, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(house: House) -> None:
        house.log.fails = fault
        leg, since = await house.talks_and_leaves(), house.clock.at
        await house.floors.idle()
        await house.passes(3_600.0)
        assert await house.written() == []
        assert house.floors.unwritten() == [since]
        assert house.counted.failed == len(house.tries) > 300
        assert house.counted.given_up == []
        told = [each for each in caplog.records if each.levelno == logging.ERROR]
        assert 8 <= len(told) <= 12, "an outage must not fill the log"
        assert all(leg in each.getMessage() and str(fault) in each.getMessage() for each in told)
        house.log.fails = None
        await house.passes(10.0)
        assert await house.written() == [("a", leg, 60.0)]
        assert house.floors.unwritten() == []
        assert house.floors.orders == 0

    in_house(tmp_path, story)


def test_a_store_that_really_refuses_records_is_asked_until_it_takes_them(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ask = house.store._ask
        refuse = "CREATE TRIGGER refuse BEFORE INSERT ON detail BEGIN SELECT RAISE(ABORT, 'no'); END"
        await ask(lambda connection: connection.execute(refuse) and None)
        leg = await house.talks_and_leaves()
        await house.floors.idle()
        await house.passes(600.0)
        assert await house.written() == []
        await ask(lambda connection: connection.execute("DROP TRIGGER refuse") and None)
        await house.passes(10.0)
        assert await house.written() == [("a", leg, 60.0)]

    in_house(tmp_path, story)


def test_a_disk_that_is_full_when_the_leg_ends(tmp_path: Path) -> None:
    """Nothing is kept, and whoever reports the end is told so, to report it again: as the host does."""

    async def story(house: House) -> None:
        leg = await house.talk()
        ask = house.store._ask
        pages = await ask(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
        await ask(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}") and None)
        padding = Surveyed(house.clock.at, "other", "padding", (("text", "x" * 100_000),))
        with pytest.raises(StoreUnavailable):
            await house.floors.post(padding, Removed(house.clock.at, leg))
        await ask(lambda connection: connection.execute("PRAGMA max_page_count = 1000000") and None)
        assert await house.written() == []
        await house.floors.post(Removed(house.clock.at, leg))
        await house.floors.idle()
        assert await house.written() == [("a", leg, 60.0)]

    in_house(tmp_path, story)


def test_other_work_of_the_same_call_does_not_wait_for_its_record(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.log.fails = StoreUnavailable("away")
        first = await house.talks_and_leaves("a")
        second = await house.talks_and_leaves("a")
        await house.floors.idle()
        lanes = {each.lane for each in house.floors._ledger.pending.values()}
        assert lanes == {"record a"}
        house.log.fails = None
        await house.passes(20.0)
        assert await house.written() == [("a", first, 60.0), ("a", second, 60.0)]

    in_house(tmp_path, story)


def test_a_process_that_stops_before_the_record_is_written_writes_it_after_the_restart(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.log.fails = StoreUnavailable("away")
        leg, over = await house.talks_and_leaves(), house.clock.at
        await house.floors.idle()
        await house.stop()
        house.clock.at += 86_400.0
        await house.again()
        [row] = await house.store.floor.details(0.0, 10)
        assert (row.call, row.leg, row.at) == ("a", leg, over), "the time is that of the end, not that of the writing"
        tries = len(house.tries)
        await house.stop()
        await house.again()
        assert len(house.tries) == tries, "it is written once"
        assert await house.written() == [("a", leg, 60.0)]

    in_house(tmp_path, story)


def test_a_process_that_dies_between_the_end_of_the_leg_and_the_record(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.log.hangs = True
        leg = await house.talk()
        house.log.fails = StoreUnavailable("away")
        await house.floors.post(Removed(house.clock.at, leg))
        await house.die()
        await house.again()
        assert await house.written() == [("a", leg, 60.0)]

    in_house(tmp_path, story)


def test_a_process_that_dies_between_the_record_and_its_end_in_the_log(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.log.hangs = True
        leg = await house.talks_and_leaves()
        await house.log.written.wait()
        await house.die()
        assert len(house.tries) == 1
        await house.again()
        assert await house.written() == [("a", leg, 60.0)], "once more in its own place"
        assert len(house.tries) == 2
        assert house.floors.unwritten() == []

    in_house(tmp_path, story)


def test_an_image_keeps_what_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor_service, "IMAGE_EVERY", 1)
    monkeypatch.setattr(floor_service, "KEEP", 0.0)

    async def story(house: House) -> None:
        house.log.fails = StoreUnavailable("away")
        leg = await house.talks_and_leaves()
        await house.floors.idle()
        house.clock.at += 10.0
        await house.floors.post(SignedIn(house.clock.at, "ben", Person("ben"), (), (Serves("sales"),)))
        entries = house.floors.entries
        assert len(await house.store.floor.read(0)) < entries, "the log was cut"
        await house.stop()
        await house.again()
        assert await house.written() == [("a", leg, 60.0)]

    in_house(tmp_path, story)


def test_the_answers_of_a_survey_are_written_over_the_record_and_not_the_other_way_round(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.log.fails = StoreUnavailable("away")
        leg = await house.talks_and_leaves()
        await house.floors.post(Surveyed(house.clock.at, "a", "rating", (("score", 5.0),)))
        await house.floors.idle()
        await house.stop()
        await house.again()
        [row] = await house.store.floor.details(0.0, 10)
        told = json.loads(row.text)
        assert (told["leg"], told["talked"], told["survey"]) == (leg, 60.0, {"score": 5.0})

    in_house(tmp_path, story)
