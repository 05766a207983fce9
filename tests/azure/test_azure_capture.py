"""Recording by the real SDK: what is sent, and what each refusal of the service means."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from azure_stub import RESOURCE, Answer, Seen, running, site_for

from interpreter.azure.commands import connect
from interpreter.ports import Line, Performance, Performed, Refused, TryLater
from interpreter.ports import Request as Identity
from interpreter.protocol import RecordingChanged, Request
from interpreter.store import StoreUnavailable

LINE = Line("call-1", 17, "cc-1", "TICKET", "+15551230001", "+18005550100")
FIRST = Identity("0f8fad5b-d9cb-469f-a165-70867728950e", 1_764_000_000.0, 1)
AGAIN = Identity(FIRST.request_id, FIRST.first_sent, 2)
CALLER = {"rawId": "4:+15551230001", "phoneNumber": {"value": "+15551230001"}}
STARTED = Answer(202, {"recordingId": "rec-1", "recordingState": "inactive"})


class Notes:
    """Remembers in a variable."""

    def __init__(self, known: str = "", broken: bool = False) -> None:
        self.known, self.broken = known, broken

    async def begun(self, call_id: str, recording: str) -> None:
        if self.broken:
            raise StoreUnavailable("the disk is full")
        self.known = recording

    async def recording_of(self, call_id: str) -> str:
        if self.broken:
            raise StoreUnavailable("the disk is full")
        return self.known


def perform(
    name: str,
    *answers: Answer,
    identity: Identity = FIRST,
    notes: Notes | None = None,
    known: str = "rec-1",
    site: str = "",
) -> tuple[Performance, list[Seen]]:
    async def run() -> tuple[Performance, list[Seen]]:
        async with running() as stub:
            stub.answers = list(answers)
            host = await connect(site_for(stub.base, more=site))
            host.captures(notes or Notes())
            arguments = (("recording", known),) if known and name != "start" else ()
            try:
                return await host.perform(LINE, Request("o", "record", name, arguments), identity), stub.seen
            finally:
                await host.close()

    return asyncio.run(run())


def error(code: str, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": "m", **more}}


def test_a_recording_is_started_by_the_connection_and_its_name_is_kept() -> None:
    notes = Notes()
    result, (seen,) = perform("start", STARTED, notes=notes)
    assert result == Performed()
    assert seen.body == {
        "callConnectionId": "cc-1",
        "recordingStateCallbackUri": "https://ivr.example/x/callbacks/17/call-1",
        "recordingContentType": "audio",
        "recordingChannelType": "mixed",
        "recordingFormatType": "wav",
        "channelAffinity": [],
    }
    assert seen.headers["repeatability-request-id"] == FIRST.request_id
    assert notes.known == "rec-1"


UNMIXED = """
[experts.eva]
number = "+14255550177"
[recording]
channels = "unmixed"
order = ["maria", "caller", "eva", "ana", "front_desk"]
container = "https://contoso.blob.core.windows.net/calls"
"""


def test_channels_and_their_order_and_a_container_of_our_own() -> None:
    _, (seen,) = perform("start", STARTED, site=UNMIXED)
    assert seen.body["recordingChannelType"] == "unmixed"
    assert [each["rawId"] for each in seen.body["audioChannelParticipantOrdering"]] == [
        f"8:acs:{RESOURCE}_44444444-4444-4444-8444-444444444444_33333333-3333-4333-8333-333333333333",
        "4:+15551230001",
        "4:+14255550177",
        "8:orgid:11111111-1111-4111-8111-111111111111",
        "4:+14255550111",
    ]
    assert seen.body["externalStorage"] == {
        "recordingStorageKind": "azureBlobStorage",
        "recordingDestinationContainerUrl": "https://contoso.blob.core.windows.net/calls",
    }


@pytest.mark.parametrize("body", [None, {}, {"recordingState": "inactive"}])
def test_an_answer_without_a_name_is_an_answer(body: dict[str, Any] | None) -> None:
    notes = Notes()
    result, seen = perform("start", Answer(202, body), notes=notes)
    assert result == Performed()
    assert len(seen) == 1
    assert notes.known == ""


def test_a_name_that_cannot_be_kept_stops_nothing() -> None:
    result, _ = perform("start", STARTED, notes=Notes(broken=True))
    assert result == Performed()


@pytest.mark.parametrize("code", ["8553", "8559"])
@pytest.mark.parametrize("inner", [False, True])
def test_a_second_recording_is_refused_unless_it_is_our_own(code: str, inner: bool) -> None:
    answer = Answer(400, error("BadRequest", innererror={"code": code}) if inner else error(code))
    result, _ = perform("start", answer)
    assert isinstance(result, Refused)
    assert (result.status, result.code) == (400, code)
    result, _ = perform("start", answer, identity=AGAIN)
    assert result == Performed()


@pytest.mark.parametrize("name", ["start", "pause", "resume", "stop"])
def test_a_change_that_meets_another_is_asked_for_again(name: str) -> None:
    result, _ = perform(name, Answer(400, error("8571")))
    assert result == TryLater(0.25, "HTTP 400 8571 m")


STATES = [
    ("pause", "inactive", "inactive"),
    ("resume", "active", "active"),
    ("pause", "active", None),
    ("resume", "inactive", None),
    ("pause", "somethingNew", None),
]


@pytest.mark.parametrize(("name", "state", "reported"), STATES)
def test_what_is_so_already_is_told_as_done_and_the_rest_is_refused(name: str, state: str, reported: Any) -> None:
    result, seen = perform(name, Answer(400, error("8573")), Answer(200, {"recordingState": state}))
    assert [each.method for each in seen] == ["POST", "GET"]
    if reported is None:
        assert isinstance(result, Refused)
        assert result.code == "8573"
    else:
        assert result == Performed(reports=RecordingChanged(0.0, "rec-1", reported))


def test_a_state_that_cannot_be_looked_up_is_a_refusal() -> None:
    result, _ = perform("pause", Answer(400, error("8573")), Answer(500, error("9999")))
    assert isinstance(result, Refused)


def test_a_recording_that_is_gone_does_not_end_the_call() -> None:
    result, _ = perform("pause", Answer(404, error("8522")))
    assert isinstance(result, Refused)
    assert not result.gone
    result, _ = perform("stop", Answer(404, error("8522")))
    assert result == Performed(), "it has ended, as it was to"


def test_a_recording_without_a_name_is_waited_for() -> None:
    result, seen = perform("pause", known="")
    assert isinstance(result, TryLater)
    assert seen == []
    result, _ = perform("pause", known="", notes=Notes(broken=True))
    assert isinstance(result, TryLater)


def test_the_name_comes_from_the_notes_when_the_call_does_not_know_it() -> None:
    result, (seen,) = perform("pause", Answer(202), known="", notes=Notes("rec-9"))
    assert result == Performed()
    assert seen.path == "/calling/recordings/rec-9:pause"
