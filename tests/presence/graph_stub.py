"""Microsoft Graph's presence and Entra's token address as they are documented, strict about what they are sent.

https://learn.microsoft.com/graph/api/cloudcommunications-getpresencesbyuserid,
https://learn.microsoft.com/graph/api/presence-setpresence, https://learn.microsoft.com/graph/api/presence-clearpresence,
https://learn.microsoft.com/graph/cloud-communications-manage-presence-state (how sessions make one presence),
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from interpreter.presence import ClientCredentials, Graph

NOON = 1_772_470_800.0
APP = "22553876-f5ab-4529-bffb-cfe50aa89f87"
TENANT = "9f6b1a40-1111-4222-8333-123456789abc"
SECRET = "a~very/secret+thing&more="  # with everything that a form must escape
ANA = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3"
BEN = "66825e03-7ef5-42da-9069-724602c31f6b"

_SETTABLE = {
    ("Available", "Available"),
    ("Busy", "InACall"),
    ("Busy", "InAConferenceCall"),
    ("Away", "Away"),
    ("DoNotDisturb", "Presenting"),
}
_PRECEDENCE = ("DoNotDisturb", "Busy", "Available", "Away")
_CODES = {400: "BadRequest", 401: "InvalidAuthenticationToken", 403: "Forbidden", 404: "NotFound"}

Got = TypeVar("Got")


class Clock:
    """Only tests move it."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> float:
        return self.time


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it arrived: ``what`` is the last part of its path."""

    what: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What is answered instead. ``hang``: nothing, until the end; ``drop``: the connection is closed."""

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    hang: bool = False
    drop: bool = False


Decide = Callable[[Seen], Fault | None]


class GraphStub:
    """A tenant. ``teams`` is what people do there by themselves, by user id. ``fault`` looks at each request first."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.teams: dict[str, tuple[str, str]] = {}
        self.sessions: dict[str, tuple[str, str, float]] = {}
        """What our application shows of a user, and until when."""
        self.seen: list[Seen] = []
        self.fault: Decide = lambda _: None
        self.tokens: list[str] = []
        self.revoked: set[str] = set()
        self.expires_in: object = 3599
        self.base = ""
        self.over = asyncio.Event()

    def asked(self, what: str) -> list[Seen]:
        return [each for each in self.seen if each.what == what]

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1_000_000)
        app.router.add_post("/v1.0/communications/{what:getPresencesByUserId}", self._answer(self._presences))
        app.router.add_post("/v1.0/users/{user}/presence/{what:setPresence}", self._answer(self._set))
        app.router.add_post("/v1.0/users/{user}/presence/{what:clearPresence}", self._answer(self._clear))
        app.router.add_post(f"/{TENANT}/oauth2/v2.0/{{what:token}}", self._answer(self._token))
        return app

    def _answer(self, act: Callable[[web.Request, Any], web.Response]) -> Callable[[web.Request], Awaitable[Any]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            form = request.content_type == "application/x-www-form-urlencoded"
            body = dict(await request.post()) if form else await request.json()
            seen = Seen(request.match_info["what"], request.raw_path, dict(request.headers), dict(body))
            self.seen.append(seen)
            fault = self.fault(seen)
            if fault is None:
                return act(request, body) if form or self._trusted(request) else _error(401)
            if fault.hang:
                await self.over.wait()
            if fault.drop and request.transport is not None:
                request.transport.close()
            if fault.body is None:
                return _error(fault.status, fault.headers)
            return web.Response(
                status=fault.status, text=fault.body, headers=fault.headers, content_type="application/json"
            )

        return handle

    def _trusted(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and token in self.tokens and token not in self.revoked

    # ----------------------------------------------------------------------------------------------------------------

    def _token(self, request: web.Request, form: Mapping[str, Any]) -> web.Response:
        wanted = {
            "client_id": APP,
            "scope": "https://graph.microsoft.com/.default",
            "client_secret": SECRET,
            "grant_type": "client_credentials",
        }
        if form != wanted:
            told = {
                "error": "invalid_client",
                "error_description": f"AADSTS7000215: Invalid client secret provided for app {APP}.",
                "error_codes": [7000215],
                "timestamp": "2026-03-02 17:00:00Z",
                "trace_id": "255d1aef-8c98-452f-ac51-23d051240864",
                "correlation_id": "fb3d2015-bc17-4bb9-bb85-30c5cf1aaaa7",
            }
            return web.json_response(told, status=401)
        self.tokens.append(f"eyJ0eXAiOiJKV1Qi.token-{len(self.tokens) + 1}.signature")
        return web.json_response(
            {"token_type": "Bearer", "expires_in": self.expires_in, "access_token": self.tokens[-1]}
        )

    def _presences(self, request: web.Request, body: Any) -> web.Response:
        ids = body.get("ids")
        if list(body) != ["ids"] or not 1 <= len(ids) <= 650 or not all(map(_guid, ids)):
            return _error(400)
        value = [
            {
                "id": user,
                "availability": self.shown(user)[0],
                "activity": self.shown(user)[1],
                "statusMessage": None,
                "outOfOfficeSettings": {"message": None, "isOutOfOffice": False},
            }
            for user in ids
            if user in self.teams
        ]
        return web.json_response(
            {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Collection(presence)", "value": value}
        )

    def _set(self, request: web.Request, body: Any) -> web.Response:
        user = request.match_info["user"]
        if user not in self.teams:
            return _error(404)
        minutes = re.fullmatch(r"PT([0-9]+)M", body.pop("expirationDuration", "PT5M"))
        pair = body.pop("availability", ""), body.pop("activity", "")
        if body != {"sessionId": APP} or pair not in _SETTABLE or minutes is None or not 5 <= int(minutes[1]) <= 240:
            return _error(400)
        self.sessions[user] = (*pair, self.clock.time + 60 * int(minutes[1]))
        return web.Response()

    def _clear(self, request: web.Request, body: Any) -> web.Response:
        if body != {"sessionId": APP}:
            return _error(400)
        user = request.match_info["user"]
        there = self.ours(user) is not None
        self.sessions.pop(user, None)
        return web.Response() if there else _error(404)

    # ----------------------------------------------------------------------------------------------------------------

    def ours(self, user: str) -> tuple[str, str] | None:
        """What we show of a user now."""
        found = self.sessions.get(user)
        return found[:2] if found is not None and self.clock.time < found[2] else None

    def shown(self, user: str) -> tuple[str, str]:
        """The presence that all sessions make together."""
        pairs = [self.teams[user]] + [pair for pair in [self.ours(user)] if pair is not None]
        known = [pair for pair in pairs if pair[0] in _PRECEDENCE]
        return min(known, key=lambda pair: _PRECEDENCE.index(pair[0])) if known else pairs[0]


def _guid(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None


def _error(status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error body of Graph. https://learn.microsoft.com/graph/errors"""
    code = _CODES.get(status, "TooManyRequests" if status == 429 else "InternalServerError")
    inner = {"date": "2026-03-02T17:00:00", "request-id": "94fb3b52-452a-4535-a601-69e0a90e3aa2"}
    told = {"error": {"code": code, "message": f"Something about {ANA}", "innerError": inner}}
    return web.json_response(told, status=status, headers=headers)


def user(n: int) -> str:
    """The id of the n-th of many users."""
    return f"00000000-0000-4000-8000-{n:012d}"


@dataclass(frozen=True, slots=True)
class Rig:
    stub: GraphStub
    clock: Clock
    token: ClientCredentials
    graph: Graph
    session: aiohttp.ClientSession


@asynccontextmanager
async def rig(*, secret: str = SECRET, seconds: float = 5.0) -> AsyncIterator[Rig]:
    clock = Clock()
    stub = GraphStub(clock)
    stub.teams = {ANA: ("Busy", "InAMeeting"), BEN: ("Away", "Away")}
    runner = web.AppRunner(stub.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stub.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession() as session:
        token = ClientCredentials(session, clock, TENANT, APP, SecretStr(secret), authority=stub.base, timeout=seconds)
        graph = Graph(session, token, APP, base=f"{stub.base}/v1.0", timeout=seconds)
        try:
            yield Rig(stub, clock, token, graph, session)
        finally:
            stub.over.set()
            await runner.cleanup()


def with_graph(use: Callable[[Rig], Awaitable[Got]], **settings: Any) -> Got:
    """Run a test with a tenant of its own."""

    async def run() -> Got:
        async with rig(**settings) as given:
            return await use(given)

    return asyncio.run(run())


def first(*faults: Fault, what: str = "") -> Decide:
    """Those faults one after the other, for the requests of this kind; then all is well."""
    left = list(faults)
    return lambda seen: left.pop(0) if left and what in ("", seen.what) else None


def entries(*found: Any) -> Fault:
    return Fault(200, body=json.dumps({"value": list(found)}))
