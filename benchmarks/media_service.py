"""The telephone service of the streams' measurement: it lets a call be answered and its audio be asked for."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from aiohttp import web

from benchmarks import service
from benchmarks.service import CALLER, LINE


class Service(service.Service):
    """The stub, which also knows of audio."""

    def __init__(self) -> None:
        super().__init__()
        self._answered: dict[str, asyncio.Future[str]] = {}
        self._asked: dict[str, asyncio.Future[None]] = {}

    async def streamed(self, server: str) -> tuple[str, dict[str, str]]:
        """A call whose audio the server has asked for: where it goes, and the headers of the connection."""
        assert self.session is not None
        connection, loop = str(uuid.uuid4()), asyncio.get_running_loop()
        self._answered[connection], self._asked[connection] = loop.create_future(), loop.create_future()
        number = {"kind": "phoneNumber", "rawId": f"4:{LINE}", "phoneNumber": {"value": LINE}}
        data = {
            "to": number, "from": CALLER, "serverCallId": "s", "callerDisplayName": "",
            "incomingCallContext": connection, "correlationId": connection,
        }  # fmt: skip
        event = {"id": connection, "topic": "t", "subject": "s", "data": data, "dataVersion": "1.0",
                 "metadataVersion": "1", "eventType": "Microsoft.Communication.IncomingCall",
                 "eventTime": "2026-09-15T11:36:07Z"}  # fmt: skip
        async with self.session.post(f"{server}/events", json=[event]) as answer:
            answer.raise_for_status()
        address = await self._answered[connection]
        await self._asked[connection]
        return address, {"Authorization": f"Bearer {self.token}", "x-ms-call-connection-id": connection}

    async def stop(self) -> None:
        assert self.session is not None
        await self.session.close()

    async def _answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        connection = body["incomingCallContext"]
        self._answered[connection].set_result(body["mediaStreamingOptions"]["transportUrl"])
        self.calls[connection] = service.Call(asyncio.get_running_loop().create_future(), body["callbackUri"])
        self._send(connection, "CallConnected", 0, body.get("operationContext"))
        return web.json_response({"callConnectionId": connection, "callConnectionState": "unknown", "serverCallId": "s",
            "callbackUri": body["callbackUri"], "targets": [], "sourceDisplayName": "", "source": CALLER,
            "correlationId": connection})  # fmt: skip

    async def _action(self, request: web.Request) -> web.Response:
        connection, _, verb = request.match_info["rest"].partition(":")
        if verb != "startMediaStreaming":
            return web.Response(status=204)
        body: dict[str, Any] = await request.json()
        update = {"contentType": "Audio", "mediaStreamingStatus": "mediaStreamingStarted",
                  "mediaStreamingStatusDetails": "subscriptionStarted"}  # fmt: skip
        told = {"mediaStreamingUpdate": update}
        await self._post(connection, "MediaStreamingStarted", 0, body.get("operationContext"), 200, told, "")
        if not self._asked[connection].done():
            self._asked[connection].set_result(None)
        return web.Response(status=202)
