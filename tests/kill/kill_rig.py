"""The server as a real process that dies without warning, beside an emulator that survives it on a virtual clock.

The server runs on the machine's own clock and on an SQLite file; the service, its phones and its people live in this
process. Time passes for them only when the server has nothing left to do, which its own ``/metrics`` tell. So calls are
quick, prompts and silences cost nothing, and a killed server finds the world as it left it.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import sqlite3
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from wire_accounts import Operation
from wire_people import People, config
from wire_rig import MONDAY_TEN, service

from emulator import Emulator, VirtualClock, callbacks
from interpreter.tooling import dev_site

POLL, POLL_START = 0.003, 0.02
"""Seconds between two looks at a server that is still busy, or still starting."""
UP_WITHIN = 60.0


class Tap:
    """Counts the moments at which a request comes in and at which it is answered."""

    def __init__(self, app: Any, tick: Callable[[], None]) -> None:
        self.app, self.tick = app, tick

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/calling/callConnections"):
            await self.app(scope, receive, send)
            return

        async def sending(message: Any) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.tick()

        self.tick()
        await self.app(scope, receive, sending)


@dataclass(slots=True)
class Grave:
    """What a killed server left on disk: the operations that waited to be performed. ``whole``: the file is sound."""

    waiting: frozenset[Operation]
    whole: bool


@dataclass(slots=True)
class House:
    """Everything around one server after the other."""

    folder: Path
    scripts: list[Path]
    dice: random.Random
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(MONDAY_TEN))
    emulator: Emulator = field(init=False)
    people: People = field(init=False)
    lines: dict[str, str] = field(init=False)
    port: int = 0
    graves: list[Grave] = field(default_factory=list)
    _session: aiohttp.ClientSession = field(init=False)
    _process: asyncio.subprocess.Process | None = None
    _dead: asyncio.Event = field(default_factory=asyncio.Event)
    _log: int = -1
    _backoff: float = 0.0
    _fuse: int = 0
    _delay: float = 0.0

    async def __aenter__(self) -> House:
        planned = dev_site.make(self.scripts, {})
        numbers = [line.number for line in planned.lines]
        self.lines = {line.script.stem: line.number for line in planned.lines}
        self.emulator = Emulator(config(*numbers, retry_callbacks=True), self.clock)
        self.emulator.asgi.add_middleware(Tap, tick=self.tick)
        # The service knocks again soon: a server that has risen is not left waiting.
        self._backoff, callbacks.LONGEST_BACKOFF = callbacks.LONGEST_BACKOFF, 0.1
        await self.emulator.start()
        self.people = People(self.emulator)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self.port = _free_port()
        made = dev_site.make(self.scripts, self._sections())
        self._site.write_text(made.text, encoding="utf-8")
        self._log = os.open(self._log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end()
        await self._session.close()
        await self.emulator.stop()
        callbacks.LONGEST_BACKOFF = self._backoff
        os.close(self._log)

    @property
    def _log_path(self) -> Path:
        return self.folder / "server.log"

    @property
    def _site(self) -> Path:
        return self.folder / "site.toml"

    @property
    def store(self) -> Path:
        return self.folder / "ivr.db"

    def _sections(self) -> dict[str, dict[str, object]]:
        sections = service(self.emulator, f"http://127.0.0.1:{self.port}")
        sections["server"]["port"] = self.port
        return {**sections, "store": {"path": str(self.store)}}

    # --- a server's life ---

    async def up(self) -> None:
        """Start a server and wait until it serves."""
        self._dead.clear()
        self._process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "ivr"), "serve", "--site", str(self._site), stderr=self._log
        )
        async with asyncio.timeout(UP_WITHIN):
            while await self._get("/healthz") is None:
                assert self._process.returncode is None, self._log_path.read_text()[-4000:]
                await asyncio.sleep(POLL_START)
        if not self.emulator.grid.subscriptions:
            await self.emulator.subscribe(f"http://127.0.0.1:{self.port}/events")

    def arm(self) -> None:
        """Let the server die at a moment to come: at some request or answer or move of the clock, or shortly after."""
        self._fuse = self.dice.randint(1, 30)
        self._delay = self.dice.choice((0.0, self.dice.uniform(0.0, 0.006)))

    def tick(self) -> None:
        """A moment at which the server may die."""
        if self._fuse:
            self._fuse -= 1
            if self._fuse == 0:
                asyncio.get_running_loop().call_later(self._delay, self._kill)

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):  # dead already, and only not reported yet
                self._process.kill()
            self._dead.set()

    async def _end(self) -> None:
        self._fuse = 0
        self._kill()
        if self._process is not None:
            await self._process.wait()

    async def bury(self) -> None:
        """Look at what the dead server left, in a copy: the next one shall recover the file by itself."""
        await self._end()
        self.graves.append(look(self.store, self.folder / "copy"))

    # --- time ---

    async def run_until(self, done: Callable[[], bool]) -> bool:
        """Let time pass until it is so (True), or the server is dead (False)."""
        while True:
            live = await self.settle()
            if self._dead.is_set():
                return False
            phones = len(self.emulator.calls())
            if done() and live == 0:
                return True
            if len(self.emulator.calls()) > phones:
                continue  # somebody has dialled: that happens first
            due = self.clock.next_due()
            assert due is not None, "nothing will ever happen again"
            self.clock.advance_to(max(due, self.clock.now()))
            self.tick()

    async def settle(self) -> int:
        """Until nobody has anything left to do at this moment, or the server is dead. Returns the running calls."""
        while not self._dead.is_set():
            before = self._seen()
            await self._unless_dead(self.emulator.idle())
            text = await self._get("/metrics")
            if text is None:
                assert self._dead.is_set(), "the server died by itself"
                break
            if not (gauge(text, "outbox_waiting") or gauge(text, "requests_in_flight")) and before == self._seen():
                return gauge(text, "calls_live")
            await asyncio.sleep(POLL)
        return 0

    def _seen(self) -> tuple[int, int, int]:
        emulator = self.emulator
        return len(emulator.deliveries), emulator.rest.requests, len(emulator.grid.attempts)

    async def _unless_dead(self, work: Awaitable[None]) -> None:
        tasks = {asyncio.ensure_future(work), asyncio.ensure_future(self._dead.wait())}
        _, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _get(self, path: str) -> str | None:
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self._session.get(f"http://127.0.0.1:{self.port}{path}") as response:
                return await response.text()
        return None


def gauge(text: str, name: str) -> int:
    """The value of one of the server's own gauges."""
    return int(float(next(line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"ivr_{name} "))))


def look(store: Path, copy: Path) -> Grave:
    """What is in a store's file, with its log, that nobody has open."""
    for suffix in ("", "-wal"):
        if (source := Path(f"{store}{suffix}")).exists():
            shutil.copyfile(source, f"{copy}{suffix}")
    connection = sqlite3.connect(copy)
    try:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        query = "SELECT connection_id, op FROM outbox JOIN call ON call.id = call_id WHERE outbox.state = 'waiting'"
        return Grave(frozenset((c, op) for c, op in connection.execute(query)), verdict == "ok")
    finally:
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)


def times_waiting(graves: list[Grave]) -> Counter[Operation]:
    """At how many deaths each operation waited: sent and unmarked, or not sent yet."""
    return Counter(operation for grave in graves for operation in grave.waiting)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
