"""A contact center on the wire with desktops: the emulator's phones, the server's real HTTP, one virtual clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from wire_center import address, let, phones, times
from wire_people import LINE
from wire_rig import Wire, play, wire

SCRIPT = """\
ivr 1
flow main for "Desk"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    brief
        topic "Delivery"
        summary "Order 4711 is late."
    go to support

queue support
    music "hold"
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> sorry

step sorry
    say "Nobody is there."
    finish sorry
"""
TENANT = "1f6b1a40-2222-4222-8333-123456789abc"
RESOURCE = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
DOCTOR = "+14255550177"


def agent(number: int, name: str, **more: object) -> dict[str, object]:
    """An agent of the site file, with a token of its own."""
    bound = {"user": user(number), "tenant": TENANT, "resource": RESOURCE, "queues": ["support"]}
    return {**bound, "token": token(name), **more}


def user(number: int) -> str:
    return f"9f6b1a40-{number:04}-4222-8333-123456789abc"


def token(name: str) -> str:
    return f"token-of-{name}"


def sections(**more: dict[str, object]) -> dict[str, dict[str, object]]:
    """The site: two agents, a supervisor, a specialist, and numbers that may be dialled."""
    whole: dict[str, dict[str, object]] = {
        "agents": {
            "maria": agent(1, "maria", skills={"spanish": 3}),
            "tom": agent(2, "tom"),
            "sofia": agent(3, "sofia", queues=[], supervisor=True),
        },
        "queues": {"support": {"ring_seconds": 20.0, "wrap_up_seconds": 30.0}},
        "experts": {"doctor": {"number": DOCTOR}},
        "numbers": {"front_desk": "+14255550111"},
        "audio": {"hold": "https://audio.contoso.com/hold.wav"},
        "desktop": {"may_dial": ["+1206", "+1900"]},
    }
    return {**whole, **more}


@dataclass
class Events:
    """A desktop's stream, read as it comes. ``seen`` are the events, ``last`` the id of the latest."""

    response: aiohttp.ClientResponse
    seen: list[tuple[str, Any]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    last: str = ""
    task: asyncio.Task[None] | None = None
    left: bool = False

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.seen]

    def of(self, name: str) -> Any:
        """The data of the latest event of this name."""
        return next(data for each, data in reversed(self.seen) if each == name)

    def leave(self) -> None:
        """Go away without a word."""
        self.left = True
        self.response.close()

    async def read(self) -> None:
        """Read until one of the two ends it."""
        try:
            await self._read()
        except aiohttp.ClientConnectionError:
            if not self.left:
                raise

    async def _read(self) -> None:
        name, data = "", ""
        async for raw in self.response.content:
            line = raw.decode().rstrip("\n")
            match line.partition(": "):
                case ("", ": ", comment):
                    self.comments.append(comment)
                case ("id", _, value):
                    self.last = value
                case ("event", _, value):
                    name = value
                case ("data", _, value):
                    data = value
                case _ if name:
                    self.seen.append((name, json.loads(data)))
                    name = ""

    async def ended(self) -> None:
        """Wait until the server has ended it."""
        assert self.task is not None
        await self.task


@dataclass
class Desktop:
    """An agent at its desktop."""

    center: Center
    name: str

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        return await self.center.ask(method, path, body, token(self.name), **headers)

    async def get(self, path: str = "/agents/me") -> Any:
        status, answer = await self.ask("GET", path)
        assert status == 200, answer
        return answer

    async def sign_in(self, **body: object) -> Any:
        status, answer = await self.ask("POST", "/agents/me/sign-in", body)
        assert status == 200, answer
        return answer

    async def does(self, verb: str, body: object = None) -> tuple[int, Any]:
        """Something with the only call that there is."""
        call = (await self.get())["calls"][0]["call"]
        return await self.ask("POST", f"/agents/me/calls/{call}/{verb}", body)

    async def events(self, last: str = "") -> Events:
        """Open the stream."""
        headers = {"Authorization": f"Bearer {token(self.name)}"}
        if last:
            headers["Last-Event-ID"] = last
        response = await self.center.session.get(f"{self.center.rig.server_url}/agents/me/events", headers=headers)
        assert response.status == 200, await response.text()
        found = Events(response)
        found.task = asyncio.create_task(found.read())
        self.center.streams.append(found)
        await self.center.until(lambda: bool(found.seen or found.comments))
        return found


@dataclass
class Center:
    """The rig and the desktops."""

    rig: Wire
    session: aiohttp.ClientSession
    streams: list[Events] = field(default_factory=list)

    def desktop(self, name: str) -> Desktop:
        return Desktop(self, name)

    async def ask(
        self, method: str, path: str, body: object = None, bearer: str = "", **headers: str
    ) -> tuple[int, Any]:
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        url = f"{self.rig.server_url}{path}"
        data = body if isinstance(body, str) else None if body is None else json.dumps(body)
        async with self.session.request(method, url, data=data, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait for what comes over a socket, while the clock stands still."""
        async with asyncio.timeout(60):
            while not so():  # noqa: ASYNC110 - bytes on a loopback socket, not time
                await asyncio.sleep(0)

    def dial(self) -> str:
        """A caller who stays."""
        return self.rig.people.dial(LINE, "wait 3600s")

    async def ringing(self, name: str) -> str:
        """Let time pass until somebody's phone rings; its id."""
        await self.rig.run_until(lambda: bool(self.rig.emulator.ringing(address(self.rig, name))))
        return self.rig.emulator.ringing(address(self.rig, name))[0].id

    async def picks_up(self, name: str) -> str:
        """Somebody's phone rings and is picked up."""
        phone = await self.ringing(name)
        self.rig.emulator.accept(phone)
        await self.rig.advance(1.0)
        return phone

    async def talking(self, name: str = "maria") -> tuple[Desktop, str]:
        """An agent who is signed in and talks to a caller; the caller's phone."""
        desktop = self.desktop(name)
        await desktop.sign_in()
        caller = self.dial()
        await self.picks_up(name)
        return desktop, caller


@asynccontextmanager
async def center(script: str = SCRIPT, /, **more: dict[str, object]) -> AsyncIterator[Center]:
    async with wire(script, sections=sections(**more)) as rig, aiohttp.ClientSession() as session:
        made = Center(rig, session)
        try:
            yield made
        finally:
            rig.runtime.desk.streams.close()
            for each in made.streams:
                await each.ended()


def on_center(story: Callable[[Center], Awaitable[None]], script: str = SCRIPT, /, **more: dict[str, object]) -> None:
    """Run a test's story in a center of its own."""

    async def run() -> None:
        async with center(script, **more) as made:
            await story(made)

    play(run)


__all__ = ["DOCTOR", "Center", "Desktop", "Events", "address", "center", "let", "on_center", "phones", "times", "token"]
