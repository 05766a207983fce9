"""A strict stand-in for the service's REST side: it keeps what it was sent and answers what the test wants."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from interpreter.site import Site

KEY = base64.b64encode(b"a key of the stand-in").decode()
RESOURCE = "6d889502-3d7a-41a8-befa-d21fd80e8767"


@dataclass(frozen=True, slots=True)
class Seen:
    method: str
    path: str
    version: str
    headers: dict[str, str]
    body: Any
    signed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer. ``hang``: nothing, until the client goes away. ``drop``: close the connection."""

    status: int = 202
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    hang: bool = False
    drop: bool = False


@dataclass(slots=True)
class Service:
    base: str = ""
    seen: list[Seen] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.seen.append(
            Seen(
                method=request.method,
                path=request.raw_path.partition("?")[0],
                version=request.query.get("api-version", ""),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=await request.json() if raw else None,
                signed=_signed(request, raw),
            )
        )
        answer = self.answers.pop(0) if self.answers else Answer()
        if answer.hang:
            await asyncio.Event().wait()
        if answer.drop:
            assert request.transport is not None
            request.transport.abort()
        if answer.text is not None:
            return web.Response(status=answer.status, text=answer.text, headers=answer.headers)
        if answer.body is None:
            return web.Response(status=answer.status, headers=answer.headers)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)


def _signed(request: web.Request, raw: bytes) -> bool:
    """https://learn.microsoft.com/azure/communication-services/tutorials/hmac-header-tutorial"""
    digest = base64.b64encode(hashlib.sha256(raw).digest()).decode()
    date, host = request.headers.get("x-ms-date", ""), request.headers["Host"]
    text = f"{request.method}\n{request.raw_path}\n{date};{host};{digest}"
    mac = base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()
    expected = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={mac}"
    return request.headers.get("Authorization") == expected and request.headers.get("x-ms-content-sha256") == digest


@asynccontextmanager
async def running(tls: ssl.SSLContext | None = None) -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    service.base = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield service
    finally:
        await runner.cleanup()


def site_for(base: str, more: str = "", service: str = "") -> Site:
    """A site file whose resource is the stand-in."""
    text = f"""
        [service]
        endpoint = "{base}"
        key = "{KEY}"
        resource_id = "{RESOURCE}"
        cognitive_services_endpoint = "https://speech.example"
        {service}
        [server]
        callback_base = "https://ivr.example/x/"
        [numbers]
        main = "+18005550100"
        front_desk = "+14255550111"
        [teams_users]
        ana = "11111111-1111-4111-8111-111111111111"
        [teams_apps]
        support = "22222222-2222-4222-8222-222222222222"
        [agents.maria]
        user = "33333333-3333-4333-8333-333333333333"
        tenant = "44444444-4444-4444-8444-444444444444"
        [audio]
        hold = "https://audio.example/hold.wav"
        {more}
    """
    return Site.parse(text, Path.cwd())
