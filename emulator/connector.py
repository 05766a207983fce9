"""The client's side of web sockets: the service connects to the application, sends frames, and takes what comes back.
[contract 5, 8]"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import aiohttp

from emulator import feeds
from emulator.activity import Activity
from emulator.config import Config
from emulator.identifiers import Json
from emulator.model import Call, Feed
from emulator.tokens import TokenKind, Tokens
from emulator.world import World

log = logging.getLogger("emulator.connector")

TIMEOUT = aiohttp.ClientTimeout(total=10)
COMES_BACK = frozenset({1001, 1012})
"""How an application closes a socket that is about to start anew. [RFC 6455, 7.4.1; that the service connects again is
an inference from `streamConnectionReestablished`]"""
TOKEN_SECONDS = 86_400
"""A token of a web socket lives for a day. [contract 5]"""
Forged = Literal["bad_token", "expired_token", "foreign_token"]
FORGED: tuple[Forged, ...] = ("bad_token", "expired_token", "foreign_token")


@dataclass(slots=True, eq=False)
class _Line:
    """One connection. ``closing``: the service ends it in order; ``again``: it was cut, and is to be made once more."""

    connector: aiohttp.TCPConnector
    session: aiohttp.ClientSession
    task: asyncio.Task[None] | None = None
    waiting: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    closing: bool = False
    again: bool = False


@dataclass(slots=True)
class Connector:
    """All web sockets of one emulator."""

    config: Config
    tokens: Tokens
    activity: Activity
    world: Callable[[], World]
    lines: dict[Feed, _Line] = field(default_factory=dict)
    frames: int = 0
    """Frames that went out."""
    received: int = 0
    """Frames of the application that came in."""
    refused: list[tuple[str, str, int]] = field(default_factory=list)
    """Connections that the application refused: of what, with which token, and the HTTP status (0: nobody answered)."""

    def connect(self, call: Call, feed: Feed, again: bool = False) -> None:
        """Begin a connection; `feeds` is told what becomes of it."""
        connector = aiohttp.TCPConnector()
        line = self.lines[feed] = _Line(connector, aiohttp.ClientSession(connector=connector))
        self.activity.begin()
        line.task = asyncio.get_running_loop().create_task(self._run(call, feed, line, again))

    def disconnect(self, feed: Feed) -> None:
        """End a connection in order, once what waits has been sent."""
        if (line := self.lines.get(feed)) is not None:
            line.waiting.put_nowait(None)

    def send(self, feed: Feed, frame: Json) -> None:
        """Send a frame behind those that wait; without a connection it is lost."""
        if (line := self.lines.get(feed)) is not None:
            self.send_text(line, json.dumps(frame))

    def send_text(self, line: _Line, text: str) -> None:
        self.activity.begin()
        line.waiting.put_nowait(text)

    def raw(self, feed: Feed, text: str) -> None:
        """Send what is no frame of the service."""
        if (line := self.lines.get(feed)) is not None:
            self.send_text(line, text)

    async def cut(self, feed: Feed, *, again: bool) -> bool:
        """Cut a connection, as a network does. Whether there was one."""
        if (line := self.lines.get(feed)) is None:
            return False
        line.again = again
        await line.connector.close()
        return True

    async def _run(self, call: Call, feed: Feed, line: _Line, again: bool) -> None:
        world, begun = self.world(), True
        try:
            socket = await self._open(call, feed, line)
            if socket is None:
                feeds.unreachable(world, call, feed)
                return
            feeds.connected(world, call, feed, again=again)
            self.activity.end()
            begun = False
            await self._talk(call, feed, line, socket)
        finally:
            if begun:
                self.activity.end()
            self._forget(feed, line)
            await line.session.close()

    async def _open(self, call: Call, feed: Feed, line: _Line) -> aiohttp.ClientWebSocketResponse | None:
        mischief = self.world().mischief
        for kind in FORGED:
            if mischief.strikes(kind, "socket") and (forged := await self._knock(call, feed, line, kind)) is not None:
                log.error("a connection with a forged token (%s) was accepted", kind)
                return forged
        return await self._knock(call, feed, line, "good")

    async def _knock(
        self, call: Call, feed: Feed, line: _Line, kind: TokenKind
    ) -> aiohttp.ClientWebSocketResponse | None:
        headers = {
            "Authorization": f"Bearer {self.tokens.mint(kind, TOKEN_SECONDS)}",
            "x-ms-call-connection-id": call.id,
            "x-ms-call-correlation-id": call.correlation_id,
        }
        try:
            async with asyncio.timeout(TIMEOUT.total):
                return await line.session.ws_connect(feed.url, headers=headers, max_msg_size=1 << 20)
        except aiohttp.WSServerHandshakeError as error:
            self.refused.append((feed.name, kind, error.status))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("nobody answers at %s: %s", feed.url, error)
            self.refused.append((feed.name, kind, 0))
        return None

    async def _talk(self, call: Call, feed: Feed, line: _Line, socket: aiohttp.ClientWebSocketResponse) -> None:
        writing = asyncio.get_running_loop().create_task(self._write(line, socket))
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    feeds.from_application(self.world(), call, feed, message.data)
                    self.received += 1
        except (aiohttp.ClientError, ConnectionError) as error:
            log.info("the socket of %s broke: %s", call.id, error)
        finally:
            if not line.closing:  # else it is in the middle of saying goodbye
                writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            self._forget(feed, line)
        with self.activity:
            feeds.lost(self.world(), call, feed, again=line.again or socket.close_code in COMES_BACK)

    async def _write(self, line: _Line, socket: aiohttp.ClientWebSocketResponse) -> None:
        while (text := await line.waiting.get()) is not None:
            try:
                await socket.send_str(text)
                self.frames += 1
            except (aiohttp.ClientError, ConnectionError, RuntimeError) as error:
                log.info("a frame is lost: %s", error)
            finally:
                self.activity.end()
        line.closing = True
        await socket.close()

    def _forget(self, feed: Feed, line: _Line) -> None:
        """What still waits will never be sent."""
        if self.lines.get(feed) is line:
            del self.lines[feed]
        while not line.waiting.empty():
            if line.waiting.get_nowait() is not None:
                self.activity.end()

    async def close(self) -> None:
        """Give up all connections."""
        tasks = [line.task for line in self.lines.values() if line.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
