"""Audio files of play sources, fetched so that they last as long as they are."""

from __future__ import annotations

import asyncio
import io
import logging
import wave
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import aiohttp

from emulator.activity import Activity
from emulator.model import Segment
from emulator.results import FILE_FORMAT, FILE_MISSING

log = logging.getLogger("emulator.audio")

TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class Fetcher:
    """Downloads files; a file that cannot be had fails with 8536, one that is no WAV with 8535."""

    activity: Activity
    session: Callable[[], aiohttp.ClientSession]
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def fetch(self, segments: tuple[Segment, ...], then: Callable[[tuple[Segment, ...]], None]) -> None:
        """Give the segments with their true lengths to `then`."""
        self.activity.begin()
        task = asyncio.get_running_loop().create_task(self._all(segments, then))
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        self.activity.end()

    async def _all(self, segments: tuple[Segment, ...], then: Callable[[tuple[Segment, ...]], None]) -> None:
        then(tuple(await asyncio.gather(*(self._one(segment) for segment in segments))))

    async def _one(self, segment: Segment) -> Segment:
        if segment.uri is None:
            return segment
        try:
            async with self.session().get(segment.uri, timeout=TIMEOUT) as response:
                response.raise_for_status()
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("%s could not be fetched: %s", segment.uri, error)
            return replace(segment, fault=FILE_MISSING)
        if segment.uri.partition("?")[0].lower().endswith(".mp3"):
            return segment
        try:
            with wave.open(io.BytesIO(content)) as audio:
                return replace(segment, seconds=audio.getnframes() / audio.getframerate())
        except (wave.Error, EOFError) as error:
            log.warning("%s is no WAV file: %s", segment.uri, error)
            return replace(segment, fault=FILE_FORMAT)
