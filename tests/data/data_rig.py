"""A house with its store, a clock that only tests move, and a system on the other side that answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from interpreter.data import House
from interpreter.data.stand_ins import StandIns
from interpreter.ports import Line, Performance, Performed
from interpreter.ports import Request as Identity
from interpreter.protocol import Event, HostAction, Reported, Request, Value
from interpreter.site_model import DataFunction
from interpreter.store import Store
from interpreter.store.sqlite import MEMORY, SqliteStore
from interpreter.vault import Vault

NOON = 1_772_470_800.0
LINE = Line("call-1", 0, "connection-1", "ticket", "+14255550100", "+18005550100")


@dataclass
class Seen:
    """A request as the other system got it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Answer:
    """What the other system does: a status and a body, or nothing at all."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    broken: bool = False
    """The connection ends without an answer."""


class OtherSystem:
    """A web server of the test's own. ``answers`` are given one after the other, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [Answer(body="{}")]
        self.seen: list[Seen] = []
        self.url = ""
        self.asked = asyncio.Event()
        """Something has arrived."""
        self.over = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        text = await request.text()
        body = await request.json() if text else None
        self.seen.append(Seen(request.method, request.raw_path, dict(request.headers), body))
        self.asked.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.silent:
            await self.over.wait()
        if answer.broken and request.transport is not None:
            request.transport.close()
        return web.Response(
            status=answer.status, text=answer.body, headers=answer.headers, content_type="application/json"
        )


@asynccontextmanager
async def other_system() -> AsyncIterator[OtherSystem]:
    system = OtherSystem()
    runner = web.ServerRunner(web.Server(system.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    system.url = f"http://{host}:{port}"
    try:
        yield system
    finally:
        system.over.set()
        await runner.cleanup()


class NoTelephone:
    """A host whose actions no test of data asks for."""

    async def perform(self, line: Line, action: HostAction, request: Identity) -> Performance:
        return Performed()

    async def close(self) -> None:
        return


class Clock:
    time = NOON

    def now(self) -> float:
        return self.time


class Rig:
    """A house, and what it has told the engine."""

    def __init__(
        self,
        functions: Mapping[str, DataFunction] | None = None,
        store: Store | None = None,
        stand_ins: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.clock, self.vault = Clock(), Vault()
        self.store = store or SqliteStore.open(MEMORY)
        given = StandIns(stand_ins) if stand_ins is not None else None
        self.house = House(NoTelephone(), functions or {}, self.store, self.clock, self.vault, given)
        self.told: list[Reported] = []
        self.house.deliver = self._deliver

    async def _deliver(self, call_id: str, events: Sequence[tuple[str, str, Event]]) -> None:
        self.told += [event for _, _, event in events if isinstance(event, Reported)]

    async def ask(self, action: Request, request_id: str = "rid-1") -> Reported:
        """Do one request and give what came of it."""
        before = len(self.told)
        assert await self.house.perform(LINE, action, Identity(request_id, self.clock.now(), 1)) == Performed()
        await self.house.idle()
        (answer,) = self.told[before:]
        return answer


def lookup(name: str = "crm.by_phone", within: float = 5.0, **arguments: Value) -> Request:
    """A look-up that expects a name and a tier."""
    expects = (("name", "text"), ("tier", 'one of "gold" or "silver"'))
    return Request("op1", "lookup", name, tuple(arguments.items()), expects, within)


def with_house(
    use: Callable[[Rig, OtherSystem], Any],
    functions: Callable[[str], Mapping[str, DataFunction]],
) -> Any:
    """Run a test with a house whose functions are made from the other system's address."""

    async def run() -> Any:
        async with other_system() as system:
            rig = Rig(functions(system.url))
            try:
                return await use(rig, system)
            finally:
                await rig.house.close()
                await rig.store.close()

    return asyncio.run(run())
