"""The files of recordings, brought here from the service, which keeps each for one day.

Theory of operation: Event Grid says that a file is there. What there is to fetch is kept in the store before Event Grid
gets its answer, one job a chunk, so it survives a restart. A job is tried until it is done, with growing pauses, for a
day; then the file is lost, and that is told. What was fetched is remembered for a week: Event Grid delivers at least
once, and a recording that was deleted here meanwhile must not come back.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from typing import Literal, TypeAlias

import aiohttp

from interpreter.azure.downloads import Downloads
from interpreter.azure.eventgrid import File
from interpreter.ports import Clock
from interpreter.recordings import REMEMBERED, RecordingNotes
from interpreter.recordings.about import Beside, Job, Sound, Witness, describe, read_beside
from interpreter.recordings.shelf import RecordingsUnavailable, Shelf, length
from interpreter.store import Kept, Store, StoreUnavailable

log = logging.getLogger(__name__)

JOB, DONE = "recording to fetch", "recording fetched"
LOST = 86_400.0
"""Seconds after which a file that could not be fetched is lost: the host does not keep it longer."""
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 3_600.0
"""Seconds until a file that could not be fetched is fetched again: doubled from the first to the second."""
AT_A_TIME = 4
"""Files that are fetched side by side."""
LONGEST_BESIDE = 1_048_576
"""Bytes of what the service knows of a file."""
LONGEST_SLEEP = 60.0

Fate: TypeAlias = Literal["kept", "late", "lost", "leaked"]
"""``leaked``: kept, too, but a pause has not held in it."""
Tell: TypeAlias = Callable[[Fate], None]


def _nobody(fate: Fate) -> None:
    """Nobody counts."""


class RecordingFiles:
    """Fetches the files of calls' recordings. ``container`` is a storage of our own, where the service writes to: what
    is there stays there. All methods belong to one event loop."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        shelf: Shelf,
        downloads: Downloads,
        witness: Witness,
        container: str | None = None,
    ) -> None:
        self.notes = RecordingNotes(store, clock)
        self.shelf = shelf
        self._store, self._clock, self._downloads, self._witness = store, clock, downloads, witness
        self._container = container
        self.tell: Tell = _nobody
        """Told what becomes of each file: for whoever counts."""
        self._jobs: dict[tuple[str, str], Job] = {}
        self._flying: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(AT_A_TIME)
        self._wake = asyncio.Event()

    async def start(self) -> None:
        """Take up what is to be fetched. Raises `StoreUnavailable`."""
        for row in await self._store.every_kept(JOB, self._clock.now()):
            try:
                job = Job(**json.loads(row.text))
            except (ValueError, TypeError):
                log.error("a recording to fetch cannot be read: %s", row.name[:40])
                continue
            self._jobs[job.key] = job

    async def take(self, file: File) -> None:
        """A file is there. Raises `StoreUnavailable` when that cannot be kept: then it has to be announced again."""
        call = await self.notes.call_of(file.recording)
        if not call:
            return  # a message, which the floor fetches, or not of ours at all
        now = self._clock.now()
        for chunk in file.chunks:
            job = Job(
                call, file.recording, chunk.index, len(file.chunks), chunk.address, chunk.metadata,
                file.started or now - file.seconds, file.seconds, chunk.ended or file.ended, file.unmixed, now, due=now,
            )  # fmt: skip
            if job.key in self._jobs or await self._store.kept(DONE, *job.key, now) is not None:
                continue
            await self._keep(job)
            self._jobs.setdefault(job.key, job)
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch what is due, until it is to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                self._wake.clear()
                self.begin_due()
                due = self.next_due()
                sleep = LONGEST_SLEEP if due is None else min(max(due - self._clock.now(), 0.05), LONGEST_SLEEP)
                waking = asyncio.ensure_future(self._wake.wait())
                await asyncio.wait({waking, stopping}, timeout=sleep, return_when=asyncio.FIRST_COMPLETED)
                waking.cancel()
        finally:
            stopping.cancel()

    def begin_due(self) -> None:
        """Begin to fetch all that is due."""
        now = self._clock.now()
        for key, job in self._jobs.items():
            if job.due <= now and key not in self._flying:
                self._flying[key] = asyncio.get_running_loop().create_task(self._fetch(job))
                self._flying[key].add_done_callback(partial(self._landed, key))

    def next_due(self) -> float | None:
        """When something is to be fetched next, of what is not under way."""
        return min((job.due for key, job in self._jobs.items() if key not in self._flying), default=None)

    @property
    def under_way(self) -> int:
        """How many files are being fetched."""
        return len(self._flying)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._flying:
            await asyncio.gather(*self._flying.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Leave off. What was begun is begun again after the next start."""
        for task in tuple(self._flying.values()):
            task.cancel()
        await asyncio.gather(*self._flying.values(), return_exceptions=True)

    # ----------------------------------------------------------------------------------------------------------------
    # One file

    def _landed(self, key: tuple[str, str], task: asyncio.Task[None]) -> None:
        del self._flying[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.critical("fetching a recording has failed", exc_info=error)
            if (job := self._jobs.get(key)) is not None:
                self._jobs[key] = replace(job, due=self._clock.now() + LONGEST_PAUSE)
        self._wake.set()

    async def _fetch(self, job: Job) -> None:
        async with self._places:
            try:
                await self._bring(job)
                await self._store.keep(Kept(DONE, *job.key, "", self._clock.now() + REMEMBERED))
                await self._store.drop(JOB, *job.key)
            except (
                RecordingsUnavailable, StoreUnavailable, OSError, aiohttp.ClientError, TimeoutError, ValueError
            ) as error:  # fmt: skip
                await self._not_yet(job, str(error) or type(error).__name__)
                return
        del self._jobs[job.key]
        self.tell("kept")
        log.info("call %s: recording %s is here", job.call, job.name)

    async def _bring(self, job: Job) -> None:
        moments, caller = await self._witness.moments(job), await self._witness.caller(job.call)
        place = self._elsewhere(job)
        if place:
            await self.shelf.keep(job.name, describe(job, None, place, None, moments, []), None)
            return
        part = await self.shelf.part(job.name)
        digest = await self._downloads.save(job.address, part)
        seconds, tracks = await asyncio.to_thread(length, part)
        sound = Sound(seconds, tracks, digest, (await asyncio.to_thread(part.stat)).st_size)
        beside = await self._beside(job)
        people = [
            {"who": self._witness.who(raw_id, caller), "channel": channel}
            for raw_id, channel in (beside.people if beside is not None else ())
        ]
        about = describe(job, sound, "", beside, moments, people)
        if about["held"] is False:
            log.critical("call %s: recording %s holds what was said in a pause", job.call, job.name)
            self.tell("leaked")
        await self.shelf.keep(job.name, about, part)

    def _elsewhere(self, job: Job) -> str:
        """The address of a file that is in our own storage already, without what grants access to it."""
        address = job.address.partition("?")[0]
        return address if self._container and address.startswith(self._container.partition("?")[0]) else ""

    async def _beside(self, job: Job) -> Beside | None:
        """What the service knows of the file. The sound is not given up for it."""
        if not job.metadata:
            return None
        try:
            return read_beside(await self._downloads.read(job.metadata, LONGEST_BESIDE))
        except ValueError as error:
            log.warning("recording %s: what the service knows of it cannot be read: %s", job.name, error)
            return None

    async def _not_yet(self, job: Job, why: str) -> None:
        now = self._clock.now()
        if now - job.announced >= LOST:
            log.error("call %s: recording %s is lost: %s", job.call, job.name, why)
            self.tell("lost")
            del self._jobs[job.key]
            with suppress(StoreUnavailable):
                await self._store.drop(JOB, *job.key)
            return
        pause = min(FIRST_PAUSE * 2.0 ** min(job.tries, 16), LONGEST_PAUSE)
        log.error("call %s: recording %s is not here yet, again in %d s: %s", job.call, job.name, pause, why)
        self.tell("late")
        again = replace(job, tries=job.tries + 1, due=min(now + pause, job.announced + LOST))
        self._jobs[job.key] = again
        # Where the store is away, the job of before is there after a restart.
        with suppress(StoreUnavailable):
            await self._keep(again)

    async def _keep(self, job: Job) -> None:
        await self._store.keep(Kept(JOB, *job.key, json.dumps(asdict(job)), job.announced + LOST + LONGEST_PAUSE))
