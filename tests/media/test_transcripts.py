"""What was said is read from journals, and forgotten there when recordings are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from interpreter.engine import script_hash
from interpreter.journal import PROTOCOL
from interpreter.media import transcripts
from interpreter.media.transcripts import Forgetting, lines
from interpreter.protocol import CallOffered, Event, Utterance
from interpreter.store import CallRow, JournalRow, ScriptRow, Write
from interpreter.store.sqlite import SqliteStore

ASKS, DOES_NOT = "step a\n    transcribe  call start\n", "step a\n    hang up\n"


def ended(call: str, at: float, script: str = ASKS, text: str = "Hello, it is me.") -> Write:
    row = CallRow(call, 0, 1, "ended", script_hash(script), "{}", "cc", "", "+1", "+2", b"", 2, 0, at - 10.0, at)
    events: list[Event] = [CallOffered(at - 10.0, "+1", "+2"), Utterance(at - 5.0, "caller", text, "en-US")]
    journal = tuple(JournalRow(n, event.at, PROTOCOL.encode(event)) for n, event in enumerate(events))
    return Write(call, 0, row, ScriptRow(script_hash(script), "main.ivr", script), journal)


def with_store(folder: Path, story: Callable[[SqliteStore], Awaitable[None]]) -> None:
    async def run() -> None:
        store = SqliteStore.open(folder / "ivr.db")
        try:
            await story(store)
        finally:
            await store.close()

    asyncio.run(run())


async def said(store: SqliteStore, call: str) -> list[str]:
    return [each.said.text for each in lines(await store.journal(call))]


def test_what_was_said_before_a_time_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    async def story(store: SqliteStore) -> None:
        await store.commit([ended("old", 100.0), ended("new", 200.0)])
        forgetting = Forgetting(store)
        assert await forgetting.forget(150.0) == 1
        assert await said(store, "old") == []
        assert await said(store, "new") == ["Hello, it is me."]
        assert not any("it is me" in row.event for row in await store.journal("old"))
        assert [type(PROTOCOL.decode(row.event)) for row in await store.journal("old")] == [CallOffered, Utterance]
        assert (
            b"Hello, it is me." not in PROTOCOL.encode(PROTOCOL.decode((await store.journal("old"))[1].event)).encode()
        )
        assert await forgetting.forget(150.0) == 0
        assert await forgetting.forget(300.0) == 1
        assert await said(store, "new") == []

    with_store(tmp_path, story)


def test_a_script_that_cannot_transcribe_is_not_looked_into(tmp_path: Path) -> None:
    async def story(store: SqliteStore) -> None:
        await store.commit([ended("a", 100.0, DOES_NOT)])
        assert await Forgetting(store).forget(150.0) == 0
        assert await said(store, "a") == ["Hello, it is me."], "it was put there by this test alone"

    with_store(tmp_path, story)


def test_what_was_recognised_in_streamed_audio_is_forgotten_too(tmp_path: Path) -> None:
    async def story(store: SqliteStore) -> None:
        await store.commit([ended("a", 100.0, "step a\n    stream  audio start\n")])
        assert await Forgetting(store).forget(150.0) == 1
        assert await said(store, "a") == []

    with_store(tmp_path, story)


def test_many_calls_that_ended_at_one_moment_are_all_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "TOGETHER", 3)

    async def story(store: SqliteStore) -> None:
        await store.commit([ended(f"call-{n}", 100.0) for n in range(11)] + [ended("later", 101.0)])
        assert await Forgetting(store).forget(150.0) == 12
        assert [text for n in range(11) for text in await said(store, f"call-{n}")] == []

    with_store(tmp_path, story)


def test_reading_on_behind_a_place() -> None:
    rows = [
        JournalRow(n, 1.0, PROTOCOL.encode(Utterance(1.0, "caller", f"number {n}"))) for n in range(4)
    ]  # fmt: skip
    assert [each.n for each in lines(rows, 1)] == [2, 3]
    assert [each.said.text for each in lines(rows)] == ["number 0", "number 1", "number 2", "number 3"]
