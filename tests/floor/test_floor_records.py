"""The call detail record of a leg is written, whatever goes wrong: at once, later, or after a restart; and once."""

from __future__ import annotations

import errno
import json
import logging
import sqlite3
from pathlib import Path

import pytest
from floor_house import House, in_house

from interpreter.floor import service as floor_service
from interpreter.routing.protocol import (
    Person,
    Removed,
    Serves,
    SignedIn,
    Surveyed,
)
from interpreter.store import StoreUnavailable

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
