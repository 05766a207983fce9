from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.azure.callbacks import Callback, parse
from interpreter.azure.fields import Malformed
from interpreter.journal import PROTOCOL
from interpreter.protocol import (
    ActionFailed,
    Connected,
    Disconnected,
    Event,
    PlayEnded,
    Recognized,
    RecordingChanged,
    Reported,
    ToneHeard,
    TransferAccepted,
)

OP = "node:main-menu#3"
AT = 1_800_000_000.5
RECORDING = (
    "eyJQbGF0Zm9ybUVuZHBvaW50SWQiOiI0NDFmMTIwMC1lNjk0LTQwMTQtYWJlYi03M2UzMTU2MWE1YzEiLCJSZXNvdXJjZVNwZWNpZmljSWQiOiJj"
    "MTFhODY2Yi02NmQwLTRiNzMtYmE2YS0zMjQxNWE5OGE2ZmUifQ"
)
EXAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("events.json").read_text())

HEARD: dict[str, list[Event]] = {
    "CallConnected": [Connected(AT, OP)],
    "CallDisconnected": [
        Disconnected(
            AT,
            200,
            7000,
            "Call was ended by Azure Communication Service Call Automation API or a server bot. DiagCode: 0#7000.@",
        )
    ],
    "AnswerFailed": [ActionFailed(AT, OP, 404, 8522, "Call not found. DiagCode: 404#8522.@")],
    "CallTransferAccepted": [TransferAccepted(AT, OP)],
    "CallTransferFailed": [ActionFailed(AT, OP, 486, 560486, "Callee is busy.")],
    "PlayCompleted": [PlayEnded(AT, OP)],
    "PlayFailed": [ActionFailed(AT, OP, 400, 8535, "Action failed, file format is invalid.")],
    "PlayCanceled": [ActionFailed(AT, OP, 400, 8508, "Action failed, the operation was canceled.")],
    "RecognizeCompleted": [
        Recognized(AT, OP, 200, 8514, tones="56"),
        Recognized(AT, OP, 200, 8545, label="Confirm"),
        Recognized(AT, OP, 200, 8533, label="Confirm"),
        Recognized(AT, OP, 200, 8569, speech="I want to check my balance."),
    ],
    "RecognizeFailed": [ActionFailed(AT, OP, 400, 8510, "Action failed, initial silence timeout reached.")],
    "RecognizeCanceled": [ActionFailed(AT, OP, 400, 8508, "Action failed, the operation was canceled.")],
    "ContinuousDtmfRecognitionToneReceived": [ToneHeard(AT, 1, "5")],
    "ContinuousDtmfRecognitionToneFailed": [ActionFailed(AT, OP, 500, 9999, "Unknown internal server error.")],
    "SendDtmfTonesCompleted": [Reported(AT, OP, "done")],
    "SendDtmfTonesFailed": [Reported(AT, OP, "failed", reason="500/9999 Action failed.")],
    "RecordingStateChanged": [RecordingChanged(AT, RECORDING, "active")],
    "MediaStreamingStarted": [Reported(AT, OP, "started")],
    "MediaStreamingStopped": [Reported(AT, OP, "started")],
    "MediaStreamingFailed": [
        Reported(
            AT,
            OP,
            "failed",
            reason="400/8581 initialWebSocketConnectionFailed "
            "Action failed, Transport url is not valid or web socket server is not operational.",
        )
    ],
    "TranscriptionStarted": [Reported(AT, OP, "started")],
    "TranscriptionStopped": [Reported(AT, OP, "started")],
    "TranscriptionFailed": [
        Reported(
            AT,
            OP,
            "failed",
            reason="500/8564 speechServicesConnectionError Action failed, speech service connection error.",
        )
    ],
    "StartRecordingFailed": [RecordingChanged(AT, RECORDING, "failed", 500, 9999, "Unknown internal server error.")],
}
"""What a call hears of; every other example of the collection tells it nothing."""


def test_every_captured_event_is_read() -> None:
    assert len(EXAMPLES) == 45
    heard: dict[str, list[Event]] = {}
    for example in EXAMPLES:
        (callback,) = parse(json.dumps([example["event"]]).encode(), AT)
        assert isinstance(callback, Callback), example["name"]
        assert callback.known
        assert callback.type == example["name"]
        assert callback.event_id == example["event"]["id"]
        assert callback.connection_id == example["event"]["data"]["callConnectionId"]
        assert callback.server_call_id == example["event"]["data"]["serverCallId"]
        if callback.event is not None:
            heard.setdefault(callback.type, []).append(callback.event)
    assert heard == HEARD


def body(kind: str, data: dict[str, Any] | None = None, **result: Any) -> bytes:
    whole = {"callConnectionId": "c", "serverCallId": "s", "operationContext": "o", **(data or {})}
    if result:
        whole["resultInformation"] = result
    return json.dumps({"id": "e", "type": f"Microsoft.Communication.{kind}", "data": whole}).encode()


def dtmf(*tones: Any) -> dict[str, Any]:
    return {"recognitionType": "dtmf", "dtmfResult": {"tones": list(tones)}}


def failed_feed(word: str, details: str) -> dict[str, Any]:
    return {f"{word}Update": {f"{word}Status": f"{word}Failed", f"{word}StatusDetails": details}}


ALL_TONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "pound", "asterisk"]

CASES: list[tuple[str, bytes, Event | None]] = [
    *(
        (
            f"a transcript or a stream that may not be is refused: {word}, {details}",
            body(f"{kind}Failed", failed_feed(word, details), code=400, subCode=8578),
            Reported(1.0, "o", "refused", reason=f"400/8578 {details}"),
        )
        for kind, word in (("Transcription", "transcription"), ("MediaStreaming", "mediaStreaming"))
        for details in ("forbidden", "authenticationFailure")
    ),
    (
        "a transcript that nobody here has asked for is none of a call's business",
        body("TranscriptionStarted", {"operationContext": None}),
        None,
    ),
    (
        "every tone has a character",
        body("RecognizeCompleted", dtmf(*ALL_TONES, "a", "b", "C", "d"), code=200, subCode=8531),
        Recognized(1.0, "o", 200, 8531, tones="0123456789#*ABCD"),
    ),
    (
        "a stop tone is dropped",
        body("RecognizeCompleted", dtmf("one", "asterisk"), code=200, subCode=8514),
        Recognized(1.0, "o", 200, 8514, tones="1"),
    ),
    (
        "a stop tone that the service left out costs no digit",
        body("RecognizeCompleted", dtmf("one", "two"), code=200, subCode=8514),
        Recognized(1.0, "o", 200, 8514, tones="12"),
    ),
    (
        "only the stop tone",
        body("RecognizeCompleted", dtmf("pound"), code=200, subCode=8514),
        Recognized(1.0, "o", 200, 8514, tones=""),
    ),
    (
        "a pound that is no stop tone stays",
        body("RecognizeCompleted", dtmf("one", "pound"), code=200, subCode=8531),
        Recognized(1.0, "o", 200, 8531, tones="1#"),
    ),
    (
        "digits before a between-digits time-out, as success",
        body("RecognizeCompleted", dtmf("one"), code=400, subCode=8532),
        Recognized(1.0, "o", 400, 8532, tones="1"),
    ),
    (
        "digits before a between-digits time-out, as failure",
        body("RecognizeFailed", dtmf("one", "two"), code=400, subCode=8532, message="m"),
        ActionFailed(1.0, "o", 400, 8532, "m", "12"),
    ),
    (
        "a cancelled recognition that says completed",
        body("RecognizeCompleted", {}, code=400, subCode=8508, message="m"),
        ActionFailed(1.0, "o", 400, 8508, "m"),
    ),
    ("no result at all", body("RecognizeFailed"), ActionFailed(1.0, "o", 0, 0)),
    ("not our request", body("PlayCompleted", {"operationContext": None}), None),
    ("a failure that is not ours", body("RecognizeFailed", {"operationContext": ""}, code=1, subCode=2), None),
    ("connected without context", body("CallConnected", {"operationContext": None}), Connected(1.0, "")),
    ("over, with nothing said", body("CallDisconnected"), Disconnected(1.0, 0, 0)),
    (
        "a key twice",
        body("ContinuousDtmfRecognitionToneReceived", {"sequenceId": 4, "tone": "one"}).replace(
            b'"tone"', b'"sequenceId": 7, "tone"'
        ),
        ToneHeard(1.0, 7, "1"),
    ),
    (
        "a byte-order mark and a null result",
        b"\xef\xbb\xbf" + body("PlayCompleted", {"resultInformation": None}),
        PlayEnded(1.0, "o"),
    ),
]


@pytest.mark.parametrize(("raw", "event"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_an_event_tells_the_call(raw: bytes, event: Event | None) -> None:
    (callback,) = parse(raw, 1.0)
    assert isinstance(callback, Callback)
    assert callback.event == event


def test_an_unknown_type_is_no_error() -> None:
    (callback,) = parse(body("CallSangASong"), 1.0)
    assert callback == Callback("e", "c", "s", "CallSangASong", None, known=False)


BAD: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("not JSON", b"{"),
    ("not UTF-8", b'{"id":"\xff"}'),
    ("a number", b"3"),
    ("NaN", b'[{"id":"e","type":"t","data":{"a":NaN}}]'),
    ("nested beyond reason", b"[" * 200_000),
    ("an element that is text", b'["x"]'),
    ("no data", b'[{"id":"e","type":"t"}]'),
    ("no id", b'[{"type":"t","data":{}}]'),
    ("no type", b'[{"id":"e","data":{}}]'),
    ("half a character", b'[{"id":"\\ud800","type":"t","data":{}}]'),
    ("id is a number", b'[{"id":3,"type":"t","data":{}}]'),
    ("code is text", body("CallDisconnected", code="200", subCode=0)),
    ("code is true", body("CallDisconnected", code=True, subCode=0)),
    ("result is a list", body("CallDisconnected", {"resultInformation": []})),
    ("an unknown tone", body("RecognizeCompleted", dtmf("eleven"), code=200, subCode=8531)),
    ("a tone that is a number", body("RecognizeCompleted", dtmf(1), code=200, subCode=8531)),
    ("tones are text", body("RecognizeCompleted", {"dtmfResult": {"tones": "one"}}, code=200, subCode=8531)),
    ("no sequence", body("ContinuousDtmfRecognitionToneReceived", {"tone": "one"})),
]


@pytest.mark.parametrize("raw", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_a_body_of_another_shape_is_a_value(raw: bytes) -> None:
    (found,) = parse(raw, 1.0)
    assert isinstance(found, Malformed)
    assert found.reason


@pytest.mark.parametrize(("message", "reason"), [("half \ud800", "half ?"), (5, ""), (None, ""), ([], "")])
def test_a_message_that_cannot_be_read_does_not_cost_the_event(message: Any, reason: str) -> None:
    result = {"code": 200, "subCode": 0, "message": message}
    raw = {"id": "1", "type": "Microsoft.Communication.CallDisconnected", "data": {"resultInformation": result}}
    (found,) = parse(json.dumps(raw).encode(), 1.0)
    assert isinstance(found, Callback)
    assert found.event == Disconnected(1.0, 200, 0, reason)


def test_one_bad_element_does_not_cost_the_others() -> None:
    good = json.loads(body("PlayCompleted"))
    found = parse(json.dumps([good, "x", good]).encode(), 1.0)
    assert [type(each) for each in found] == [Callback, Malformed, Callback]
    assert parse(b"[]", 1.0) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)) | st.just("five"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The paths of all fields of an event."""
    inner = value.items() if isinstance(value, dict) else ()
    below = [place for key, each in inner for place in places(each, (*path, key))]
    return [path, *below] if path else below


@given(st.data())
def test_whatever_stands_in_a_field_nothing_is_raised_and_everything_can_be_stored(data: st.DataObject) -> None:
    event = json.loads(json.dumps(data.draw(st.sampled_from(EXAMPLES))["event"]))
    path = data.draw(st.sampled_from(places(event)))
    holder = event
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(VALUES)
    (found,) = parse(json.dumps([event]).encode(), AT)
    if isinstance(found, Callback):
        (found.event_id + found.connection_id + found.server_call_id + found.type).encode()
        if found.event is not None:
            PROTOCOL.encode(found.event).encode()


@given(st.binary())
def test_no_body_raises(raw: bytes) -> None:
    assert all(isinstance(each, Callback | Malformed) for each in parse(raw, AT))
