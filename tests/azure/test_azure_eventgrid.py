from __future__ import annotations

import json
from typing import Any

import pytest

from interpreter.azure.custom_context import CustomContext
from interpreter.azure.eventgrid import (
    Ignored,
    Incoming,
    Validation,
    options_answer,
    parse,
    validation_answer,
)
from interpreter.azure.fields import Malformed

ACCOUNT = "28:orgid:cc123456-5678-5678-1234-ccc123456789"
CORRELATION = "2e0fa6fe-bf3e-4351-9beb-568add4f5315"


def phone(value: str, **more: Any) -> dict[str, Any]:
    return {"kind": "phoneNumber", "rawId": f"4:{value}", "phoneNumber": {"value": value, **more}}


def data(**more: Any) -> dict[str, Any]:
    return {
        "to": {"kind": "unknown", "rawId": ACCOUNT},
        "from": phone("+15551230001"),
        "serverCallId": "aHR0cHM6Ly9hcGk",
        "callerDisplayName": "Ana",
        "customContext": {"sipHeaders": {"userToUser": "61"}, "voipHeaders": {}},
        "incomingCallContext": "eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.",
        "correlationId": CORRELATION,
        **more,
    }


def grid(payload: Any, kind: str = "Microsoft.Communication.IncomingCall") -> dict[str, Any]:
    return {"id": "e1", "topic": "/t", "subject": "/s", "data": payload, "eventType": kind, "dataVersion": "1.0"}


def cloud(payload: Any, kind: str = "Microsoft.Communication.IncomingCall") -> dict[str, Any]:
    return {"id": "e1", "source": "/s", "type": kind, "specversion": "1.0", "data": payload}


CONTEXT = CustomContext(sip={"user-to-user": "61"})
RINGS = Incoming("e1", CORRELATION, "+15551230001", ACCOUNT, "Ana", "eyJhbGciOiJub25lIn0.eyJ4IjoxfQ.", CONTEXT)


@pytest.mark.parametrize(
    "body", [[grid(data())], grid(data()), cloud(data()), [cloud(data())]], ids=["grid", "grid-1", "cloud", "cloud-n"]
)
def test_a_ringing_call_in_both_schemas(body: Any) -> None:
    assert parse(json.dumps(body).encode()) == [RINGS]


PARTIES: list[tuple[str, dict[str, Any], str]] = [
    ("a telephone", phone("+15551230001"), "+15551230001"),
    ("a telephone by rawId alone", {"rawId": "4:+15551230001"}, "+15551230001"),
    ("a telephone without rawId", {"phoneNumber": {"value": "+15551230001"}}, "+15551230001"),
    ("withheld, by rawId", {"rawId": "4:anonymous", "kind": "phoneNumber"}, ""),
    ("withheld, by value", phone("anonymous"), ""),
    ("withheld, by flag", phone("+15551230001", isAnonymous=True), ""),
    ("a short number", phone("4711"), "4:4711"),
    ("a number with an asserted id", {**phone("+15551230001"), "rawId": "4:+15551230001_x"}, "+15551230001"),
    ("a resource account", {"kind": "unknown", "rawId": ACCOUNT}, ACCOUNT),
    ("a user", {"rawId": "8:acs:r_u", "communicationUser": {"id": "8:acs:r_u"}}, "8:acs:r_u"),
]


@pytest.mark.parametrize(("identifier", "expected"), [case[1:] for case in PARTIES], ids=[case[0] for case in PARTIES])
def test_parties(identifier: dict[str, Any], expected: str) -> None:
    (found,) = parse(json.dumps(grid(data(**{"from": identifier}))).encode())
    assert isinstance(found, Incoming)
    assert found.caller == expected


def test_the_key_of_a_call_is_the_same_for_every_delivery_and_for_no_other_call() -> None:
    def key(**more: Any) -> str:
        (found,) = parse(json.dumps(grid(data(**more))).encode())
        assert isinstance(found, Incoming)
        return found.key

    assert key() == key(callerDisplayName="B", serverCallId="other")
    passed_on = key(to=phone("+18005550100"))
    assert len({key(), passed_on, key(correlationId="other")}) == 3


def test_a_batch_keeps_its_order_and_what_is_not_ours_is_ignored() -> None:
    batch = [
        grid(data()),
        grid({"x": 1}, "Microsoft.Communication.CallEnded"),
        grid({"validationCode": "ABC"}, "Microsoft.EventGrid.SubscriptionValidationEvent"),
        7,
    ]
    found = parse(json.dumps(batch).encode())
    assert found[:3] == [RINGS, Ignored("Microsoft.Communication.CallEnded"), Validation("ABC")]
    assert isinstance(found[3], Malformed)
    assert validation_answer("ABC") == {"validationResponse": "ABC"}


@pytest.mark.parametrize(
    "broken",
    [
        {"to": None},
        {"to": {}},
        {"to": ACCOUNT},
        {"from": {"phoneNumber": {"value": 5}}},
        {"incomingCallContext": ""},
        {"incomingCallContext": None},
        {"correlationId": 5},
        {"correlationId": ""},
        {"callerDisplayName": ["x"]},
        {"callerDisplayName": "\ud800"},
    ],
    ids=str,
)
def test_a_ringing_call_of_another_shape_is_a_value(broken: dict[str, Any]) -> None:
    (found,) = parse(json.dumps(grid(data(**broken))).encode())
    assert isinstance(found, Malformed)


@pytest.mark.parametrize(
    ("origin", "rate", "expected"),
    [
        ("eventgrid.azure.net", None, {"WebHook-Allowed-Origin": "eventgrid.azure.net", "Allow": "POST"}),
        (
            "eventgrid.azure.net",
            "120",
            {"WebHook-Allowed-Origin": "eventgrid.azure.net", "Allow": "POST", "WebHook-Allowed-Rate": "*"},
        ),
        (None, None, None),
        ("a b", None, None),
        ("x\r\nSet-Cookie: a", None, None),
    ],
)
def test_the_cloudevents_handshake(origin: str | None, rate: str | None, expected: dict[str, str] | None) -> None:
    assert options_answer(origin, rate) == expected
