"""The contract of a store's floor log. A new store joins by adding its factory to `STORES` of the stores' contract."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from test_store_contract import STORES, created, with_store

from interpreter.store import Store, StoreUnavailable
from interpreter.store.floor_log import DetailRow, FloorLog, Image, LogRow
from interpreter.store.sqlite import SqliteStore


async def entries_come_back_in_the_order_in_which_they_were_appended(store: Store) -> None:
    log = store.floor
    assert await log.read(0) == ()
    assert await log.append(10.5, "a", ["one", "Grüße \\ud83d 📞"]) == 1
    assert await log.append(9.0, "b", ["three"]) == 3
    assert await log.read(0) == (
        LogRow(1, 10.5, "a", "one"),
        LogRow(2, 10.5, "a", "Grüße \\ud83d 📞"),
        LogRow(3, 9.0, "b", "three"),
    )
    assert await log.read(2) == (LogRow(3, 9.0, "b", "three"),)
    assert await log.read(3) == ()
    assert await log.read(0, limit=1) == (LogRow(1, 10.5, "a", "one"),)


async def nothing_appended_is_nothing(store: Store) -> None:
    assert await store.floor.append(1.0, "a", []) == 1
    assert await store.floor.read(0) == ()
    assert await store.floor.append(1.0, "a", ["x"]) == 1


async def entries_of_one_append_stand_side_by_side(store: Store) -> None:
    log = store.floor
    groups = [[f"{group}.{n}" for n in range(5)] for group in range(20)]
    firsts = await asyncio.gather(*(log.append(1.0, f"p{n % 3}", group) for n, group in enumerate(groups)))
    rows = await log.read(0)
    assert [row.n for row in rows] == list(range(1, 101))
    for first, group in zip(firsts, groups, strict=True):
        assert [row.text for row in rows[first - 1 : first + 4]] == group
    assert {row.by for row in rows} == {"p0", "p1", "p2"}


async def a_reader_misses_nothing_while_others_append(store: Store) -> None:
    log, read, done = store.floor, list[LogRow](), asyncio.Event()

    async def follow() -> None:
        while True:
            over = done.is_set()
            rows = await log.read(len(read), limit=7)
            read.extend(rows)
            if over and not rows:
                return

    following = asyncio.create_task(follow())
    await asyncio.gather(*(log.append(float(n), "a", [f"{n}", f"{n}"]) for n in range(100)))
    done.set()
    await following
    assert [row.n for row in read] == list(range(1, 201))


async def the_latest_image_is_kept(store: Store) -> None:
    log = store.floor
    assert await log.image() is None
    await log.append(1.0, "a", ["x"] * 10)
    await log.keep_image(Image(5, "five"), 0.0)
    assert await log.image() == Image(5, "five")
    await log.keep_image(Image(9, "nine"), 0.0)
    await log.keep_image(Image(7, "seven"), 0.0)
    assert await log.image() == Image(9, "nine"), "an older image of another process comes too late"
    assert len(await log.read(0)) == 10


async def what_an_image_covers_is_forgotten_when_it_is_old(store: Store) -> None:
    log = store.floor
    for at in (10.0, 20.0, 30.0, 40.0):
        await log.append(at, "a", [f"{at:g}"])
    await log.keep_image(Image(3, "state"), 25.0)
    assert [row.text for row in await log.read(0)] == ["30", "40"], "old and covered; covered but young; neither"
    await log.keep_image(Image(3, "state"), 99.0)
    assert [row.text for row in await log.read(0)] == ["40"], "what no image covers stays, however old"


async def numbers_go_on_where_everything_was_forgotten(store: Store) -> None:
    log = store.floor
    await log.append(1.0, "a", ["x", "y"])
    await log.keep_image(Image(2, "state"), 5.0)
    assert await log.read(0) == ()
    assert await log.append(2.0, "a", ["z"]) == 3
    assert await log.read(2) == (LogRow(3, 2.0, "a", "z"),)


async def details_are_kept_each_in_the_place_of_one_of_the_same_leg(store: Store) -> None:
    log = store.floor
    await log.keep_details([DetailRow("c1", "l1", 10.0, "first"), DetailRow("c1", "", 11.0, "call")])
    await log.keep_details([DetailRow("c2", "l1", 5.0, "other call")])
    await log.keep_details([DetailRow("c1", "l1", 12.0, "again")])
    await log.keep_details([])
    assert await log.details(0.0, 10) == (
        DetailRow("c2", "l1", 5.0, "other call"),
        DetailRow("c1", "", 11.0, "call"),
        DetailRow("c1", "l1", 12.0, "again"),
    )
    assert [row.text for row in await log.details(11.0, 10)] == ["call", "again"]
    assert [row.text for row in await log.details(0.0, 1)] == ["other call"]


async def old_details_are_forgotten(store: Store) -> None:
    log = store.floor
    await log.keep_details([DetailRow("c1", f"l{at}", float(at), "") for at in range(5)])
    await log.forget_details(3.0)
    assert [row.at for row in await log.details(0.0, 10)] == [3.0, 4.0]


async def calls_and_the_floor_leave_each_other_alone(store: Store) -> None:
    await store.commit([created("a")])
    await store.floor.append(1.0, "a", ["x"])
    await store.floor.keep_details([DetailRow("a", "", 1.0, "record")])
    assert await store.purge(1e12, 100) == 0
    assert set(await store.load(["a"])) == {"a"}
    assert len(await store.floor.read(0)) == 1
    assert len(await store.floor.details(0.0, 10)) == 1


async def is_unavailable_once_it_is_closed(store: Store) -> None:
    log = store.floor
    await log.append(1.0, "a", ["x"])
    await store.close()
    asks: tuple[Callable[[], Awaitable[object]], ...] = (
        lambda: log.append(1.0, "a", ["x"]),
        lambda: log.read(0),
        log.image,
        lambda: log.keep_image(Image(1, ""), 0.0),
        lambda: log.keep_details([DetailRow("a", "", 1.0, "")]),
        lambda: log.details(0.0, 1),
        lambda: log.forget_details(1.0),
    )
    for ask in asks:
        with pytest.raises(StoreUnavailable):
            await ask()


CONTRACT = [
    entries_come_back_in_the_order_in_which_they_were_appended,
    nothing_appended_is_nothing,
    entries_of_one_append_stand_side_by_side,
    a_reader_misses_nothing_while_others_append,
    the_latest_image_is_kept,
    what_an_image_covers_is_forgotten_when_it_is_old,
    numbers_go_on_where_everything_was_forgotten,
    details_are_kept_each_in_the_place_of_one_of_the_same_leg,
    old_details_are_forgotten,
    calls_and_the_floor_leave_each_other_alone,
    is_unavailable_once_it_is_closed,
]


@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", STORES)
def test_contract(name: str, clause: Callable[[Store], Awaitable[None]], tmp_path: Path) -> None:
    with_store(STORES[name], tmp_path, clause)


def test_the_log_survives_the_process(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore.open(tmp_path / "ivr.db")
        await store.floor.append(1.0, "a", ["x", "y"])
        await store.floor.keep_image(Image(1, "one"), 0.0)
        await store.floor.keep_details([DetailRow("c", "", 1.0, "record")])
        await store.close()
        store = SqliteStore.open(tmp_path / "ivr.db")
        log: FloorLog = store.floor
        assert [row.text for row in await log.read(1)] == ["y"]
        assert await log.image() == Image(1, "one")
        assert len(await log.details(0.0, 10)) == 1
        assert await log.append(2.0, "b", ["z"]) == 3
        await store.close()

    asyncio.run(run())


def test_a_full_disk_takes_none_of_an_append(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore.open(tmp_path / "ivr.db")
        await store.floor.append(1.0, "a", ["x"])
        pages = await store._ask(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await store._ask(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
        with pytest.raises(StoreUnavailable, match="full"):
            await store.floor.append(2.0, "a", ["small", "y" * 200_000, "small"])
        assert [row.text for row in await store.floor.read(0)] == ["x"]
        await store._ask(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
        assert await store.floor.append(2.0, "a", ["z"]) == 2
        await store.close()

    asyncio.run(run())
