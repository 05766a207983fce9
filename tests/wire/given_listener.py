"""A listener that a test gives: it keeps what it is fed, and hears what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from interpreter.listening import Broke, Heard, Sound
from interpreter.media.voice import LOUD, loudness

FRAME = 640
"""Bytes of 20 ms."""
ENDS = 5
"""Silent frames that end a sentence."""


@dataclass(eq=False)
class Given:
    """``fed`` is what it was given in its order. ``may_start`` holds its start back where there is one."""

    languages: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    may_start: asyncio.Event | None = None
    fed: bytearray = field(default_factory=bytearray)
    started: bool = False
    finished: bool = False
    closed: bool = False
    sounds: asyncio.Queue[Sound | None] = field(default_factory=asyncio.Queue)

    async def start(self) -> None:
        if self.may_start is not None:
            await self.may_start.wait()
        self.started = True

    def feed(self, pcm: bytes) -> None:
        assert not self.finished, "sound behind the end"
        self.fed += pcm

    def finish(self) -> None:
        self.finished = True

    async def heard(self) -> AsyncIterator[Sound]:
        while (sound := await self.sounds.get()) is not None:
            yield sound
            if isinstance(sound, Broke):
                return

    async def close(self) -> None:
        self.closed = True
        self.sounds.put_nowait(None)

    def hears(self, text: str, language: str = "en-US", *, final: bool = True) -> None:
        self.sounds.put_nowait(Heard(text, language, 0.0, 1.0, final))


@dataclass(eq=False)
class Counting(Given):
    """Hears how many frames long a sound was, once it is silent again. ``slow`` keeps that back until `late`."""

    slow: bool = False
    loud: int = 0
    silent: int = 0
    kept_back: list[str] = field(default_factory=list)

    def feed(self, pcm: bytes) -> None:
        super().feed(pcm)
        for place in range(0, len(pcm), FRAME):
            if loudness(pcm[place : place + FRAME]) >= LOUD:
                self.loud, self.silent = self.loud + 1, 0
                continue
            self.silent += 1
            if self.loud and self.silent == ENDS:
                text, self.loud = f"{self.loud} frames of speech", 0
                self.kept_back.append(text) if self.slow else self.hears(text)

    def late(self) -> None:
        for text in self.kept_back:
            self.hears(text)
        self.kept_back.clear()


@dataclass
class Maker:
    """Makes them, and has all that it made."""

    make: Callable[[], Given] = Given
    made: list[Given] = field(default_factory=list)

    def __call__(self, languages: Sequence[str], phrases: Sequence[str]) -> Given:
        listener = self.make()
        listener.languages, listener.phrases = tuple(languages), tuple(phrases)
        self.made.append(listener)
        return listener


async def until(done: Callable[[], bool]) -> None:
    """Let the loop run until it is so."""
    async with asyncio.timeout(20):
        while not done():  # noqa: ASYNC110 - as many rounds as it takes
            await asyncio.sleep(0)
