"""Files of recordings, fetched from the service, which keeps one for a day: it wants signed requests."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import logging
import wave
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from interpreter.floor.values import plain
from interpreter.messages import LONGEST_SOUND, Messages, MessagesUnavailable
from interpreter.routing.protocol import Fetch, Fetched

log = logging.getLogger(__name__)

FETCH_WITHIN = 30.0
"""Seconds for a whole file."""
_HOSTS = (".asm.skype.com", ".asyncgw.teams.microsoft.com", ".ams.gov.teams.microsoft.us")
"""Where the service keeps recordings (wire contract, section 1.3): nobody else is shown who we are."""


class MessageFiles:
    """Fetches messages of callers and keeps them. ``endpoint`` is the resource's, and ``key`` signs requests (base64,
    from the resource); ``token`` gives a bearer token where there is no key."""

    def __init__(
        self,
        messages: Messages,
        session: Callable[[], aiohttp.ClientSession],
        endpoint: str,
        key: str = "",
        token: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._messages, self._session = messages, session
        self._endpoint, self._key, self._token = endpoint, key, token

    async def fetch(self, order: Fetch) -> Fetched:
        """Bring a message's file here. What goes wrong is logged; it is tried again later."""
        about = {name: plain(value) for name, value in order.about}
        try:
            content = await self._download(order.address)
            about["seconds"] = seconds = _length(content)
            await self._messages.save(str(about["message"]), content, about)
        except (MessagesUnavailable, OSError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.error("message %s of call %s is not here yet: %s", order.message, order.call, _why(error))
            return Fetched(0.0, order.message, done=False)
        return Fetched(0.0, order.message, done=True, seconds=seconds)

    async def _download(self, address: str) -> bytes:
        # Not every session of ours unpacks what is packed.
        headers = {"Accept-Encoding": "identity", **await self._signed(address)}
        async with (
            asyncio.timeout(FETCH_WITHIN),
            # As it stands, for that is what was signed.
            self._session().get(URL(address, encoded=True), headers=headers, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise ValueError(f"the service answers {answer.status}")
            content = bytearray()
            # Piece by piece: one read gives what has arrived so far, which may be half of it.
            async for piece in answer.content.iter_any():
                content += piece
                if len(content) > LONGEST_SOUND:
                    raise ValueError(f"the file has more than {LONGEST_SOUND} bytes")
            return bytes(content)

    async def _signed(self, address: str) -> dict[str, str]:
        """How the service knows us (wire contract, section 2.1). Raises `ValueError` for an address that is not the
        service's."""
        parts, own = urlsplit(address), urlsplit(self._endpoint)
        abroad = parts.scheme == "https" and (parts.hostname or "").endswith(_HOSTS)
        if not abroad and (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            raise ValueError(f"{parts.scheme}://{parts.netloc} is no address of the service's recordings")
        if not self._key:
            return {"Authorization": f"Bearer {await self._token()}"} if self._token is not None else {}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        date = format_datetime(datetime.now(UTC), usegmt=True)
        content = base64.b64encode(hashlib.sha256(b"").digest()).decode()
        to_sign = f"GET\n{path}\n{date};{parts.netloc};{content}"
        digest = hmac.new(base64.b64decode(self._key), to_sign.encode(), hashlib.sha256).digest()
        signature = base64.b64encode(digest).decode()
        return {
            "x-ms-date": date,
            "x-ms-content-sha256": content,
            "x-ms-host": own.netloc,
            "Authorization": f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}",
        }


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _length(content: bytes) -> float:
    """Seconds of a WAV file. Raises `ValueError` for what is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return round(float(sound.getnframes() / sound.getframerate()), 1)
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise ValueError(f"not a WAV file: {_why(error)}") from None
