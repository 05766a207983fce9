"""Messages in a folder of this machine: ``NAME.wav``, and ``NAME.json`` that makes it a message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from interpreter import durable
from interpreter.messages import About, MessagesUnavailable, about_from, check_name, in_order, is_name, log

T = TypeVar("T")


class Folder:
    """A `Messages` in a folder, which is made when it is needed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def usable(self) -> bool:
        try:
            await self._do(self._probe)
        except MessagesUnavailable as error:
            log.error("messages cannot be kept: %s", error)
            return False
        return True

    async def save(self, name: str, sound: bytes, about: About) -> None:
        check_name(name)
        described = json.dumps(dict(about)).encode()
        await self._do(lambda: self._keep(name, sound, described))

    async def list(self) -> Sequence[About]:
        return await self._do(self._list)

    async def open(self, name: str) -> bytes | None:
        return await self._do(lambda: self._sound(name)) if is_name(name) else None

    async def delete(self, name: str) -> bool:
        return is_name(name) and await self._do(lambda: self._delete(name))

    async def forget(self, before: float) -> int:
        return await self._do(lambda: self._forget(before))

    async def close(self) -> None: ...

    async def _do(self, work: Callable[[], T]) -> T:
        """In a thread, since a disk may take its time."""
        with _told(self.path):
            return await asyncio.to_thread(work)

    # ----------------------------------------------------------------------------------------------------------------
    # Blocking

    def _probe(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        probe = self.path / ".probe"
        probe.write_bytes(b"1")
        probe.unlink()

    def _keep(self, name: str, sound: bytes, described: bytes) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        durable.write(self.path / f"{name}.wav", sound)
        durable.write(self.path / f"{name}.json", described)
        durable.flush(self.path)

    def _list(self) -> Sequence[About]:
        found = []
        for path in self.path.glob("*.json"):
            try:
                about = about_from(path.name, path.read_bytes())
            except FileNotFoundError:
                continue  # deleted while we look
            except OSError as error:
                log.error("message %s cannot be read: %s", path.name, error.strerror)
                continue
            if about is not None:
                found.append(about)
        return in_order(found)

    def _sound(self, name: str) -> bytes | None:
        try:
            return (self.path / f"{name}.wav").read_bytes() if (self.path / f"{name}.json").exists() else None
        except FileNotFoundError:
            return None

    def _delete(self, name: str) -> bool:
        try:
            (self.path / f"{name}.json").unlink()
        except FileNotFoundError:
            return False
        (self.path / f"{name}.wav").unlink(missing_ok=True)
        return True

    def _forget(self, before: float) -> int:
        old = [str(each["message"]) for each in self._list() if float(each["at"]) < before]
        gone = sum(self._delete(name) for name in old)
        for path in (*self.path.glob("*.wav"), *self.path.glob("*.part")):
            if path.suffix == ".wav" and path.with_suffix(".json").exists():
                continue
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
        return gone


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MessagesUnavailable(f"{path}: {error.strerror or error}") from error
