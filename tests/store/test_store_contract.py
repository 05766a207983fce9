"""The contract of a store. A new store joins by adding its factory to `STORES`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from interpreter.store import (
    CallRow,
    JournalRow,
    Kept,
    OutboxRow,
    ScriptRow,
    Store,
    StoredCall,
    StoreUnavailable,
    TimerRow,
    Unfinished,
    Write,
)
from interpreter.store.sqlite import SqliteStore

STORES: dict[str, Callable[[Path], Store]] = {
    "sqlite-file": lambda folder: SqliteStore.open(folder / "ivr.db"),
    "sqlite-memory": lambda folder: SqliteStore.open(":memory:"),
}


def call(call_id: str, version: int = 1, **changes: object) -> CallRow:
    row = CallRow(
        id=call_id,
        shard=7,
        version=version,
        status="live",
        script="s1",
        state='{"$":"Call","text":"Grüße \\ud83d"}',
        connection_id="",
        incoming_context="ticket",
        caller="+14255550123",
        called="+18005550100",
        seen=b"\x00\xff" * 8,
        events=1,
        actions=2,
        began=100.25,
        updated=100.25,
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def created(call_id: str, **changes: object) -> Write:
    """A new call with one event, two actions and two timers."""
    return Write(
        call_id=call_id,
        expected=0,
        call=replace(call(call_id), **changes),  # type: ignore[arg-type]
        script=ScriptRow("s1", "main.ivr", "ivr 1\n# Grüße\n"),
        journal=(JournalRow(0, 100.25, '{"$":"CallOffered"}'),),
        outbox=(action(0), action(1, next_at=200.0)),
        timers_set=(TimerRow("watch", 1, 160.0), TimerRow("input", 2, 110.5)),
    )


def action(seq: int, **changes: object) -> OutboxRow:
    row = OutboxRow(seq, f"op{seq}", '{"$":"Answer"}', f"rid-{seq}", 100.25, next_at=100.25)
    return replace(row, **changes)  # type: ignore[arg-type]


def with_store(factory: Callable[[Path], Store], folder: Path, body: Callable[[Store], Awaitable[None]]) -> None:
    async def run() -> None:
        store = factory(folder)
        try:
            await asyncio.wait_for(body(store), 30)
        finally:
            await store.close()

    asyncio.run(run())


async def keeps_a_call_whole(store: Store) -> None:
    assert await store.commit([created("a"), created("b", shard=9)]) == frozenset()
    loaded = await store.load(["a", "nobody", "b"])
    assert set(loaded) == {"a", "b"}
    timers = (TimerRow("input", 2, 110.5), TimerRow("watch", 1, 160.0))
    assert loaded["a"] == StoredCall(call("a"), timers, (action(0), action(1, next_at=200.0)))
    assert loaded["b"].call.shard == 9
    assert await store.journal("a") == (JournalRow(0, 100.25, '{"$":"CallOffered"}'),)
    assert await store.script("s1") == ScriptRow("s1", "main.ivr", "ivr 1\n# Grüße\n")
    assert await store.script("s2") is None
    assert await store.load([]) == {}


async def writes_what_changed(store: Store) -> None:
    await store.commit([created("a")])
    moved = call("a", 2, status="ended", connection_id="c", seen=b"x", events=2, actions=3, updated=120.0, state="{}")
    write = Write(
        "a",
        1,
        moved,
        journal=(JournalRow(1, 120.0, "{}"),),
        outbox=(action(0, state="done", attempts=1), action(2)),
        timers_set=(TimerRow("watch", 5, 300.0),),
        timers_cleared=("input",),
    )
    assert await store.commit([write]) == frozenset()
    waiting = (action(1, next_at=200.0), action(2))
    assert (await store.load(["a"]))["a"] == StoredCall(moved, (TimerRow("watch", 5, 300.0),), waiting)
    assert [row.n for row in await store.journal("a")] == [0, 1]
    assert [(row.seq, row.state, row.attempts) for row in await store.outbox("a")] == [
        (0, "done", 1),
        (1, "waiting", 0),
        (2, "waiting", 0),
    ]


async def a_conflict_keeps_nothing_of_its_call_and_all_of_the_others(store: Store) -> None:
    await store.commit([created("a"), created("b")])
    before = await store.load(["a"])
    again = replace(created("a"), journal=(JournalRow(9, 1.0, "{}"),), outbox=(action(9),))
    stale = replace(again, expected=4, call=call("a", 5), timers_cleared=("watch",))
    for write in (again, stale):
        beside = await store.load(["b"])
        version = beside["b"].call.version
        good = Write("b", version, call("b", version + 1), journal=(JournalRow(version, 1.0, "{}"),))
        assert await store.commit([write, good]) == {"a"}
        assert await store.load(["a"]) == before
        assert (await store.load(["b"]))["b"].call.version == version + 1
    assert len(await store.journal("a")) == 1


async def outbox_rows_alone_need_no_version(store: Store) -> None:
    await store.commit([created("a")])
    only = Write("a", 1, None, outbox=(action(0, state="given_up", attempts=3, error="503"),))
    assert await store.commit([only]) == frozenset()
    assert (await store.load(["a"]))["a"].call.version == 1
    assert (await store.outbox("a"))[0] == action(0, state="given_up", attempts=3, error="503")


async def finds_what_is_unfinished(store: Store) -> None:
    assert await store.unfinished() == Unfinished((), (), 0)
    ended = Write("c", 0, call("c", status="ended"), outbox=(action(0, next_at=50.0),))
    done = Write("d", 0, call("d"), outbox=(action(0, state="done"),))
    await store.commit([created("a"), ended, done])
    unfinished = await store.unfinished()
    assert unfinished.timers == (("a", TimerRow("input", 2, 110.5)), ("a", TimerRow("watch", 1, 160.0)))
    assert sorted(unfinished.actions) == [("a", 2, 100.25), ("c", 1, 50.0)]
    assert unfinished.live == 2


async def lists_calls_that_go_on_oldest_first(store: Store) -> None:
    for name, status, began in (("b", "live", 2.0), ("a", "live", 2.0), ("old", "live", 1.0), ("over", "ended", 1.5)):
        await store.commit([created(name, status=status, began=began)])
    assert [row.id for row in await store.live((0.0, ""), 10)] == ["old", "a", "b"]
    assert [row.id for row in await store.live((2.0, "a"), 10)] == ["b"]
    assert await store.live((0.0, ""), 1) == (call("old", began=1.0),)
    await store.commit([Write("a", 1, call("a", 2, status="ended"))])
    assert [row.id for row in await store.live((1.0, "old"), 10)] == ["b"]


async def forgets_old_calls_that_ended(store: Store) -> None:
    rows = [("old", "ended", 10.0), ("older", "ended", 9.0), ("fresh", "ended", 90.0), ("live", "live", 1.0)]
    for name, status, updated in rows:
        await store.commit([created(name, status=status, updated=updated, script="s1" if name != "old" else "s0")])
    assert await store.purge(50.0, 1) == 1
    assert await store.purge(50.0, 10) == 1
    assert await store.purge(50.0, 10) == 0
    assert set(await store.load([name for name, *_ in rows])) == {"fresh", "live"}
    assert (await store.journal("old"), await store.outbox("old")) == ((), ())
    assert {call_id for call_id, _ in (await store.unfinished()).timers} == {"fresh", "live"}
    assert await store.script("s1") is not None
    await store.commit([Write("fresh", 1, call("fresh", 2, status="ended")), Write("live", 1, call("live", 2))])
    assert await store.purge(1e9, 10) == 1
    assert await store.script("s1") is not None


async def remembers_switches(store: Store) -> None:
    assert await store.switches() == {}
    for name, on in (("emergency", True), ("snow", False), ("emergency", False), ("snow", True)):
        await store.set_switch(name, on, 5.0)
    assert await store.switches() == {"emergency": False, "snow": True}


async def keeps_each_thing_until_its_time(store: Store) -> None:
    await store.keep(Kept("value", "topic", "+1", "billing", 100.0))
    await store.keep(Kept("value", "topic", "+2", "Grüße \\ud83d", 100.0))
    await store.keep(Kept("value", "other", "+1", "", 100.0))
    await store.keep(Kept("note", "topic", "+1", "note", 100.0))
    assert await store.kept("value", "topic", "+1", 99.0) == "billing"
    assert await store.kept("value", "topic", "+2", 99.0) == "Grüße \\ud83d"
    assert await store.kept("value", "other", "+1", 99.0) == ""
    assert await store.kept("value", "topic", "+3", 99.0) is None
    assert await store.kept("value", "topic", "+1", 100.0) is None
    await store.keep(Kept("value", "topic", "+1", "sales", 200.0))
    assert await store.kept("value", "topic", "+1", 199.0) == "sales"
    await store.drop("value", "topic", "+1")
    await store.drop("value", "topic", "nobody")
    assert await store.kept("value", "topic", "+1", 99.0) is None
    assert await store.kept("note", "topic", "+1", 99.0) == "note"


async def rewrites_what_may_not_be_kept(store: Store) -> None:
    more = replace(created("a"), journal=tuple(JournalRow(n, 100.0 + n, f"event {n}") for n in range(3)))
    await store.commit([more, created("b")])
    await store.rewrite("a", [JournalRow(1, 0.0, "gone"), JournalRow(7, 0.0, "never was")])
    assert [(row.n, row.at, row.event) for row in await store.journal("a")] == [
        (0, 100.0, "event 0"), (1, 101.0, "gone"), (2, 102.0, "event 2"),
    ]  # fmt: skip
    assert [row.event for row in await store.journal("b")] == ['{"$":"CallOffered"}']
    assert (await store.load(["a"]))["a"].call.version == 1, "no event of the call: nobody is in conflict"


async def counts_each_request_once(store: Store) -> None:
    numbers = await asyncio.gather(*(store.count("pins", "c-1", f"rid-{n}", 100.0, 10.0) for n in range(20)))
    assert sorted(numbers) == list(range(1, 21))
    assert await store.count("pins", "c-1", "rid-7", 100.0, 50.0) == numbers[7]
    assert await store.count("pins", "c-2", "rid-a", 100.0, 50.0) == 1
    assert await store.count("cards", "c-1", "rid-b", 100.0, 50.0) == 1
    assert await store.count("pins", "c-1", "rid-c", 300.0, 99.0) == 21
    assert await store.count("pins", "c-1", "rid-d", 400.0, 299.0) == 22
    assert await store.count("pins", "c-1", "rid-e", 500.0, 400.0) == 1


async def a_request_is_claimed_once(store: Store) -> None:
    claims = await asyncio.gather(*(store.claim("rid-1", 100.0) for _ in range(20)))
    assert sorted(claims) == [False] * 19 + [True]
    assert await store.claim("rid-2", 100.0)


async def tells_everything_that_is_kept_of_one_kind(store: Store) -> None:
    for entry in (
        Kept("job", "b", "0", "second", 100.0),
        Kept("job", "a", "1", "first", 100.0),
        Kept("job", "a", "0", "over", 50.0),
        Kept("jobs", "a", "0", "another kind", 100.0),
    ):
        await store.keep(entry)
    assert await store.every_kept("job", 60.0) == (
        Kept("job", "a", "1", "first", 100.0),
        Kept("job", "b", "0", "second", 100.0),
    )
    await store.drop("job", "a", "1")
    assert [each.text for each in await store.every_kept("job", 0.0)] == ["over", "second"]
    assert await store.every_kept("nothing", 0.0) == ()


async def forgets_what_was_kept_until_long_ago(store: Store) -> None:
    await store.keep(Kept("value", "topic", "+1", "old", 49.0))
    await store.keep(Kept("value", "topic", "+2", "fresh", 51.0))
    assert await store.claim("old", 49.0)
    assert await store.claim("fresh", 51.0)
    assert await store.purge(50.0, 10) == 0
    assert await store.kept("value", "topic", "+1", 0.0) is None
    assert await store.kept("value", "topic", "+2", 0.0) == "fresh"
    assert await store.claim("old", 99.0)
    assert not await store.claim("fresh", 99.0)


async def is_unavailable_after_it_was_closed(store: Store) -> None:
    await store.ping()
    await store.close()
    with pytest.raises(StoreUnavailable):
        await store.commit([created("a")])
    await store.close()


CONTRACT = [
    keeps_a_call_whole,
    writes_what_changed,
    a_conflict_keeps_nothing_of_its_call_and_all_of_the_others,
    outbox_rows_alone_need_no_version,
    finds_what_is_unfinished,
    lists_calls_that_go_on_oldest_first,
    forgets_old_calls_that_ended,
    remembers_switches,
    keeps_each_thing_until_its_time,
    rewrites_what_may_not_be_kept,
    counts_each_request_once,
    a_request_is_claimed_once,
    tells_everything_that_is_kept_of_one_kind,
    forgets_what_was_kept_until_long_ago,
    is_unavailable_after_it_was_closed,
]


@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
@pytest.mark.parametrize("name", STORES)
def test_contract(name: str, clause: Callable[[Store], Awaitable[None]], tmp_path: Path) -> None:
    with_store(STORES[name], tmp_path, clause)
