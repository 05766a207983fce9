"""What Call Automation reports of calls that we make."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interpreter.azure.callbacks import Callback, parse, why_not_reached
from interpreter.protocol import Connected, Disconnected, LineEnded

AT = 1_800_000_000.0
OP = "1.patient"


def event(kind: str, **data: Any) -> bytes:
    body = {"callConnectionId": "c-1", "serverCallId": "s", **data}
    return json.dumps([{"id": "e", "type": f"Microsoft.Communication.{kind}", "data": body}]).encode()


def told(body: bytes, dial: str = OP) -> object:
    [found] = parse(body, AT, "out-1", dial)
    assert isinstance(found, Callback)
    return found.event


def result(code: int, sub_code: int, message: str = "") -> dict[str, Any]:
    return {"resultInformation": {"code": code, "subCode": sub_code, "message": message}}


def test_the_address_says_which_attempt_it_is_about() -> None:
    assert told(event("CallConnected", operationContext=OP)) == Connected(AT, OP, "c-1")
    ended = LineEnded(AT, OP, "c-1", 603, 0, "busy", "Decline.")
    assert told(event("CreateCallFailed", **result(603, 0, "Decline."))) == ended, "the service names no context here"
    assert told(event("CallDisconnected", operationContext=OP, **result(603, 0, "Decline."))) == ended


def test_without_it_they_are_what_they_are_of_a_call_that_came_in() -> None:
    assert told(event("CallConnected", operationContext=OP), "") == Connected(AT, OP)
    assert told(event("CallDisconnected", **result(200, 0)), "") == Disconnected(AT, 200, 0)
    assert told(event("CreateCallFailed", **result(603, 0)), "") is None


CODES = {
    # Wire contract, sections 3.4 and 3.5.
    (480, 560480): "no answer", (408, 560408): "no answer", (408, 10057): "no answer", (480, 10078): "no answer",
    (487, 540487): "no answer", (487, 0): "no answer",
    (486, 560486): "busy", (603, 560603): "busy", (603, 0): "busy", (600, 8540): "busy",
    (404, 560404): "invalid", (484, 560484): "invalid",
    (400, 8523): "failed", (403, 7504): "failed", (403, 510403): "failed", (403, 560403): "failed",
    (503, 560503): "failed", (500, 560500): "failed", (401, 10009): "failed", (405, 8522): "failed",
    (412, 8583): "failed", (200, 7000): "failed", (0, 0): "failed",
}  # fmt: skip


@pytest.mark.parametrize("codes", CODES, ids=str)
def test_why_somebody_was_not_reached(codes: tuple[int, int]) -> None:
    assert why_not_reached(*codes) == CODES[codes]
