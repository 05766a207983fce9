"""Files of recordings: fetched from the service, and kept in a folder of our own.

The service keeps a file for a day, at an address that wants a signed request. A message is two files beside each other:
the sound, and a JSON file that says whose it is. The sound is written first and the JSON last, both whole or not at
all, so whatever has a JSON file is a message.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
import logging
import os
import wave
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from interpreter.floor.values import plain
from interpreter.routing.protocol import Fetch, Fetched

log = logging.getLogger(__name__)

LONGEST_FILE = 64 * 1024 * 1024
"""Bytes: three hours of what the service records, and no more is read."""
FETCH_WITHIN = 30.0
"""Seconds for a whole file."""

Upload = Callable[[str, bytes, dict[str, Any]], Awaitable[None]]
"""Keeps a message somewhere else, too: by its name, with what is known of it."""


class MessageFiles:
    """The messages of one site. ``key`` signs requests (base64, from the resource); ``token`` gives a bearer token
    where there is no key."""

    def __init__(
        self,
        folder: Path,
        session: Callable[[], aiohttp.ClientSession],
        endpoint: str,
        key: str = "",
        token: Callable[[], Awaitable[str]] | None = None,
        upload: Upload | None = None,
    ) -> None:
        self.folder = folder
        self._session, self._endpoint, self._key, self._token = session, endpoint, key, token
        self._upload = upload

    async def fetch(self, order: Fetch) -> Fetched:
        """Bring a message's file here. What goes wrong is logged; it is tried again later."""
        about = {name: plain(value) for name, value in order.about}
        try:
            content = await self._download(order.address)
            about["seconds"] = seconds = _length(content)
            if self._upload is not None:
                await self._upload(str(about["message"]), content, about)
            await asyncio.to_thread(self._keep, str(about["message"]), content, about)
        except (OSError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.error("message %s of call %s is not here yet: %s", order.message, order.call, error)
            return Fetched(0.0, order.message, done=False)
        return Fetched(0.0, order.message, done=True, seconds=seconds)

    async def _download(self, address: str) -> bytes:
        headers = await self._signed(address)
        async with asyncio.timeout(FETCH_WITHIN), self._session().get(address, headers=headers) as answer:
            if answer.status != 200:
                raise ValueError(f"the service answers {answer.status}")
            content = await answer.content.read(LONGEST_FILE + 1)
            if len(content) > LONGEST_FILE or not answer.content.at_eof():
                content += await answer.content.read()
            if len(content) > LONGEST_FILE:
                raise ValueError(f"the file has more than {LONGEST_FILE} bytes")
            return content

    async def _signed(self, address: str) -> dict[str, str]:
        """How the service knows us (wire contract, section 2.1)."""
        if not self._key:
            return {"Authorization": f"Bearer {await self._token()}"} if self._token is not None else {}
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        date = format_datetime(datetime.now(UTC), usegmt=True)
        content = base64.b64encode(hashlib.sha256(b"").digest()).decode()
        to_sign = f"GET\n{path}\n{date};{parts.netloc};{content}"
        digest = hmac.new(base64.b64decode(self._key), to_sign.encode(), hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode()
        return {
            "x-ms-date": date,
            "x-ms-content-sha256": content,
            "x-ms-host": urlsplit(self._endpoint).netloc,
            "Authorization": (f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"),
        }

    # ----------------------------------------------------------------------------------------------------------------
    # The folder

    def usable(self) -> bool:
        """Whether a message could be kept now."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe = self.folder / ".probe"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            log.error("messages cannot be kept in %s: %s", self.folder, error)
            return False
        return True

    def _keep(self, name: str, content: bytes, about: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _write(self.folder / f"{name}.wav", content)
        _write(self.folder / f"{name}.json", json.dumps(about).encode())

    def messages(self) -> list[dict[str, Any]]:
        """What is known of every message, the latest first."""
        found = []
        for path in self.folder.glob("*.json"):
            try:
                found.append(json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                log.error("message %s cannot be read: %s", path.name, error)
        return sorted(found, key=lambda each: -float(each.get("at") or 0.0))

    def sound(self, name: str) -> Path | None:
        """The file of a message."""
        path = self.folder / f"{name}.wav"
        return path if path.parent == self.folder and path.is_file() else None

    def delete(self, name: str) -> bool:
        """Delete a message: first what makes it one. False when there is none."""
        if self.sound(name) is None:
            return False
        (self.folder / f"{name}.json").unlink(missing_ok=True)
        (self.folder / f"{name}.wav").unlink(missing_ok=True)
        return True

    def forget(self, before: float) -> int:
        """Delete the messages that are older. Returns how many."""
        old = [str(each["message"]) for each in self.messages() if float(each.get("at") or 0.0) < before]
        return sum(self.delete(name) for name in old)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and durable. Callers' voices are nobody else's to hear."""
    part = path.with_suffix(path.suffix + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _length(content: bytes) -> float:
    """Seconds of a WAV file. Raises `ValueError` for what is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return round(float(sound.getnframes() / sound.getframerate()), 1)
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise ValueError(f"not a WAV file: {error}") from None
