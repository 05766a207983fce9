"""What is particular to the SQLite store: grouping, one process a file, versions, trouble, and `kill -9`."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from test_store_contract import call, created

from interpreter.store import Kept, StoreInUse, StoreUnavailable, StoreUnsuitable, Write
from interpreter.store.schema import APPLICATION_ID, MIGRATIONS
from interpreter.store.sqlite import SqliteStore

WRITER = Path(__file__).with_name("store_writer.py")
KEEPER = Path(__file__).with_name("store_keeper.py")


def test_what_queues_up_is_one_transaction(tmp_path: Path) -> None:
    async def run() -> tuple[int, int]:
        store = SqliteStore.open(tmp_path / "ivr.db")
        disk = threading.Event()
        slow = asyncio.ensure_future(store._ask(lambda _: disk.wait(30)))
        await asyncio.sleep(0)
        commits = [asyncio.ensure_future(store.commit([created(f"call-{number}")])) for number in range(100)]
        await asyncio.sleep(0)
        disk.set()
        await asyncio.gather(slow, *commits)
        kept = len(await store.load([f"call-{number}" for number in range(100)]))
        await store.close()
        return store.commits, kept

    assert asyncio.run(run()) == (1, 100)


def test_one_spoilt_job_does_not_spoil_its_group(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore.open(tmp_path / "ivr.db")
        disk = threading.Event()
        slow = asyncio.ensure_future(store._ask(lambda _: disk.wait(30)))
        await asyncio.sleep(0)
        writes = [created("a"), created("b", caller="\ud800"), created("c")]
        commits = [asyncio.ensure_future(store.commit([write])) for write in writes]
        await asyncio.sleep(0)
        disk.set()
        results = await asyncio.gather(*commits, return_exceptions=True)
        await slow
        assert [type(result) for result in results] == [frozenset, UnicodeEncodeError, frozenset]
        assert set(await store.load(["a", "b", "c"])) == {"a", "c"}
        await store.close()

    asyncio.run(run())


def test_a_full_disk_is_unavailable_and_passes(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore.open(tmp_path / "ivr.db")
        await store.commit([created("a")])
        pages = await store._ask(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
        await store._ask(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").fetchone())
        large = replace(call("a", 2), state="x" * 100_000)
        with pytest.raises(StoreUnavailable, match="full"):
            await store.commit([Write("a", 1, large)])
        assert (await store.load(["a"]))["a"].call.version == 1
        await store._ask(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
        assert await store.commit([Write("a", 1, large)]) == frozenset()
        await store.close()

    asyncio.run(run())


def test_a_second_server_on_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"
    store = SqliteStore.open(path)
    with pytest.raises(StoreInUse, match="open in another process"):
        SqliteStore.open(path)
    other = subprocess.run([sys.executable, WRITER, path], capture_output=True, text=True, timeout=60, check=False)
    assert "StoreInUse" in other.stderr
    asyncio.run(store.close())
    asyncio.run(SqliteStore.open(path).close())


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        ("PRAGMA user_version = 99; PRAGMA application_id = 1230393905", "version 99.*use the newer program"),
        ("CREATE TABLE other (x)", "another program"),
    ],
)
def test_files_that_do_not_suit(tmp_path: Path, prepare: str, message: str) -> None:
    path = tmp_path / "ivr.db"
    connection = sqlite3.connect(path)
    connection.executescript(prepare)
    connection.close()
    for _ in range(2):  # the first refusal leaves no lock behind
        with pytest.raises(StoreUnsuitable, match=message):
            SqliteStore.open(path)


def test_a_file_of_an_older_version_is_brought_up_to_date_with_its_calls(tmp_path: Path) -> None:
    path = tmp_path / "ivr.db"
    connection = sqlite3.connect(path)
    connection.executescript(f"{MIGRATIONS[0]} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;")
    connection.execute("INSERT INTO switch (name, is_on, at) VALUES ('snow', 1, 5.0)")
    connection.execute(
        "INSERT INTO call VALUES ('a', 7, 3, 'live', 's1', '{}', 'c', 't', '+1', '+2', x'00', 1, 2, 1.0, 2.0)"
    )
    connection.commit()
    connection.close()

    async def run() -> None:
        for _ in range(2):  # the second time there is nothing to do
            store = SqliteStore.open(path)
            assert (await store.load(["a"]))["a"].call.version == 3
            assert await store.switches() == {"snow": True}
            await store.close()
        store = SqliteStore.open(path)
        await store.keep(Kept("value", "topic", "+1", "billing", 100.0))
        assert await store.kept("value", "topic", "+1", 1.0) == "billing"
        await store.close()

    asyncio.run(run())


def test_what_one_process_keeps_the_next_one_finds(tmp_path: Path) -> None:
    """A counter goes on where the other process left it, and a request that it counted or claimed stays so."""
    path = tmp_path / "ivr.db"
    subprocess.run([sys.executable, KEEPER, path], check=True, timeout=60)

    async def run() -> None:
        store = SqliteStore.open(path)
        assert await store.kept("value", "topic", "+1", 1.0) == "billing"
        assert await store.count("pins", "c-1", "rid-1", 100.0, 1.0) == 1
        assert await store.count("pins", "c-1", "rid-2", 100.0, 1.0) == 2
        assert not await store.claim("rid-3", 100.0)
        await store.close()

    asyncio.run(run())


def test_files_that_are_no_store(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, " * 100)
    with pytest.raises(StoreUnsuitable, match="not an SQLite file"):
        SqliteStore.open(tmp_path / "text")
    with pytest.raises(StoreUnavailable, match="unable to open"):
        SqliteStore.open(tmp_path / "missing" / "ivr.db")


@pytest.mark.skipif(sys.platform == "win32", reason="there a folder's rights decide")
def test_nobody_else_may_read_what_callers_said(tmp_path: Path) -> None:
    def modes() -> set[int]:
        return {path.stat().st_mode & 0o077 for path in tmp_path.glob("ivr.db*") if ".lock" not in path.name}

    async def run() -> set[int]:
        store = SqliteStore.open(tmp_path / "ivr.db")
        await store.commit([created("a")])
        found = modes()
        await store.close()
        return found

    assert asyncio.run(run()) == {0}


@pytest.mark.parametrize("acknowledged", [1, 40, 400])
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path, acknowledged: int) -> None:
    """The writer says the number of each commit after it returned; it is killed while further ones run."""
    path = tmp_path / "ivr.db"
    with subprocess.Popen([sys.executable, WRITER, path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        last = [writer.stdout.readline() for _ in range(acknowledged)][-1]
        writer.kill()
        rest = writer.stdout.readlines()
    said = {int(line) for line in [last, *rest] if line.endswith("\n")}

    async def read() -> tuple[int, int, str]:
        store = SqliteStore.open(path)
        row = (await store.load(["a"]))["a"].call
        events = len(await store.journal("a"))
        sound = await store._ask(lambda c: c.execute("PRAGMA integrity_check").fetchone()[0])
        await store.close()
        return row.version, events, sound

    version, events, sound = asyncio.run(read())
    assert sound == "ok"
    assert version >= max(said) >= acknowledged
    assert events == version
