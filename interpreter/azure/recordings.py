"""Files of messages, fetched from the service, which keeps one for a day."""

from __future__ import annotations

import io
import logging
import wave
from collections.abc import Awaitable, Callable

import aiohttp

from interpreter.azure.downloads import Downloads
from interpreter.floor.values import plain
from interpreter.messages import LONGEST_SOUND, Messages, MessagesUnavailable
from interpreter.routing.protocol import Fetch, Fetched

log = logging.getLogger(__name__)


class MessageFiles:
    """Fetches messages of callers and keeps them. ``endpoint``, ``key`` and ``token`` are those of `Downloads`."""

    def __init__(
        self,
        messages: Messages,
        session: Callable[[], aiohttp.ClientSession],
        endpoint: str,
        key: str = "",
        token: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        self._messages = messages
        self.downloads = Downloads(session, endpoint, key, token)

    async def fetch(self, order: Fetch) -> Fetched:
        """Bring a message's file here. What goes wrong is logged; it is tried again later."""
        about = {name: plain(value) for name, value in order.about}
        try:
            content = await self.downloads.read(order.address, LONGEST_SOUND)
            about["seconds"] = seconds = _length(content)
            await self._messages.save(str(about["message"]), content, about)
        except (MessagesUnavailable, OSError, aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.error("message %s of call %s is not here yet: %s", order.message, order.call, _why(error))
            return Fetched(0.0, order.message, done=False)
        return Fetched(0.0, order.message, done=True, seconds=seconds)


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _length(content: bytes) -> float:
    """Seconds of a WAV file. Raises `ValueError` for what is none."""
    try:
        with wave.open(io.BytesIO(content)) as sound:
            return round(float(sound.getnframes() / sound.getframerate()), 1)
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise ValueError(f"not a WAV file: {_why(error)}") from None
