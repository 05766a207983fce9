"""A host that only records, beside an emulator on virtual time, driven through the real SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from azure.communication.callautomation import PhoneNumberIdentifier
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.credentials import AzureKeyCredential

from emulator import Config, Emulator, VirtualClock

CALLER = "+14255550123"
LINE = "+18005550100"
CALLER_ID = PhoneNumberIdentifier(CALLER)
LINE_ID = PhoneNumberIdentifier(LINE)

Json = dict[str, Any]


@dataclass
class Hook:
    """What arrived at the host, and what the host answers to callbacks and Event Grid, 200 once spent. `grid` has all
    events of Event Grid, `incoming` the data of the calls among them."""

    events: list[Json] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    incoming: list[Json] = field(default_factory=list)
    grid: list[Json] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    incoming_statuses: list[int] = field(default_factory=list)


@dataclass
class Rig:
    emulator: Emulator
    clock: VirtualClock
    client: CallAutomationClient
    hook: Hook
    base: str

    async def pass_time(self, seconds: float) -> None:
        """Let virtual time pass, settling after everything that falls due."""
        await self.emulator.idle()
        end = self.clock.now() + seconds
        while (due := self.clock.next_due()) is not None and due <= end:
            self.clock.advance_to(due)
            await self.emulator.idle()
        self.clock.advance_to(end)
        await self.emulator.idle()

    async def dial(self, *, plan: list[Json] | None = None, context: Json | None = None, to: str = LINE) -> str:
        call = self.emulator.dial(CALLER, to, plan=plan or [], custom_context=context)
        await self.emulator.idle()
        return call

    async def answer(self, *, plan: list[Json] | None = None, to: str = LINE) -> tuple[str, CallConnectionClient]:
        """A call that is answered and connected: the phone's id and the connection."""
        call = await self.dial(plan=plan, to=to)
        data = self.hook.incoming[-1]
        properties = await self.client.answer_call(
            data["incomingCallContext"], f"{self.base}/callbacks?call={call}", operation_context="answered"
        )
        await self.emulator.idle()
        assert properties.call_connection_id is not None
        return call, self.client.get_call_connection(properties.call_connection_id)

    def names(self) -> list[str]:
        """Short names of the callback events so far."""
        return [event["type"].rpartition(".")[2] for event in self.hook.events]

    def last(self, name: str) -> Json:
        """`data` of the newest event of that name."""
        found = [event for event in self.hook.events if event["type"] == f"Microsoft.Communication.{name}"]
        assert found, f"no {name} among {self.names()}"
        data: Json = found[-1]["data"]
        return data

    def result(self, name: str) -> tuple[int, int]:
        information = self.last(name)["resultInformation"]
        return information["code"], information["subCode"]


@asynccontextmanager
async def hosted(clock: VirtualClock) -> AsyncIterator[tuple[Hook, str]]:
    """The recording host: `/events` for Event Grid in both schemas, anything else for callbacks."""
    hook = Hook()

    async def receive(request: web.Request) -> web.Response:
        hook.requests.append((request.method, request.path_qs, dict(request.headers)))
        if request.method == "OPTIONS":
            return web.Response(headers={"WebHook-Allowed-Origin": "eventgrid.azure.net"})
        body = await request.json()
        if request.path != "/events":
            status = hook.statuses.pop(0) if hook.statuses else 200
            if status == 200:
                hook.events.extend(body)
                hook.times.append(clock.now())
            return web.Response(status=status)
        event = body[0] if isinstance(body, list) else body
        if event.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
            return web.json_response({"validationResponse": event["data"]["validationCode"]})
        status = hook.incoming_statuses.pop(0) if hook.incoming_statuses else 200
        if status == 200:
            hook.grid.append(event)
            if (event.get("eventType") or event["type"]).endswith(".IncomingCall"):
                hook.incoming.append(event["data"])
        return web.Response(status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield hook, f"http://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def rigged(config: Config | None = None, *, subscribe: bool = True) -> AsyncIterator[Rig]:
    clock = VirtualClock()
    emulator = Emulator(config, clock)
    await emulator.start()
    async with (
        hosted(clock) as (hook, base),
        CallAutomationClient(emulator.url, AzureKeyCredential(emulator.config.access_key), retry_total=0) as client,
    ):
        try:
            if subscribe:
                await emulator.subscribe(f"{base}/events")
            yield Rig(emulator, clock, client, hook, base)
        finally:
            await emulator.stop()


def run(scenario: Callable[[Rig], Awaitable[None]], config: Config | None = None) -> None:
    """Run a scenario from a synchronous test; a scenario that hangs fails instead."""

    async def go() -> None:
        async with asyncio.timeout(90), rigged(config) as rig:
            await scenario(rig)

    asyncio.run(go())
