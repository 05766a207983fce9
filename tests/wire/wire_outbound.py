"""What the tests of calls that the site makes share: ordering them, and looking at what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from wire_rig import OPERATOR, SCRIPTS, Wire

from emulator import Phone
from emulator.rest import Received

S10 = SCRIPTS / "s10_reminder.ivr"
ANA = "+14255550111"
"""A number of Seattle, whose clock is three hours behind the flow's own in New York."""
ACCOUNT = "28:orgid:5b2d1c8e-6f0a-4b7e-9c41-2f6d8a3e7b10"
CLINIC = "+14255550115"
AT_TEN = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("America/Los_Angeles")).timestamp()
VALUES = {"name": "Ana", "day": "2026-03-04", "time": "10:00"}

Json = dict[str, Any]


def site(line: str = ACCOUNT, **more: Any) -> dict[str, dict[str, object]]:
    """The sections of a site file that makes these calls; ``more`` goes into ``[calling]``."""
    return {
        **OPERATOR.section,
        "calling": {"countries": ["US"], "opt_out": "no_calls", **more},
        "outbound": {"reminder": {"script": str(S10), "line": line}},
    }


async def ask(rig: Wire, method: str, path: str, body: object = None, *, token: bool = True) -> tuple[int, Json]:
    """One request of the operator's."""
    headers = OPERATOR.headers if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{rig.server_url}{path}", json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json() if answer.content_type == "application/json" else {}


async def order(rig: Wire, key: str = "a", number: str = ANA, **more: object) -> str:
    """Order a reminder; the call's id."""
    body = {"flow": "reminder", "number": number, "key": key, "with": VALUES, **more}
    status, answer = await ask(rig, "POST", "/calls", body)
    assert status == 201, answer
    return str(answer["call"])


async def told(rig: Wire, call: str) -> Json:
    """What the API tells of a call."""
    status, answer = await ask(rig, "GET", f"/calls/{call}")
    assert status == 200
    return answer


async def attempts(rig: Wire, call: str) -> list[str]:
    """How the attempts of a call ended, or how they stand."""
    return [each["state"] for each in (await told(rig, call))["outbound"]["attempts"]]


def phones(rig: Wire, number: str = ANA) -> list[Phone]:
    """Every ringing of somebody, in order."""
    return [phone for phone in rig.emulator.calls() if phone.me.label == number]


def created(rig: Wire) -> list[Received]:
    """The requests that make a call."""
    return [each for each in rig.emulator.requests if each.operation == "create"]


async def over(rig: Wire, call: str) -> tuple[str | None, str, str]:
    """Let the call come to its end: ending, result, block."""
    await rig.run_until(lambda: call in rig.calls and rig.calls[call].finished)
    await rig.advance(30.0)
    state = rig.calls[call]
    return state.ending, state.result, state.block
