"""A server on a real socket, with a key server of its own and a host that only keeps what it is asked to do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import uvicorn
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

import server
from interpreter.addresses import call_id_for, shard_of
from interpreter.heads import BoundedHeads
from interpreter.media.limits import WEB_SERVER
from interpreter.ports import Line, Performance, Performed, Request
from interpreter.protocol import HostAction
from interpreter.site import Site
from interpreter.store import Store, StoreUnavailable
from interpreter.store.sqlite import SqliteStore

RESOURCE = "6d889502-3d7a-41a8-befa-d21fd80e8767"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
ISSUER = "https://issuer.example"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NOW = 1_800_000_000.0
CORRELATION = "2e0fa6fe-bf3e-4351-9beb-568add4f5315"
SECRET = "grid-secret-value"
OPERATOR = "operator-token-value"

SCRIPT = """\
ivr 1
flow main for "Test line"
    timezone "America/New_York"
    language en-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    say "Welcome."
    when switch closed is on -> sorry
    go to choose

menu choose
    prompt "For the desk press 1."
    reprompt "Press 1."
    press 1 -> desk
    no input "I heard nothing."
    no match "That is no choice."
    after 3 tries -> desk

transfer desk
    to number front_desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Goodbye."
    finish sorry
"""

SITE = """
[service]
resource_id = "{resource}"
[server]
callback_base = "{base}"
max_body_bytes = 20000
drain_seconds = 5
[callbacks]
issuer = "{issuer}"
jwks = "{keys}/keys"
[events]
secret = "{secret}"
{events}
[operator]
token = "{operator}"
[lines]
"+18005550100" = "main.ivr"
[numbers]
front_desk = "+14255550111"
[switches]
closed = "off"
"""


@dataclass(slots=True)
class Clock:
    at: float = NOW

    def now(self) -> float:
        return self.at


@dataclass(slots=True)
class KeptHost:
    """Accepts everything."""

    asked: list[tuple[Line, HostAction]] = field(default_factory=list)

    async def perform(self, line: Line, action: HostAction, request: Request) -> Performance:
        self.asked.append((line, action))
        return Performed("cc-1")

    async def close(self) -> None: ...

    def verbs(self) -> list[str]:
        return [type(action).__name__ for _, action in self.asked]

    def op(self, verb: str) -> str:
        """The operation of the latest action of this kind."""
        return next(action.op for _, action in reversed(self.asked) if type(action).__name__ == verb)


@dataclass(slots=True)
class Rig:
    base: str
    desk: Any
    host: KeptHost
    clock: Clock
    session: aiohttp.ClientSession
    folder: Path
    key_server_down: bool = False

    async def get(self, path: str, **kwargs: Any) -> tuple[int, Any]:
        return await self.ask("GET", path, **kwargs)

    async def ask(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        async with self.session.request(method, self.base + path, **kwargs) as response:
            text = await response.text()
            with contextlib.suppress(ValueError):
                return response.status, json.loads(text)
            return response.status, text

    async def ring(self, correlation: str = CORRELATION, **more: Any) -> int:
        status, _ = await self.ask("POST", f"/events?secret={SECRET}", data=incoming(correlation, **more))
        await self.desk.engine.idle()
        return status

    async def call_back(self, kind: str, event_id: str, token: str | None = None, **data: Any) -> int:
        body = json.dumps([event(kind, event_id, **data)])
        return (await self.post_callback(body, token))[0]

    async def post_callback(self, body: Any, token: str | None = None, path: str | None = None) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {make_token() if token is None else token}",
            "Content-Type": "application/json",
        }
        status, answer = await self.ask("POST", path or callback_path(), data=body, headers=headers)
        await self.desk.engine.idle()
        return status, answer

    async def metric(self, line: str) -> float:
        _, text = await self.get("/metrics")
        return next((float(each.rpartition(" ")[2]) for each in text.splitlines() if each.startswith(line)), 0.0)


def call_id(correlation: str = CORRELATION) -> str:
    from interpreter.azure.eventgrid import Incoming

    return call_id_for(Incoming("", correlation, "", "+18005550100", "", "").key)


def callback_path(correlation: str = CORRELATION) -> str:
    return f"/callbacks/{shard_of(call_id(correlation))}/{call_id(correlation)}"


def incoming(
    correlation: str = CORRELATION, called: str = "+18005550100", caller: str = "+15551230001", callee: str = ""
) -> str:
    def phone(number: str) -> dict[str, Any]:
        return {"kind": "phoneNumber", "rawId": f"4:{number}", "phoneNumber": {"value": number}}

    data = {
        "to": phone(called),
        "from": phone(caller),
        "callerDisplayName": "Ana",
        "incomingCallContext": "ticket",
        "correlationId": correlation,
        **({"onBehalfOfCallee": phone(callee)} if callee else {}),
    }
    return json.dumps([{"id": f"e-{correlation}", "eventType": "Microsoft.Communication.IncomingCall", "data": data}])


def event(kind: str, event_id: str, **data: Any) -> dict[str, Any]:
    whole = {"callConnectionId": "cc-1", "serverCallId": "s", "correlationId": CORRELATION, **data}
    return {"id": event_id, "type": f"Microsoft.Communication.{kind}", "specversion": "1.0", "data": whole}


def result(code: int, sub_code: int) -> dict[str, Any]:
    return {"resultInformation": {"code": code, "subCode": sub_code, "message": ""}}


def make_token(key: rsa.RSAPrivateKey = KEY, kid: str = "k1", **claims: Any) -> str:
    whole = {"iss": ISSUER, "aud": RESOURCE, "exp": NOW + 300, "nbf": NOW, **claims}
    return jwt.encode(whole, key, algorithm="RS256", headers={"kid": kid})


@contextlib.asynccontextmanager
async def key_server(rig: list[Rig]) -> AsyncIterator[str]:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)

    async def answer(request: web.Request) -> web.Response:
        if rig and rig[0].key_server_down:
            raise web.HTTPServiceUnavailable
        if request.path.endswith("openid-configuration"):
            return web.json_response({"jwks_uri": f"http://{request.host}/keys"})
        return web.json_response({"keys": [{**public, "kid": "k1", "use": "sig"}]})

    app = web.Application()
    app.router.add_get("/{any:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def serving(
    folder: Path, *, store: Store | None = None, events: str = "", script: str = SCRIPT
) -> AsyncIterator[Rig]:
    """The server with all its routes on a free port; calls run on a virtual clock."""
    (folder / "main.ivr").write_text(script)
    held: list[Rig] = []
    async with key_server(held) as keys, aiohttp.ClientSession() as session:
        listening = socket.create_server(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        text = SITE.format(
            resource=RESOURCE, base=base, issuer=ISSUER, keys=keys, secret=SECRET, operator=OPERATOR,
            events=events.replace("KEYS", keys),
        )  # fmt: skip
        site, host, clock = Site.parse(text, folder), KeptHost(), Clock()
        async with server.running(site, store=store, host=host, clock=clock, token_clock=clock) as runtime:
            config = uvicorn.Config(
                runtime.app, http=BoundedHeads, lifespan="off", log_config=None, access_log=False, **WEB_SERVER
            )
            web_server = server.QuietServer(config)
            task = asyncio.create_task(web_server.serve(sockets=[listening]))
            try:
                rig = Rig(base, runtime.desk, host, clock, session, folder)
                held.append(rig)
                yield rig
            finally:
                web_server.should_exit = True
                await task


def on_server(folder: Path, story: Callable[[Rig], Coroutine[Any, Any, None]], **kwargs: Any) -> None:
    async def run() -> None:
        async with serving(folder, **kwargs) as rig:
            await story(rig)

    asyncio.run(run())


class FailingStore:
    """A store that can be told to fail, the floor's log in it, too. Everything else is a real one."""

    def __init__(self, real: SqliteStore) -> None:
        self.real, self.failing = real, False
        self.floor = _Failing(real.floor, lambda: self.failing)

    def __getattr__(self, name: str) -> Any:
        return getattr(_Failing(self.real, lambda: self.failing), name)


class _Failing:
    def __init__(self, real: object, failing: Callable[[], bool]) -> None:
        self._real, self._is_failing = real, failing

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)

        async def call(*args: Any) -> Any:
            if self._is_failing():
                raise StoreUnavailable("told to fail")
            return await method(*args)

        return call
