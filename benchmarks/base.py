"""The peer: what somebody writes by hand for the same flow. Starlette, the asynchronous SDK, PyJWT, SQLite with FULL
sync.

Honest and ordinary: one client, one connection to the database, the token checked with a cached key, the state
written before the answer. It has no outbox, no order of actions, no duplicates detection and no restart: that is the
other's extra work.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys

import jwt
import uvicorn
from azure.communication.callautomation import DtmfTone, PhoneNumberIdentifier, RecognizeInputType, TextSource
from azure.communication.callautomation.aio import CallAutomationClient
from azure.core.credentials import AzureKeyCredential
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.service import ISSUER, KEY, RESOURCE

PROMPT = "For billing, press 1. For an agent, press 0."
AGAIN = "I did not hear anything. Press 1 for billing, or 0 for an agent."


def next_action(state: dict[str, int], kind: str, tones: list[str]) -> str:
    """The flow, hand-coded: what to do after an event."""
    if kind == "CallConnected":
        return "greet"
    if kind == "PlayCompleted":
        return "ask"
    if kind == "RecognizeFailed":
        state["tries"] = state.get("tries", 0) + 1
        return "ask again" if state["tries"] < 3 else "transfer"
    if kind == "RecognizeCompleted":
        return "transfer" if tones == ["one"] else "ask again"
    return ""


class Base:
    def __init__(self, service: str, port: int, database: str) -> None:
        self.client = CallAutomationClient(service, AzureKeyCredential(KEY))
        self.keys = jwt.PyJWKClient(f"{service}/calling/keys")
        self.url = f"http://127.0.0.1:{port}"
        self.db = sqlite3.connect(database, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute("CREATE TABLE IF NOT EXISTS call(id TEXT PRIMARY KEY, state TEXT)")

    async def incoming(self, request: Request) -> Response:
        for event in await request.json():
            data = event["data"]
            call = data["correlationId"]
            self.db.execute("INSERT OR REPLACE INTO call VALUES(?, ?)", (call, "{}"))
            await self.client.answer_call(data["incomingCallContext"], f"{self.url}/callbacks/{call}")
        return JSONResponse({})

    async def callback(self, request: Request) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            key = self.keys.get_signing_key_from_jwt(token)
            jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER, audience=RESOURCE)
        except jwt.PyJWTError:
            return Response(status_code=401)
        call = request.path_params["call"]
        for event in await request.json():
            data = event["data"]
            kind = event["type"].rpartition(".")[2]
            row = self.db.execute("SELECT state FROM call WHERE id=?", (call,)).fetchone()
            state = json.loads(row[0])
            action = next_action(state, kind, (data.get("dtmfResult") or {}).get("tones", []))
            self.db.execute("UPDATE call SET state=? WHERE id=?", (json.dumps(state), call))
            if action:
                await self.act(action, data["callConnectionId"])
        return Response()

    async def act(self, action: str, connection: str) -> None:
        line = self.client.get_call_connection(connection)
        if action == "greet":
            await line.play_media_to_all(TextSource(text="Thank you for calling.", voice_name="en-US-JennyNeural"))
        elif action == "transfer":
            await line.transfer_call_to_participant(PhoneNumberIdentifier("+14255550199"))
        else:
            await line.start_recognizing_media(
                RecognizeInputType.DTMF,
                PhoneNumberIdentifier("+14255550100"),
                play_prompt=TextSource(text=PROMPT if action == "ask" else AGAIN, voice_name="en-US-JennyNeural"),
                dtmf_max_tones_to_collect=1,
                dtmf_stop_tones=[DtmfTone.POUND],
                initial_silence_timeout=5,
                interrupt_prompt=True,
            )


def main() -> None:
    service, port, database = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    base = Base(service, port, database)
    app = Starlette(
        routes=[
            Route("/events", base.incoming, methods=["POST"]),
            Route("/callbacks/{call}", base.callback, methods=["POST"]),
            Route("/readyz", lambda _: Response(), methods=["GET"]),
        ]
    )
    uvicorn.run(app, port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
