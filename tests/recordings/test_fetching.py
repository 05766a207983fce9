"""Files of recordings, from the event to the folder: in parts, in spite of failures, over restarts, and once."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import wave
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from interpreter.azure.downloads import Downloads
from interpreter.azure.eventgrid import Chunk, File
from interpreter.azure.transport import open_session
from interpreter.recordings.about import Witness
from interpreter.recordings.fetching import JOB, LOST, RecordingFiles
from interpreter.recordings.shelf import Shelf
from interpreter.site import Site
from interpreter.store import Kept
from interpreter.store.sqlite import MEMORY, SqliteStore

KEY = "YSBrZXkgb2YgYSB0ZXN0"
BEGAN = 1_784_139_310.0
SIDE = {
    "chunkStartTime": "2026-07-15T18:15:10Z",
    "pauseResumeIntervals": [],
    "participants": [{"participantId": "4:+14255550177", "channel": 0}, {"participantId": "4:+15551230001"}],
}


def sound(seconds: float) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * round(16_000 * seconds)))
    return made.getvalue()


@dataclass
class Clock:
    at: float = BEGAN + 60.0

    def now(self) -> float:
        return self.at


@dataclass
class Place:
    """The service's storage, and what fetches from it. ``answers`` are given once each, in the order of requests for a
    path; then the file is there."""

    folder: Path
    store: SqliteStore
    clock: Clock
    base: str = ""
    answers: dict[str, list[web.Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    make: Callable[[], RecordingFiles] = field(default=lambda: None)  # type: ignore[assignment]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.headers["Authorization"].startswith("HMAC-SHA256 ")
        self.asked.append(request.path)
        if self.answers.get(request.path):
            return self.answers[request.path].pop(0)
        if request.path.endswith("acsmetadata"):
            return web.json_response(SIDE)
        return web.Response(body=sound(2.0 if "one" in request.path else 1.0))

    def file(self, *parts: str, recording: str = "rec-1") -> File:
        chunks = tuple(
            Chunk(place, f"{self.base}/{part}/content/audio", f"{self.base}/{part}/content/acsmetadata", "SessionEnded")
            for place, part in enumerate(parts)
        )
        return File(recording, chunks, BEGAN, 3.0, "CallEnded")

    def kept(self) -> Mapping[str, Any]:
        return {path.name: json.loads(path.read_bytes()) for path in sorted(self.folder.glob("calls/*.json"))}


def run(tmp_path: Path, story: Callable[[Place], Awaitable[None]]) -> Place:
    async def main() -> Place:
        place = Place(tmp_path, SqliteStore.open(MEMORY), Clock())
        app = web.Application()
        app.router.add_route("*", "/{any:.*}", place.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        place.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with open_session(None, 5.0) as session:

                def make() -> RecordingFiles:
                    site = Site.parse('[numbers]\ndesk = "+14255550177"\n', tmp_path)
                    downloads = Downloads(lambda: session, place.base, KEY)
                    witness = Witness(site, place.store)
                    made = RecordingFiles(place.store, place.clock, Shelf(tmp_path / "calls"), downloads, witness)
                    made.tell = place.told.append
                    return made

                place.make = make
                await make().notes.begun("call-1", "rec-1")
                await story(place)
        finally:
            await runner.cleanup()
            await place.store.close()
        return place

    return asyncio.run(main())


async def fetched(files: RecordingFiles) -> None:
    files.begin_due()
    await files.idle()


def test_a_recording_in_parts_is_kept_in_parts(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        files = place.make()
        await files.take(place.file("one", "two"))
        await fetched(files)
        assert files.next_due() is None

    place = run(tmp_path, story)
    one, two = place.kept().values()
    assert (one["chunk"], two["chunk"], one["chunks"], two["chunks"]) == (0, 1, 2, 2)
    assert (one["seconds"], two["seconds"]) == (2.0, 1.0)
    assert one["recording"].rpartition(".")[0] == two["recording"].rpartition(".")[0]
    assert one["participants"] == [{"who": "desk", "channel": 0}, {"who": "…0001", "channel": None}]
    assert place.told == ["kept", "kept"]
    assert len(place.asked) == 4


def test_one_part_that_fails_holds_up_no_other_and_is_fetched_again(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        wrong = [web.Response(status=500), web.Response(text="<html>"), web.Response(status=404)]
        place.answers["/two/content/audio"] = wrong
        files = place.make()
        await files.take(place.file("one", "two"))
        await fetched(files)
        assert len(place.kept()) == 1
        pauses = []
        while (due := files.next_due()) is not None:
            pauses.append(due - place.clock.at)
            place.clock.at = due
            await fetched(files)
        assert pauses == [30.0, 60.0, 120.0], "longer and longer"

    place = run(tmp_path, story)
    assert len(place.kept()) == 2
    assert sorted(place.told) == ["kept", "kept", "late", "late", "late"]
    assert not list(tmp_path.glob("calls/*.part"))


def test_a_restart_takes_up_what_is_to_be_fetched_and_only_that(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.answers["/two/content/audio"] = [web.Response(status=503)]
        first = place.make()
        await first.take(place.file("one", "two"))
        await fetched(first)
        await first.stop()
        second = place.make()
        await second.start()
        assert second.next_due() == place.clock.at + 30.0
        place.clock.at += 30.0
        await fetched(second)
        await second.take(place.file("one", "two"))  # Event Grid says it again
        await fetched(second)
        third = place.make()
        await third.start()
        assert third.next_due() is None

    place = run(tmp_path, story)
    assert len(place.kept()) == 2
    assert sorted(path for path in place.asked if path.endswith("audio")) == [
        "/one/content/audio", "/two/content/audio", "/two/content/audio",
    ]  # fmt: skip


def test_what_the_service_writes_beside_is_not_needed(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        place.answers["/one/content/acsmetadata"] = [web.Response(status=404)]
        files = place.make()
        await files.take(place.file("one"))
        await fetched(files)

    place = run(tmp_path, story)
    [about] = place.kept().values()
    assert (about["service_pauses"], about["held"], about["seconds"], about["at"]) == (None, None, 2.0, BEGAN)


def test_a_file_of_nobody_s_is_left_alone(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        files = place.make()
        await files.take(place.file("one", recording="somebody else's"))
        assert files.next_due() is None
        other = File("rec-1", (Chunk(0, "https://evil.example/x"),), BEGAN, 1.0)
        await files.take(other)
        await fetched(files)
        assert place.asked == [], "only the service is shown who we are"
        assert place.told == ["late"]

    run(tmp_path, story)


def test_what_cannot_be_had_for_a_day_is_lost_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(place: Place) -> None:
        place.answers["/one/content/audio"] = [web.Response(status=404) for _ in range(99)]
        files, announced = place.make(), place.clock.at
        await files.take(place.file("one"))
        await fetched(files)
        while (due := files.next_due()) is not None:
            place.clock.at = due
            await fetched(files)
        assert place.clock.at - announced == LOST
        assert await place.store.every_kept(JOB, 0.0) == ()

    place = run(tmp_path, story)
    assert place.told[-1] == "lost"
    assert set(place.told[:-1]) == {"late"}
    assert "is lost: the service answers 404" in caplog.text


def test_a_job_that_cannot_be_read_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(place: Place) -> None:
        await place.store.keep(Kept(JOB, "rec-9", "0", '{"of": "another version"}', 2e9))
        files = place.make()
        await files.start()
        assert files.next_due() is None

    caplog.set_level(logging.ERROR)
    run(tmp_path, story)
    assert "cannot be read" in caplog.text


def test_the_loop_fetches_by_itself_and_ends_when_it_is_to(tmp_path: Path) -> None:
    async def story(place: Place) -> None:
        files, stop = place.make(), asyncio.Event()
        loop = asyncio.create_task(files.run(stop))
        await files.take(place.file("one"))
        async with asyncio.timeout(10.0):
            while place.told != ["kept"]:  # noqa: ASYNC110 - until the loop has been there
                await asyncio.sleep(0)
        stop.set()
        async with asyncio.timeout(10.0):
            await loop
        await files.stop()

    run(tmp_path, story)
