"""Recordings in a folder of this machine: ``NAME.wav``, and ``NAME.json`` that makes it a recording.

The sound is written first and what is known of it last, and that is taken away first. A recording that the service has
written into a storage of our own has no sound here, only what is known of it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from interpreter import durable

log = logging.getLogger(__name__)

T = TypeVar("T")
About: TypeAlias = Mapping[str, Any]
"""What is known of a recording, as JSON has it. It has at least ``recording`` (its name here) and ``at`` (when it was
begun, epoch seconds)."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


class RecordingsUnavailable(Exception):  # noqa: N818 - what is the case
    """The folder cannot be read or written. The text names no caller."""


def is_name(name: str) -> bool:
    """Whether this can be the name of a recording: nothing leads out of the folder."""
    return _NAME.fullmatch(name) is not None


class Shelf:
    """The recordings in a folder, which is made when it is needed. Every method raises `RecordingsUnavailable`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def probe(self) -> None:
        """Write something, and take it away again."""
        await self._do(self._probe)

    async def part(self, name: str) -> Path:
        """Where the sound of a recording is to be written, before it is kept."""
        assert is_name(name)
        await self._do(lambda: self.path.mkdir(parents=True, exist_ok=True))
        return self.path / f"{name}.wav{durable.PART}"

    async def keep(self, name: str, about: About, part: Path | None) -> None:
        """Keep a recording in the place of one of the same name, with the sound that was written."""
        assert is_name(name)
        described = json.dumps(dict(about), indent=1).encode()
        await self._do(lambda: self._keep(name, described, part, float(about["at"])))

    async def has(self, name: str) -> bool:
        """Whether this recording is here."""
        return await self._do((self.path / f"{name}.json").exists)

    async def latest(self, limit: int, call: str = "") -> Sequence[About]:
        """What is known of the recordings that came last, the latest begun first; of one call only where it is named.
        What cannot be read is logged and left out."""
        return await self._do(lambda: self._latest(limit, call)) if not call or is_name(call) else ()

    async def about(self, name: str) -> About | None:
        """What is known of a recording, ``None`` when there is none."""
        return await self._do(lambda: self._read(self.path / f"{name}.json")) if is_name(name) else None

    async def sound(self, name: str) -> Path | None:
        """Where the sound of a recording is, ``None`` when there is none here."""
        if not is_name(name) or not await self.has(name):
            return None
        path = self.path / f"{name}.wav"
        return path if await self._do(path.exists) else None

    async def delete(self, name: str) -> bool:
        """Delete a recording. False when there is none."""
        return is_name(name) and await self._do(lambda: self._delete(name))

    async def forget(self, before: float) -> int:
        """Delete the recordings that were begun before this time (epoch seconds), and what was left of those that were
        only kept in part. Returns how many recordings."""
        return await self._do(lambda: self._forget(before))

    async def _do(self, work: Callable[[], T]) -> T:
        """In a thread, since a disk may take its time."""
        with _told(self.path):
            return await asyncio.to_thread(work)

    # ----------------------------------------------------------------------------------------------------------------
    # Blocking

    def _probe(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        probe = self.path / ".probe"
        with durable.create(probe) as file:
            file.write(b"1")
        probe.unlink()

    def _keep(self, name: str, described: bytes, part: Path | None, at: float) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        if part is not None:
            part.replace(self.path / f"{name}.wav")
        path = self.path / f"{name}.json"
        durable.write(path, described)
        # Whoever looks for the newest or the oldest need not read them all.
        os.utime(path, (at, at))
        durable.flush(self.path)

    def _latest(self, limit: int, call: str) -> Sequence[About]:
        begins = f"{call}." if call else ""
        files = [each for each in self._files(".json") if each[1].name.startswith(begins)]
        found = [self._read(path) for _, path in sorted(files, reverse=True)[:limit]]
        return sorted((each for each in found if each is not None), key=lambda each: -float(each["at"]))

    def _files(self, suffix: str) -> Iterator[tuple[float, Path]]:
        """The time of each file, which is that of its recording where it describes one, and where it is."""
        if not self.path.is_dir():
            return
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name.endswith(suffix):
                    yield entry.stat().st_mtime, Path(entry.path)

    def _read(self, path: Path) -> About | None:
        try:
            found = json.loads(path.read_bytes())
            if isinstance(found, dict) and is_name(str(found["recording"])):
                float(found["at"])
                return found
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, RecursionError):
            pass
        log.error("%s cannot be read: it is no description of a recording", path.name)
        return None

    def _delete(self, name: str) -> bool:
        try:
            (self.path / f"{name}.json").unlink()
        except FileNotFoundError:
            return False
        (self.path / f"{name}.wav").unlink(missing_ok=True)
        return True

    def _forget(self, before: float) -> int:
        old = [path for stamp, path in self._files(".json") if stamp < before]
        known = [each for each in (self._read(path) for path in old) if each is not None]
        gone = sum(self._delete(str(each["recording"])) for each in known if float(each["at"]) < before)
        for stamp, path in (*self._files(".wav"), *self._files(durable.PART)):
            if stamp < before and not path.with_suffix(".json").exists():
                path.unlink(missing_ok=True)
        return gone


def length(path: Path) -> tuple[float, int]:
    """Seconds and channels of a WAV file. Raises `ValueError` for what is none, and `OSError`."""
    try:
        with wave.open(str(path)) as sound:
            return round(sound.getnframes() / sound.getframerate(), 3), sound.getnchannels()
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise ValueError(f"not a WAV file: {str(error) or type(error).__name__}") from None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RecordingsUnavailable(f"{path}: {error.strerror or error}") from error
