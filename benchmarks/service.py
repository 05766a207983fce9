"""The other side of the measurement: a service that answers every request at once and sends the next event at once.

It does no more than the flow needs, so that it is never the slower half: a fixed token, fixed bodies, one client
session.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://acscallautomation.communication.azure.com"
RESOURCE = "6b1f4a58-7c1e-4d0a-9a5e-0c2f3d4e5a6b"
KEY = "YmVuY2htYXJr"
LINE = "+18005550100"
CALLER = {"rawId": "4:+14255550100", "kind": "phoneNumber", "phoneNumber": {"value": "+14255550100"}}


@dataclass(slots=True)
class Call:
    """One call: where its events go, and how often it has been asked."""

    done: asyncio.Future[None]
    callback: str = ""
    asked: int = 0


@dataclass(slots=True)
class Service:
    """The stub. ``calls`` are keyed by connection id, which is also the incoming-call context."""

    calls: dict[str, Call] = field(default_factory=dict)
    callbacks: int = 0
    refused: int = 0
    session: aiohttp.ClientSession | None = None
    token: str = ""
    jwks: dict[str, object] = field(default_factory=dict)
    url: str = ""

    async def start(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
        self.jwks = {"keys": [{**public, "kid": "bench", "use": "sig", "alg": "RS256"}]}
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": RESOURCE, "nbf": now - 5, "iat": now - 5, "exp": now + 86_400}
        self.token = jwt.encode(claims, key, "RS256", headers={"kid": "bench"})
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        app = web.Application()
        app.router.add_get("/calling/.well-known/acsopenidconfiguration", self._configuration)
        app.router.add_get("/calling/keys", self._keys)
        app.router.add_post("/calling/callConnections:answer", self._answer)
        app.router.add_route("*", "/calling/callConnections/{rest:.*}", self._action)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def call(self, server: str) -> None:
        """Ring, and wait for the end of the call."""
        assert self.session is not None
        connection, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        self.calls[connection] = call = Call(asyncio.get_running_loop().create_future())
        event = {
            "id": correlation,
            "topic": "t",
            "subject": "s",
            "data": {
                "to": {"kind": "phoneNumber", "rawId": f"4:{LINE}", "phoneNumber": {"value": LINE}},
                "from": CALLER,
                "serverCallId": "s",
                "callerDisplayName": "",
                "incomingCallContext": connection,
                "correlationId": correlation,
            },
            "eventType": "Microsoft.Communication.IncomingCall",
            "dataVersion": "1.0",
            "metadataVersion": "1",
            "eventTime": "2026-09-15T11:35:58.6Z",
        }
        async with self.session.post(f"{server}/events", json=[event]) as answer:
            answer.raise_for_status()
        await call.done
        del self.calls[connection]

    async def _configuration(self, _: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/calling/keys"})

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self.jwks)

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        connection = body["incomingCallContext"]
        self.calls[connection].callback = body["callbackUri"]
        context = body.get("operationContext")
        self._send(connection, "CallConnected", 0, context)
        return web.json_response(
            {
                "callConnectionId": connection,
                "callConnectionState": "unknown",
                "serverCallId": "s",
                "callbackUri": body["callbackUri"],
                "targets": [],
                "sourceDisplayName": "",
                "source": CALLER,
                "correlationId": connection,
            }
        )

    async def _action(self, request: web.Request) -> web.Response:
        connection, _, verb = request.match_info["rest"].partition(":")
        if request.method == "DELETE" or verb == "terminate":
            return web.Response(status=204)
        context = (await request.json()).get("operationContext")
        call = self.calls.get(connection)
        if call is None:
            return web.json_response({"error": {"code": "8522", "message": "Call not found."}}, status=404)
        if verb == "play":
            self._send(connection, "PlayCompleted", 0, context)
        elif verb == "recognize":
            call.asked += 1
            if call.asked == 1:
                self._send(connection, "RecognizeFailed", 8510, context, code=400)
            else:
                tones = {"recognitionType": "dtmf", "dtmfResult": {"tones": ["one"]}}
                self._send(connection, "RecognizeCompleted", 8531, context, extra=tones)
        elif verb == "transferToParticipant":
            self._send(connection, "CallTransferAccepted", 0, context, then="CallDisconnected")
            return web.json_response({"operationContext": context}, status=202)
        return web.Response(status=202)

    def _send(
        self,
        connection: str,
        name: str,
        sub_code: int,
        context: str | None,
        *,
        code: int = 200,
        extra: Mapping[str, object] | None = None,
        then: str = "",
    ) -> None:
        task = asyncio.ensure_future(self._post(connection, name, sub_code, context, code, extra or {}, then))
        task.add_done_callback(lambda done: done.exception())

    async def _post(
        self,
        connection: str,
        name: str,
        sub_code: int,
        context: str | None,
        code: int,
        extra: Mapping[str, object],
        then: str,
    ) -> None:
        call = self.calls.get(connection)
        assert call is not None
        assert self.session is not None
        source = f"calling/callConnections/{connection}"
        kind = f"Microsoft.Communication.{name}"
        event = {
            "id": str(uuid.uuid4()),
            "source": source,
            "type": kind,
            "data": {
                **extra,
                "version": "2026-03-12",
                "operationContext": context,
                "resultInformation": {"code": code, "subCode": sub_code, "message": ""},
                "callConnectionId": connection,
                "serverCallId": "s",
                "correlationId": connection,
                "publicEventType": kind,
            },
            "time": "2026-09-15T11:36:07.9937574+00:00",
            "specversion": "1.0",
            "datacontenttype": "application/json",
            "subject": source,
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.post(call.callback, json=[event], headers=headers) as answer:
            self.callbacks += 1
            self.refused += answer.status != 200
        if then:
            await self._post(connection, then, 7015, None, 200, {}, "")
        if name == "CallDisconnected" and not call.done.done():
            call.done.set_result(None)
