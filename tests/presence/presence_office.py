"""A server over the wire whose site has a tenant of Teams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web
from graph_stub import ANA, APP, BEN, SECRET, TENANT, Clock, GraphStub
from wire_rig import Wire, wire

from emulator import VirtualClock
from interpreter.presence.teams import Teams

SCRIPT = """\
ivr 1
flow main for "Test line"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

queue desk
    music "hold"
    ring 20s
    answered                                  -> finish handled
    waited 30m or no agents or full or failed -> sorry

step sorry
    say "Goodbye."
    finish sorry
"""
FREE, DND = ("Available", "Available"), ("DoNotDisturb", "DoNotDisturb")
OURS = ("Busy", "InACall")


class _Same(Clock):
    """The clock of the wire, once there is one."""

    def __init__(self) -> None:
        self.clock: VirtualClock | None = None

    def now(self) -> float:
        assert self.clock is not None
        return self.clock.now()

    @property
    def time(self) -> float:  # type: ignore[override]
        return self.now()


@dataclass
class Office:
    """The wire with its tenant. Presence runs when the test lets time pass, as it does each second in a server."""

    rig: Wire
    tenant: GraphStub

    @property
    def presence(self) -> Teams:
        assert self.rig.runtime.presence is not None
        return self.rig.runtime.presence

    async def after(self, seconds: float) -> None:
        await self.presence.once()
        await self.rig.settle()
        for _ in range(round(seconds)):
            await self.rig.advance(1.0)
            await self.presence.once()
            await self.rig.settle()

    def metric(self, what: str, outcome: str) -> float:
        return self.rig.metric("presence_requests", what=what, outcome=outcome)

    def elsewhere(self, name: str) -> str:
        return self.rig.runtime.floors.floor.agents[name].elsewhere


def agent(user: str, **more: Any) -> dict[str, Any]:
    return {"user": user, "tenant": TENANT, "queues": ["desk"], "signed_in": "always", **more}


@asynccontextmanager
async def office(
    wrap_up: float = 0.0,
    script: str = SCRIPT,
    more: dict[str, dict[str, object]] | None = None,
    **agents: dict[str, Any],
) -> AsyncIterator[Office]:
    """A server with presence. ``more`` goes into the site file."""
    clock = _Same()
    tenant = GraphStub(clock)
    tenant.teams = {ANA: FREE, BEN: FREE}
    runner = web.AppRunner(tenant.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tenant.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    sections: dict[str, dict[str, object]] = {
        "agents": cast(dict[str, object], agents or {"ana": agent(ANA)}),
        "queues": {"desk": {"wrap_up_seconds": wrap_up}},
        "presence": {
            "client_id": APP, "tenant": TENANT, "secret": SECRET, "graph": f"{tenant.base}/v1.0",
            "authority": tenant.base,
        },
        **(more or {}),
    }  # fmt: skip
    try:
        async with wire(script, sections=sections) as rig:
            clock.clock = rig.clock
            yield Office(rig, tenant)
    finally:
        tenant.over.set()
        await runner.cleanup()


def at_the_office(story: Callable[[Office], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        async with office(**settings) as given:
            await story(given)

    asyncio.run(run())


async def call(o: Office) -> str:
    phone = o.rig.people.dial(o.rig.lines[0], "wait 1800s")
    await o.rig.settle()
    return phone
