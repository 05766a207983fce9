"""What the host reports of the floor's legs: each kind as an event, and what is none of its business."""

from __future__ import annotations

import json
from typing import Any

import pytest

from interpreter.azure.callbacks import Callback, parse
from interpreter.azure.fields import Malformed
from interpreter.routing.protocol import (
    Answered,
    CallOver,
    Cancelled,
    Event,
    Keyed,
    Listened,
    NotAnswered,
    NotHeld,
    People,
    Recording,
    Removed,
    SideOver,
    SideUp,
)

AT, LEG, STEP = 1_800_000_000.5, "floor.7", "floor.9:2"
BUSY, SILENT = (486, 560486), (400, 8510)


def event(kind: str, context: str | None = LEG, result: tuple[int, int] | None = None, **data: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {"callConnectionId": "cc-1", "serverCallId": "s", "correlationId": "c", **data}
    if context is not None:
        whole["operationContext"] = context
    if result is not None:
        whole["resultInformation"] = {"code": result[0], "subCode": result[1], "message": "m"}
    return {"id": "e-1", "type": f"Microsoft.Communication.{kind}", "data": whole}


def callback(told: dict[str, Any], call: str = "call-1") -> Callback:
    (found,) = parse(json.dumps([told]).encode(), AT, call)
    assert isinstance(found, Callback), found
    return found


def floor(told: dict[str, Any], call: str = "call-1") -> Event | None:
    return callback(told, call).floor


OF_LEG: list[tuple[str, dict[str, Any], Event | None]] = [
    ("AddParticipantSucceeded", {}, Answered(AT, LEG)),
    ("AddParticipantFailed", {"result": BUSY}, NotAnswered(AT, LEG, "busy")),
    ("CancelAddParticipantSucceeded", {}, Cancelled(AT, LEG)),
    ("CancelAddParticipantFailed", {"result": (400, 8501)}, Cancelled(AT, LEG, done=False)),
    ("RemoveParticipantSucceeded", {}, Removed(AT, LEG)),
    ("RemoveParticipantFailed", {"result": (400, 8558)}, Removed(AT, LEG)),
    ("RemoveParticipantFailed", {"result": (500, 9999)}, None),
    ("MoveParticipantSucceeded", {}, Answered(AT, LEG)),
    ("MoveParticipantFailed", {"result": (400, 8558)}, NotAnswered(AT, LEG, "failed")),
]


@pytest.mark.parametrize(("kind", "more", "expected"), OF_LEG)
def test_what_became_of_somebody_in_the_caller_s_call(kind: str, more: dict[str, Any], expected: Event | None) -> None:
    found = callback(event(kind, **more))
    assert (found.floor, found.event, found.known) == (expected, None, True)


@pytest.mark.parametrize("kind", [each[0] for each in OF_LEG])
@pytest.mark.parametrize("context", [None, "", "node:main#3", "floor", "Floor.7"])
def test_what_nobody_of_the_floor_asked_for_says_nothing(kind: str, context: str | None) -> None:
    assert floor(event(kind, context)) is None


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (BUSY, "busy"), ((486, 8540), "busy"), ((486, 0), "busy"), ((600, 0), "busy"),
        ((603, 560603), "declined"), ((603, 0), "declined"), ((400, 8538), "declined"), ((480, 10024), "declined"),
        ((480, 560480), "no answer"), ((487, 10004), "no answer"), ((408, 0), "no answer"), ((500, 8541), "no answer"),
        ((403, 560403), "not allowed"), ((403, 7504), "not allowed"), ((422, 0), "not allowed"),
        ((404, 560404), "invalid"), ((484, 560484), "invalid"), ((400, 8523), "invalid"), ((404, 0), "invalid"),
        ((500, 9999), "failed"), ((0, 0), "failed"), (None, "failed"),
    ],
)  # fmt: skip
def test_why_somebody_did_not_answer(result: tuple[int, int] | None, why: str) -> None:
    told = floor(event("AddParticipantFailed", result=result))
    assert told == NotAnswered(AT, LEG, why)  # type: ignore[arg-type]


OWN_LINE: list[tuple[dict[str, Any], Event | None]] = [
    (event("CallConnected", callConnectionId="cc-own"), SideUp(AT, LEG, "cc-own")),
    (event("CallConnected", None, callConnectionId="cc-own"), SideUp(AT, LEG, "cc-own")),
    (event("CallDisconnected", None), SideOver(AT, LEG)),
    (event("CreateCallFailed", result=(403, 7504)), NotAnswered(AT, LEG, "not allowed")),
    (event("RecognizeCompleted", result=(200, 8531), dtmfResult={"tones": ["one"]}), Keyed(AT, LEG, "1")),
    (event("RecognizeCompleted", result=(200, 8531), dtmfResult={"tones": ["pound", "one"]}), Keyed(AT, LEG, "#")),
    (event("RecognizeCompleted", result=(200, 8531), dtmfResult={}), Keyed(AT, LEG)),
    (event("RecognizeFailed", result=SILENT), Keyed(AT, LEG)),
    (event("RecognizeFailed", f"{LEG}/2", SILENT), Keyed(AT, LEG, attempt=2)),
    (event("RecognizeCanceled", result=(400, 8508)), Keyed(AT, LEG)),
    (event("PlayCompleted"), None),
    (event("RecordingStateChanged", None, recordingId="r", state="Active"), Recording(AT, LEG, "active", "r")),
    (event("RecordingStateChanged", None, recordingId="r", state="inactive"), Recording(AT, LEG, "inactive", "r")),
    (event("RecordingStateChanged", None, recordingId="r"), Recording(AT, LEG, "inactive", "r")),
    (event("StartRecordingFailed", None, recordingId="r"), Recording(AT, LEG, "failed", "r")),
]


@pytest.mark.parametrize(("told", "expected"), OWN_LINE)
def test_a_line_of_its_own(told: dict[str, Any], expected: Event | None) -> None:
    found = callback(told, LEG)
    assert (found.floor, found.event) == (expected, None), "and no call hears of it"


LISTENED: list[tuple[str, dict[str, Any], Listened]] = [
    (
        "RecognizeCompleted", {"result": (200, 8569), "speechResult": {"speech": "Call me."}},
        Listened(AT, STEP, "speech", "Call me."),
    ),
    ("RecognizeCompleted", {"result": (200, 8531), "dtmfResult": {"tones": ["three"]}}, Listened(AT, STEP, "key", "3")),
    ("RecognizeCompleted", {"result": (200, 9), "dtmfResult": {"tones": ["three"]}}, Listened(AT, STEP, "key", "3")),
    ("RecognizeFailed", {"result": SILENT}, Listened(AT, STEP, "silence")),
    ("RecognizeFailed", {"result": (400, 8532)}, Listened(AT, STEP, "silence")),
    ("RecognizeFailed", {"result": (400, 8563)}, Listened(AT, STEP, "speech")),
    ("RecognizeFailed", {"result": (400, 8565)}, Listened(AT, STEP, "failed")),
    ("RecognizeFailed", {}, Listened(AT, STEP, "failed")),
    ("RecognizeCanceled", {"result": (400, 8508)}, Listened(AT, STEP, "cancelled")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "expected"), LISTENED)
def test_how_listening_to_a_message_ended(kind: str, more: dict[str, Any], expected: Listened) -> None:
    found = callback(event(kind, STEP, **more))
    assert (found.floor, found.event) == (expected, None)


def test_the_keys_of_a_menu_are_not_the_floor_s() -> None:
    """The names of a call's own operations hold a colon, too."""
    found = callback(event("RecognizeCompleted", "node:main#3", (200, 8531), dtmfResult={"tones": ["one"]}))
    assert found.floor is None
    assert found.event is not None


def test_who_is_in_the_call() -> None:
    members = [{"identifier": {"rawId": "4:+15551230001"}}, {"identifier": {"rawId": "8:orgid:x"}}, {}, "odd"]
    told = event("ParticipantsUpdated", None, participants=members, sequenceNumber=4)
    assert floor(told) == People(AT, "call-1", ("4:+15551230001", "8:orgid:x", ""), 4)
    assert floor(event("ParticipantsUpdated", None)) == People(AT, "call-1", (), 0)


def test_the_end_of_a_call() -> None:
    found = callback(event("CallDisconnected", None, (200, 7000)))
    assert found.floor == CallOver(AT, "call-1")
    assert found.event is not None, "and the call hears of it itself"


def test_a_caller_who_was_not_put_on_hold() -> None:
    assert floor(event("HoldFailed", "floor.hold")) == NotHeld(AT, "call-1", silent=False)
    assert floor(event("HoldFailed", "floor.hold.silent")) == NotHeld(AT, "call-1", silent=True)


def test_without_a_name_in_the_address_the_floor_hears_nothing() -> None:
    for kind in ("AddParticipantSucceeded", "CallDisconnected", "ParticipantsUpdated"):
        assert floor(event(kind), call="") is None


@pytest.mark.parametrize("kind", ["SomethingNew", "HoldFailed", "PlayStarted", "TranscriptionFailed"])
def test_other_kinds(kind: str) -> None:
    assert floor(event(kind)) is None
    assert floor(event(kind), LEG) is None


@pytest.mark.parametrize(
    ("told", "call"),
    [
        (event("AddParticipantFailed", resultInformation="no"), "call-1"),
        (event("AddParticipantFailed", resultInformation={"code": "486"}), "call-1"),
        (event("RemoveParticipantFailed", resultInformation={"subCode": []}), "call-1"),
        (event("AddParticipantSucceeded", context=None, operationContext=7), "call-1"),
        (event("ParticipantsUpdated", participants={}), "call-1"),
        (event("ParticipantsUpdated", participants=[{"identifier": "x"}]), "call-1"),
        (event("ParticipantsUpdated", participants=[{"identifier": {"rawId": 7}}]), "call-1"),
        (event("ParticipantsUpdated", sequenceNumber="4"), "call-1"),
        (event("RecognizeCompleted", dtmfResult={"tones": ["eleven"]}), LEG),
        (event("RecognizeCompleted", dtmfResult={"tones": "one"}), LEG),
        (event("RecognizeCompleted", STEP, speechResult=["x"]), "call-1"),
        (event("RecognizeCompleted", STEP, speechResult={"speech": "\ud83d"}), "call-1"),
        (event("CallConnected", callConnectionId=7), LEG),
        (event("RecordingStateChanged", state=1), LEG),
        (event("StartRecordingFailed", recordingId={}), LEG),
    ],
)
def test_what_is_malformed_is_said_and_spoils_nothing_beside_it(told: dict[str, Any], call: str) -> None:
    body = json.dumps([told, event("CallDisconnected", None)]).encode()
    first, second = parse(body, AT, call)
    assert isinstance(first, Malformed)
    assert isinstance(second, Callback)
    assert second.floor == (SideOver(AT, LEG) if call == LEG else CallOver(AT, call))


def test_events_keep_the_order_in_which_they_stand() -> None:
    """Duplicates and wrong orders are the floor's business."""
    kinds = ("CancelAddParticipantSucceeded", "AddParticipantSucceeded", "AddParticipantSucceeded")
    found = parse(json.dumps([event(kind) for kind in kinds]).encode(), AT, "call-1")
    assert [each.floor for each in found if isinstance(each, Callback)] == [
        Cancelled(AT, LEG), Answered(AT, LEG), Answered(AT, LEG),
    ]  # fmt: skip
