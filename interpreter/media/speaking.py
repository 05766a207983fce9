"""Prompts that the server sends into a call itself, over the web socket on which its audio comes.

Where a script has the audio of a call streamed and a sentence has a file (`ivr prompts render`), the file is sent into
the call instead of having the service fetch and play it: a caller who speaks then cuts it off at once, by one frame.
Everything else, and everything while the socket is away, is the service's affair as ever.
"""

from __future__ import annotations

import asyncio
import io
import logging
import wave
from functools import lru_cache
from pathlib import Path

from interpreter.media.sockets import Sockets
from interpreter.ports import Host, Line, Performance, Performed, Request
from interpreter.prompts.files import PromptFolder
from interpreter.prompts.wav import BYTES, RATE, seconds_of
from interpreter.protocol import CancelMedia, HostAction, Play, PlayStreams, SayText

log = logging.getLogger(__name__)

AT_HAND = 256
"""Files whose sound is kept in memory."""


class Speaking:
    """A `Host` over the telephone's. ``folder`` has the files, ``None`` where every prompt is spoken."""

    def __init__(self, telephone: Host, folder: PromptFolder | None, sockets: Sockets) -> None:
        self._telephone, self._folder, self._sockets = telephone, folder, sockets

    async def perform(self, line: Line, action: HostAction, request: Request) -> Performance:
        if isinstance(action, CancelMedia):
            await self._sockets.hush(line.call_id)
        elif isinstance(action, Play) and (names := self._files(action)):
            assert self._folder is not None
            try:
                pieces = [await asyncio.to_thread(_sound, self._folder.path(name)) for name in names]
            except (OSError, ValueError) as error:
                log.warning("a file of a prompt cannot be streamed: %s", error)
                pieces = []
            sound = b"".join(pieces)
            if sound and await self._sockets.say(line.call_id, sound):
                return Performed(reports=PlayStreams(0.0, action.op, len(sound) / BYTES / RATE))
        return await self._telephone.perform(line, action, request)

    async def close(self) -> None:
        """The telephone belongs to whoever gave it."""

    def _files(self, action: Play) -> tuple[str, ...]:
        """The files in which exactly this is heard; none where some of it has none, or where it has to fit in with what
        the service plays."""
        if self._folder is None or action.loop or action.interrupts:
            return ()
        found: list[str] = []
        for prompt in action.prompts:
            if not isinstance(prompt, SayText):
                return ()
            own = (prompt.language or action.language, prompt.voice if prompt.language else action.voice)
            names = self._folder.of_text(prompt.text, *own, prompt.ssml)
            if not names:
                return ()
            found += names
        return tuple(found)


@lru_cache(maxsize=AT_HAND)
def _sound(path: Path) -> bytes:
    """The samples of a file, whose name says what is in it. Raises `OSError`, and `ValueError` for another format."""
    content = path.read_bytes()
    seconds_of(content)
    with wave.open(io.BytesIO(content)) as opened:
        sound: bytes = opened.readframes(opened.getnframes())
    return sound
