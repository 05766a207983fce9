"""Files of the service's own storage, which wants signed requests. Nobody else is shown who we are."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from interpreter import durable

READ_WITHIN = 30.0
"""Seconds for a whole file that is held in memory, and for each piece of one that is written."""
SAVE_WITHIN = 3_600.0
"""Seconds for a whole file that is written."""
LONGEST_FILE = 4 * 1024 * 1024 * 1024
"""Bytes: a WAV file can be no longer."""
_HOSTS = (".asm.skype.com", ".asyncgw.teams.microsoft.com", ".ams.gov.teams.microsoft.us")
"""Where the service keeps recordings (wire contract, section 1.3)."""


def sign(key: str, method: str, host: str, path: str, body: bytes = b"") -> dict[str, str]:
    """The headers that sign a request with the key of the resource (base64; wire contract, section 2.1). ``path`` goes
    with its query. Raises `ValueError` for a key that is none."""
    date = format_datetime(datetime.now(UTC), usegmt=True)
    content = base64.b64encode(hashlib.sha256(body).digest()).decode()
    to_sign = f"{method}\n{path}\n{date};{host};{content}"
    digest = hmac.new(base64.b64decode(key), to_sign.encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    return {
        "x-ms-date": date,
        "x-ms-content-sha256": content,
        "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
    }


class Downloads:
    """Fetches files. ``endpoint`` is the resource's, and ``key`` signs requests (base64, from the resource); ``token``
    gives a bearer token where there is no key. Every method raises `ValueError` for an address that is not the
    service's or an answer that is no file, and what aiohttp raises."""

    def __init__(
        self,
        session: Callable[[], aiohttp.ClientSession],
        endpoint: str,
        key: str = "",
        token: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._session, self._endpoint, self._key, self._token = session, endpoint, key, token

    async def read(self, address: str, most: int) -> bytes:
        """A file of at most so many bytes."""
        content = bytearray()
        async with asyncio.timeout(READ_WITHIN), self._open(address) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) > most:
                    raise ValueError(f"the file has more than {most} bytes")
        return bytes(content)

    async def save(self, address: str, path: Path) -> str:
        """A file, written to ``path`` durably. Returns its SHA-256 in hexadecimal. Raises `OSError`, too."""
        digest, length = hashlib.sha256(), 0
        file = await asyncio.to_thread(durable.create, path)
        try:
            async with asyncio.timeout(SAVE_WITHIN), self._open(address) as pieces:
                async for piece in pieces:
                    length += len(piece)
                    if length > LONGEST_FILE:
                        raise ValueError(f"the file has more than {LONGEST_FILE} bytes")
                    digest.update(piece)
                    await asyncio.to_thread(file.write, piece)
            await asyncio.to_thread(durable.finish, file)
        finally:
            await asyncio.to_thread(file.close)
        return digest.hexdigest()

    @asynccontextmanager
    async def _open(self, address: str) -> AsyncIterator[AsyncIterator[bytes]]:
        # Not every session of ours unpacks what is packed.
        headers = {"Accept-Encoding": "identity", **await self._signed(address)}
        patience = aiohttp.ClientTimeout(total=None, sock_connect=READ_WITHIN, sock_read=READ_WITHIN)
        # As it stands, for that is what was signed.
        where = URL(address, encoded=True)
        async with self._session().get(where, headers=headers, allow_redirects=False, timeout=patience) as answer:
            if answer.status != 200:
                raise ValueError(f"the service answers {answer.status}")
            # Piece by piece: one read gives what has arrived so far, which may be half of it.
            yield answer.content.iter_chunked(1 << 18)

    async def _signed(self, address: str) -> dict[str, str]:
        parts, own = urlsplit(address), urlsplit(self._endpoint)
        abroad = parts.scheme == "https" and (parts.hostname or "").endswith(_HOSTS)
        if not abroad and (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            raise ValueError(f"{parts.scheme}://{parts.netloc} is no address of the service's recordings")
        if not self._key:
            return {"Authorization": f"Bearer {await self._token()}"} if self._token is not None else {}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return {**sign(self._key, "GET", parts.netloc, path), "x-ms-host": own.netloc}
