"""The floor's orders as requests, against a strict stand-in: what is sent, and what each answer means for the leg."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from azure_stub import RESOURCE, Answer, Seen, running, site_for

from interpreter.azure.commands import connect
from interpreter.azure.recordings import MessageFiles
from interpreter.floor.hands import Outcome
from interpreter.messages.folder import Folder
from interpreter.ports import Line, Request
from interpreter.protocol import Value
from interpreter.routing import Floor
from interpreter.routing.protocol import (
    Aside,
    Beep,
    Cancelled,
    Chime,
    EndAside,
    EndCall,
    Event,
    Fetch,
    Fetched,
    Hold,
    HostOrder,
    Hush,
    Join,
    Keyed,
    Listen,
    Listened,
    Mute,
    NotAnswered,
    NotHeld,
    Person,
    Probe,
    Probed,
    Recording,
    Remove,
    Removed,
    Ring,
    Rung,
    Say,
    SideOver,
    StartRecording,
    StopRecording,
    StopRinging,
    There,
    Unhold,
    Unmuted,
    Whisper,
    Who,
)
from interpreter.routing.state import Leg
from interpreter.store import StoreUnavailable

LINE = Line("call-1", 17, "cc-1", "TICKET", "+15551230001", "+18005550100")
TEAMS_LINE = replace(LINE, called="28:orgid:22222222-2222-4222-8222-222222222222")
UNNAMED = replace(LINE, connection_id="")
REQUEST = Request("0f8fad5b-d9cb-469f-a165-70867728950e", 1_764_000_000.9, 1)
CALL, OWN = "/calling/callConnections/cc-1", "/calling/callConnections/cc-own"
DESK = Person("4:+14255550111", "number")
MARIA = Person(f"8:acs:{RESOURCE}_44444444-4444-4444-8444-444444444444_33333333-3333-4333-8333-333333333333", "agent")
ANA = Person("8:orgid:11111111-1111-4111-8111-111111111111", "teams_user")
OTTO = Person("8:acs:some-user", "acs_user")
WIRE: dict[str, dict[str, Any]] = {
    DESK.address: {"rawId": DESK.address, "phoneNumber": {"value": "+14255550111"}},
    MARIA.address: {
        "rawId": MARIA.address,
        "teamsExtensionUser": {
            "userId": "33333333-3333-4333-8333-333333333333", "tenantId": "44444444-4444-4444-8444-444444444444",
            "resourceId": RESOURCE, "cloud": "PUBLIC",
        },
    },
    ANA.address: {
        "rawId": ANA.address,
        "microsoftTeamsUser": {
            "userId": "11111111-1111-4111-8111-111111111111", "isAnonymous": False, "cloud": "PUBLIC",
        },
    },
    OTTO.address: {"rawId": OTTO.address, "communicationUser": {"id": OTTO.address}},
}  # fmt: skip
"""People as the service writes them (wire contract, section 1.5)."""
CALLER = {"rawId": "4:+15551230001", "phoneNumber": {"value": "+15551230001"}}
LEG = Leg("floor.7", "call-1", "call-1/1", DESK, invitation="inv-1", connection="cc-own")
BARE = replace(LEG, invitation="", connection="")
ABOUT: tuple[tuple[str, Value], ...] = (("message", "call-1.floor.9"), ("at", 1.0))


def perform(
    *orders: HostOrder,
    answers: Sequence[Answer] = (),
    leg: Leg | None = LEG,
    line: Line | None = LINE,
    floor: Floor | None = None,
    service: str = "",
    down: bool = False,
) -> tuple[list[Outcome], list[Seen]]:
    """Perform the orders one after the other. ``down``: nobody is there."""

    async def lines(call: str) -> Line | None:
        assert call == "call-1"
        return line

    async def run() -> tuple[list[Outcome], list[Seen]]:
        async with running() as stub:
            stub.answers = list(answers)
            base = "http://127.0.0.1:9" if down else stub.base
            host = await connect(site_for(base, service=service))
            files = MessageFiles(Folder(Path("/nonexistent")), _no_session, base)
            hands = host.hands(lines, lambda: floor or Floor(), files)
            try:
                return [await hands.perform(order, leg, REQUEST) for order in orders], stub.seen
            finally:
                await host.close()

    return asyncio.run(run())


def _no_session() -> Any:
    raise OSError("no connection")


def events(order: HostOrder, *answers: Answer, **more: Any) -> tuple[Event, ...]:
    (outcome,), _ = perform(order, answers=answers, **more)
    assert outcome.after is None
    return outcome.events


# --------------------------------------------------------------------------------------------------------------------
# What is sent

ADDED, MADE = {"invitationId": "inv-9"}, {"callConnectionId": "cc-new"}


def ring(person: Person, shown: str = "", **more: Any) -> dict[str, Any]:
    body = {
        "participantToAdd": WIRE[person.address], "invitationTimeoutInSeconds": 22, "operationContext": "floor.7",
        **more,
    }  # fmt: skip
    return {**body, "sourceCallerIdNumber": {"value": shown}} if shown else body


def recognise(kind: str, options: dict[str, Any], context: str, prompt: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "recognizeInputType": kind,
        **({"playPrompt": prompt} if prompt is not None else {}),
        "interruptCallMediaOperation": False,
        "recognizeOptions": options,
        "operationContext": context,
    }


def text(words: str, language: str = "en-US") -> dict[str, Any]:
    return {"kind": "text", "text": {"text": words, "sourceLocale": language, "voiceKind": "female"}}


def file(name: str) -> dict[str, Any]:
    return {"kind": "file", "file": {"uri": f"https://ivr.example/x/tones/{name}.wav"}}


ONE_KEY = {"interToneTimeoutInSeconds": 1, "maxTonesToCollect": 1}
DETAILS = {
    "voipHeaders": {"call": "call-1"},
    "teamsPhoneCallDetails": {
        "teamsPhoneCallerDetails": {"caller": CALLER, "name": "+15551230001", "phoneNumber": "+15551230001"},
        "sessionId": "call-1",
    },
}

SENT: list[tuple[str, HostOrder, Line, Answer, str, bool, dict[str, Any] | None, tuple[Event, ...]]] = [
    (
        "ring a telephone, showing the line's number", Ring("floor.7", "call-1", DESK, 22.4), LINE, Answer(202, ADDED),
        f"POST {CALL}/participants:add", True, ring(DESK, "+18005550100"), (Rung(0.0, "floor.7", "inv-9"),),
    ),
    (
        "ring a telephone from a Teams line, which shows its own", Ring("floor.7", "call-1", DESK, 22.4), TEAMS_LINE,
        Answer(202, ADDED), f"POST {CALL}/participants:add", True, ring(DESK), (Rung(0.0, "floor.7", "inv-9"),),
    ),
    (
        "ring an agent, with details", Ring("floor.7", "call-1", MARIA, 22.4), LINE, Answer(202, ADDED),
        f"POST {CALL}/participants:add", True, ring(MARIA, customCallingContext=DETAILS),
        (Rung(0.0, "floor.7", "inv-9"),),
    ),
    (
        "ring an agent for a caller without a number", Ring("floor.7", "call-1", MARIA, 22.4), replace(LINE, caller=""),
        Answer(202, ADDED), f"POST {CALL}/participants:add", True, ring(MARIA), (Rung(0.0, "floor.7", "inv-9"),),
    ),
    (
        "ring a Teams user", Ring("floor.7", "call-1", ANA, 22.4), LINE, Answer(202, ADDED),
        f"POST {CALL}/participants:add", True, ring(ANA), (Rung(0.0, "floor.7", "inv-9"),),
    ),
    (
        "ring for longer than the service can", Ring("floor.7", "call-1", OTTO, 600.0), LINE, Answer(202, ADDED),
        f"POST {CALL}/participants:add", True, {**ring(OTTO), "invitationTimeoutInSeconds": 180},
        (Rung(0.0, "floor.7", "inv-9"),),
    ),
    (
        "an invitation without a name", Ring("floor.7", "call-1", OTTO, 22.0), LINE, Answer(202, {}),
        f"POST {CALL}/participants:add", True, ring(OTTO), (Rung(0.0, "floor.7"),),
    ),
    (
        "stop ringing", StopRinging("floor.7", "call-1"), LINE, Answer(202, {}),
        f"POST {CALL}/participants:cancelAddParticipant", True,
        {"invitationId": "inv-1", "operationContext": "floor.7"}, (),
    ),
    (
        "remove", Remove("floor.7", "call-1", MARIA), LINE, Answer(202, {}), f"POST {CALL}/participants:remove", True,
        {"participantToRemove": WIRE[MARIA.address], "operationContext": "floor.7"}, (),
    ),
    (
        "aside", Aside("floor.7", "call-1", MARIA, 20.0), LINE, Answer(201, MADE),
        "POST /calling/callConnections", True,
        {
            "targets": [WIRE[MARIA.address]], "operationContext": "floor.7",
            "callbackUri": "https://ivr.example/x/callbacks/84/floor.7",
            "callIntelligenceOptions": {"cognitiveServicesEndpoint": "https://speech.example"},
        },
        (Rung(0.0, "floor.7", connection="cc-new"),),
    ),
    (
        "aside at a telephone, from a Teams line", Aside("floor.7", "call-1", DESK, 20.0), TEAMS_LINE,
        Answer(201, MADE),
        "POST /calling/callConnections", True,
        {
            "targets": [WIRE[DESK.address]], "operationContext": "floor.7",
            "callbackUri": "https://ivr.example/x/callbacks/84/floor.7",
            "callIntelligenceOptions": {"cognitiveServicesEndpoint": "https://speech.example"},
            "teamsAppSource": {"appId": "22222222-2222-4222-8222-222222222222"},
        },
        (Rung(0.0, "floor.7", connection="cc-new"),),
    ),
    (
        "a whisper that asks", Whisper("floor.7", "call-1", MARIA, "Billing. Press 1.", "de-DE"), LINE, Answer(),
        f"POST {OWN}:recognize", False,
        recognise(
            "dtmf",
            {
                "interruptPrompt": True, "initialSilenceTimeoutInSeconds": 6, "dtmfOptions": ONE_KEY,
                "targetParticipant": WIRE[MARIA.address],
            },
            "floor.7", text("Billing. Press 1.", "de-DE"),
        ),
        (),
    ),
    (
        "the same once more", Whisper("floor.7", "call-1", MARIA, "Billing. Press 1.", "de-DE", attempt=2), LINE,
        Answer(),
        f"POST {OWN}:recognize", False,
        recognise(
            "dtmf",
            {
                "interruptPrompt": True, "initialSilenceTimeoutInSeconds": 6, "dtmfOptions": ONE_KEY,
                "targetParticipant": WIRE[MARIA.address],
            },
            "floor.7/2", text("Billing. Press 1.", "de-DE"),
        ),
        (),
    ),
    (
        "aside with a number of the script's", Aside("floor.7", "call-1", DESK, 20.0, "+14255550177"), LINE,
        Answer(201, MADE),
        "POST /calling/callConnections", True,
        {
            "targets": [WIRE[DESK.address]], "operationContext": "floor.7",
            "callbackUri": "https://ivr.example/x/callbacks/84/floor.7",
            "callIntelligenceOptions": {"cognitiveServicesEndpoint": "https://speech.example"},
            "sourceCallerIdNumber": {"value": "+14255550177"},
        },
        (Rung(0.0, "floor.7", connection="cc-new"),),
    ),
    (
        "join", Join("floor.7", "call-1", MARIA), LINE, Answer(202, {"participants": []}),
        f"POST {CALL}/participants:moveHere", True,
        {"targetParticipants": [WIRE[MARIA.address]], "operationContext": "floor.7", "fromCall": "cc-own"}, (),
    ),
    (
        "end a line of its own", EndAside("floor.7", "call-1"), LINE, Answer(204), f"POST {OWN}:terminate", True,
        None, (),
    ),
    ("end a call", EndCall("call-1"), LINE, Answer(204), f"POST {CALL}:terminate", True, None, ()),
    (
        "hold", Hold("call-1"), LINE, Answer(200), f"POST {CALL}:hold", False,
        {"targetParticipant": CALLER, "operationContext": "floor.hold.silent"}, (),
    ),
    (
        "hold with music", Hold("call-1", "hold"), LINE, Answer(200), f"POST {CALL}:hold", False,
        {
            "targetParticipant": CALLER, "operationContext": "floor.hold",
            "playSourceInfo": {"kind": "file", "file": {"uri": "https://audio.example/hold.wav"}},
        },
        (),
    ),
    (
        "hold with music that the site does not have", Hold("call-1", "polka"), LINE, Answer(200),
        f"POST {CALL}:hold", False, {"targetParticipant": CALLER, "operationContext": "floor.hold.silent"}, (),
    ),
    (
        "a soft tone for the caller alone", Beep("call-1"), LINE, Answer(202), f"POST {CALL}:play", False,
        {
            "playSources": [file("soon")], "playTo": [CALLER], "operationContext": "floor.beep",
            "interruptCallMediaOperation": False, "playOptions": {"loop": False},
        },
        (),
    ),
    (
        "say something to the caller alone", Say("call-1", "One moment.", "en-US"), LINE, Answer(202),
        f"POST {CALL}:play", False,
        {
            "playSources": [text("One moment.", "en-US")], "playTo": [CALLER], "operationContext": "floor.say",
            "interruptCallMediaOperation": False, "playOptions": {"loop": False},
        },
        (),
    ),
    (
        "unhold", Unhold("call-1"), LINE, Answer(200), f"POST {CALL}:unhold", False,
        {"targetParticipant": CALLER, "operationContext": "floor.unhold"}, (),
    ),
    (
        "mute", Mute("floor.7", "call-1", MARIA), LINE, Answer(200, {}), f"POST {CALL}/participants:mute", True,
        {"targetParticipants": [WIRE[MARIA.address]], "operationContext": "floor.7"}, (),
    ),
    (
        "record", StartRecording("floor.9", "call-1"), LINE, Answer(202, {"recordingId": "rec-1"}),
        "POST /calling/recordings", True,
        {
            "callConnectionId": "cc-1", "recordingStateCallbackUri": "https://ivr.example/x/callbacks/83/floor.9",
            "recordingContentType": "audio", "recordingChannelType": "mixed", "recordingFormatType": "wav",
            "channelAffinity": [],
        },
        (Recording(0.0, "floor.9", "accepted", "rec-1"),),
    ),
    (
        "record no more", StopRecording("floor.9", "call-1", "rec-1"), LINE, Answer(204),
        "DELETE /calling/recordings/rec-1", False, None, (),
    ),
    (
        "the tone, and speech", Listen("floor.9:1", "call-1", "", "fr-FR", 4.0, 2.5, True), LINE, Answer(),
        f"POST {CALL}:recognize", False,
        recognise(
            "speechOrDtmf",
            {
                "interruptPrompt": False, "initialSilenceTimeoutInSeconds": 4, "targetParticipant": CALLER,
                "speechLanguage": "fr-FR", "dtmfOptions": ONE_KEY, "speechOptions": {"endSilenceTimeoutInMs": 3000},
            },
            "floor.9:1", file("record"),
        ),
        (),
    ),
    (
        "speech goes on, in silence", Listen("floor.9:2", "call-1", ".", "fr-FR", 300.0, 4.0, True), LINE, Answer(),
        f"POST {CALL}:recognize", False,
        recognise(
            "speechOrDtmf",
            {
                "interruptPrompt": False, "initialSilenceTimeoutInSeconds": 20, "targetParticipant": CALLER,
                "speechLanguage": "fr-FR", "dtmfOptions": ONE_KEY, "speechOptions": {"endSilenceTimeoutInMs": 4000},
            },
            "floor.9:2", None,
        ),
        (),
    ),
    (
        "a key after a question", Listen("floor.9:3", "call-1", "Press 1.", "en-US", 400.0, 1.0, False), LINE, Answer(),
        f"POST {CALL}:recognize", False,
        recognise(
            "dtmf",
            {
                "interruptPrompt": True, "initialSilenceTimeoutInSeconds": 300, "targetParticipant": CALLER,
                "dtmfOptions": ONE_KEY,
            },
            "floor.9:3", text("Press 1."),
        ),
        (),
    ),
    ("hush", Hush("call-1"), LINE, Answer(), f"POST {CALL}:cancelAllMediaOperations", False, None, ()),
    (
        "chime", Chime("call-1"), LINE, Answer(), f"POST {CALL}:play", False,
        {
            "playSources": [file("join")], "playTo": [], "playOptions": {"loop": False},
            "operationContext": "floor.chime",
        },
        (),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "line", "answer", "asked", "repeatable", "body", "found"),
    [each[1:] for each in SENT],
    ids=[each[0] for each in SENT],
)
def test_the_request_of_an_order(
    order: HostOrder, line: Line, answer: Answer, asked: str, repeatable: bool, body: Any, found: tuple[Event, ...]
) -> None:
    (outcome,), (seen,) = perform(order, answers=[answer], line=line)
    assert outcome == Outcome(found)
    assert f"{seen.method} {seen.path}" == asked
    assert seen.signed
    assert seen.body == body
    assert seen.headers.get("repeatability-request-id") == (REQUEST.request_id if repeatable else None)


def test_a_whisper_that_asks_nothing_stops_what_plays_first() -> None:
    (outcome,), seen = perform(
        Whisper("floor.7", "call-1", MARIA, "One moment.", "en-US", asks=False), answers=[Answer(), Answer()]
    )
    assert outcome == Outcome()
    assert [each.path for each in seen] == [f"{OWN}:cancelAllMediaOperations", f"{OWN}:play"]
    assert seen[1].body["playSources"] == [text("One moment.")]
    assert seen[1].body["operationContext"] == "floor.7"


def test_the_site_s_caller_id_goes_before_the_line_s() -> None:
    _, (seen,) = perform(
        Ring("floor.7", "call-1", DESK, 22.0), answers=[Answer(202, ADDED)], service='caller_id = "front_desk"'
    )
    assert seen.body["sourceCallerIdNumber"] == {"value": "+14255550111"}


def test_an_agent_s_screen_shows_what_the_script_says_of_the_call() -> None:
    floor = Floor()
    floor.briefs["call-1"] = (
        ("topic", "t" * 60), ("summary", "wants a refund"), ("record_id", "c-1"), ("authenticated", True),
        ("screen_pop", "https://crm.example/c-1"), ("suggest", None),
    )  # fmt: skip
    _, (seen,) = perform(Ring("floor.7", "call-1", MARIA, 22.0), answers=[Answer(202, ADDED)], floor=floor)
    details = seen.body["customCallingContext"]["teamsPhoneCallDetails"]
    assert details == {
        "teamsPhoneCallerDetails": {
            "caller": CALLER, "name": "+15551230001", "phoneNumber": "+15551230001", "recordId": "c-1",
            "screenPopUrl": "https://crm.example/c-1", "isAuthenticated": True,
            "additionalCallerInformation": {"authenticated": "True"},
        },
        "sessionId": "call-1", "callTopic": "t" * 48, "callContext": "wants a refund",
    }  # fmt: skip


def people(*addresses: str) -> Answer:
    found = [{"identifier": {"rawId": each}, "isMuted": False, "isOnHold": False} for each in addresses]
    return Answer(200, {"value": found})


@pytest.mark.parametrize(
    ("present", "there"),
    [
        ((CALLER["rawId"], MARIA.address), True),
        ((MARIA.address.upper().replace("8:ACS", "8:acs"),), True),
        ((CALLER["rawId"],), False),
        ((), False),
        ((MARIA.address + "0",), False),
    ],
)
def test_whether_somebody_is_in_the_call(present: tuple[str, ...], there: bool) -> None:
    assert events(Probe("floor.7", "call-1", MARIA), people(*present)) == (Probed(0.0, "floor.7", there),)


@pytest.mark.parametrize("present", [(), (CALLER["rawId"], MARIA.address)])
def test_who_is_in_the_call(present: tuple[str, ...]) -> None:
    assert events(Who("call-1", 5.0), people(*present)) == (There(0.0, "call-1", present, 5.0),)


# --------------------------------------------------------------------------------------------------------------------
# What is known without a request


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (StopRinging("floor.7", "call-1"), (Cancelled(0.0, "floor.7", done=False),)),
        (Join("floor.7", "call-1", MARIA), (NotAnswered(0.0, "floor.7", "failed"),)),
        (Whisper("floor.7", "call-1", MARIA, "x", "en-US"), ()),
        (EndAside("floor.7", "call-1"), ()),
    ],
)
@pytest.mark.parametrize("leg", [None, BARE], ids=["no leg any more", "a leg without names"])
def test_what_has_no_name_at_the_host_is_not_asked_for(
    order: HostOrder, found: tuple[Event, ...], leg: Leg | None
) -> None:
    (outcome,), seen = perform(order, leg=leg)
    assert (outcome, seen) == (Outcome(found), [])


GONE: list[tuple[HostOrder, tuple[Event, ...]]] = [
    (Ring("floor.7", "call-1", DESK, 22.0), (NotAnswered(0.0, "floor.7", "failed"),)),
    (StopRinging("floor.7", "call-1"), (Cancelled(0.0, "floor.7", done=True),)),
    (Probe("floor.7", "call-1", DESK), (Probed(0.0, "floor.7", False),)),
    (Who("call-1", 5.0), (There(0.0, "call-1", (), 5.0),)),
    (Remove("floor.7", "call-1", DESK), (Removed(0.0, "floor.7"),)),
    (Join("floor.7", "call-1", DESK), (NotAnswered(0.0, "floor.7", "failed"),)),
    (EndCall("call-1"), ()),
    (Hold("call-1"), ()),
    (Say("call-1", "x", "en-US"), ()),
    (Beep("call-1"), ()),
    (Unhold("call-1"), ()),
    (Mute("floor.7", "call-1", DESK), ()),
    (StartRecording("floor.9", "call-1"), (Recording(0.0, "floor.9", "failed"),)),
    (Listen("floor.9:1", "call-1", "", "en-US", 4.0, 3.0, True), ()),
    (Hush("call-1"), ()),
    (Chime("call-1"), ()),
]
"""What it means that the call is gone."""
GONE_AT_THE_HOST: list[tuple[HostOrder, tuple[Event, ...]]] = [
    *GONE,
    (Whisper("floor.7", "call-1", DESK, "x", "en-US"), (SideOver(0.0, "floor.7"),)),
    (Whisper("floor.7", "call-1", DESK, "x", "en-US", asks=False), (SideOver(0.0, "floor.7"),)),
    (EndAside("floor.7", "call-1"), (SideOver(0.0, "floor.7"),)),
    (StopRecording("floor.9", "call-1", "rec-1"), ()),
]


@pytest.mark.parametrize(("order", "found"), GONE, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("line", [None, UNNAMED], ids=["no call", "a call that the host has not named"])
def test_nobody_can_be_in_a_call_that_the_host_does_not_know(
    order: HostOrder, found: tuple[Event, ...], line: Line | None
) -> None:
    (outcome,), seen = perform(order, line=line)
    assert (outcome, seen) == (Outcome(found), [])


def test_nobody_is_called_aside_for_a_call_that_is_none() -> None:
    (outcome,), seen = perform(Aside("floor.7", "call-1", DESK, 20.0), line=None)
    assert (outcome, seen) == (Outcome((NotAnswered(0.0, "floor.7", "failed"),)), [])


# --------------------------------------------------------------------------------------------------------------------
# What is refused


def refused(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": "m"}})


@pytest.mark.parametrize(("order", "found"), GONE_AT_THE_HOST, ids=lambda each: type(each).__name__)
def test_the_host_says_that_the_call_is_gone(order: HostOrder, found: tuple[Event, ...]) -> None:
    assert events(order, refused(404, "8522"), refused(404, "8522")) == found


REFUSED: list[tuple[HostOrder, tuple[Event, ...]]] = [
    (StopRinging("floor.7", "call-1"), (Cancelled(0.0, "floor.7", done=False),)),
    (Probe("floor.7", "call-1", DESK), (Probed(0.0, "floor.7", None),)),
    (Remove("floor.7", "call-1", DESK), ()),
    (Join("floor.7", "call-1", DESK), (NotAnswered(0.0, "floor.7", "failed"),)),
    (EndCall("call-1"), ()),
    (Hold("call-1", "hold"), (NotHeld(0.0, "call-1", silent=False),)),
    (Hold("call-1"), (NotHeld(0.0, "call-1", silent=True),)),
    (Say("call-1", "x", "en-US"), ()),
    (Unhold("call-1"), ()),
    (Mute("floor.7", "call-1", DESK), (Unmuted(0.0, "floor.7"),)),
    (StartRecording("floor.9", "call-1"), (Recording(0.0, "floor.9", "failed"),)),
    (StopRecording("floor.9", "call-1", "rec-1"), ()),
    (Listen("floor.9:1", "call-1", "", "en-US", 4.0, 3.0, True), (Listened(0.0, "floor.9:1", "failed"),)),
    (Listen("floor.9:1", "call-1", "", "en-US", 4.0, 3.0, False), (Listened(0.0, "floor.9:1", "silence"),)),
    (Hush("call-1"), ()),
    (Chime("call-1"), ()),
    (Whisper("floor.7", "call-1", DESK, "x", "en-US"), (Keyed(0.0, "floor.7"),)),
    (Whisper("floor.7", "call-1", DESK, "x", "en-US", asks=False), ()),
    (EndAside("floor.7", "call-1"), ()),
]
"""What it means that the host will not do it, though the call is there."""


@pytest.mark.parametrize(("order", "found"), REFUSED, ids=lambda each: type(each).__name__)
def test_the_host_will_not_do_it(order: HostOrder, found: tuple[Event, ...]) -> None:
    assert events(order, refused(409, "8519"), refused(409, "8519")) == found


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (refused(400, "8523"), "invalid"),
        (Answer(404, text="<html>"), "invalid"),
        (refused(404, "8522"), "failed"),
        (refused(403, "7504"), "not allowed"),
        (refused(422, "BadIdentity"), "not allowed"),
        (refused(401, "7509"), "failed"),
        (refused(409, "8519"), "failed"),
        (refused(412, "8583"), "failed"),
    ],
)
@pytest.mark.parametrize(
    "order",
    [Ring("floor.7", "call-1", DESK, 22.0), Aside("floor.7", "call-1", DESK, 22.0)],
    ids=["in the call", "aside"],
)
def test_why_somebody_cannot_be_called(order: HostOrder, answer: Answer, why: str) -> None:
    assert events(order, answer) == (NotAnswered(0.0, "floor.7", why),)  # type: ignore[arg-type]


def test_whoever_is_not_in_the_call_need_not_be_removed() -> None:
    assert events(Remove("floor.7", "call-1", DESK), refused(400, "8558")) == (Removed(0.0, "floor.7"),)


# --------------------------------------------------------------------------------------------------------------------
# What is tried again

EVERY: list[HostOrder] = [
    *[order for order, _ in GONE_AT_THE_HOST if not isinstance(order, Probe | Who)],
    Aside("floor.7", "call-1", DESK, 20.0),
]
PASSING: list[tuple[str, Answer, float, str]] = [
    ("throttled", Answer(429, {"error": {"code": "8516", "message": "m"}}, {"Retry-After": "7"}), 7.0, "HTTP 429"),
    ("broken", Answer(500), 0.0, "HTTP 500"),
    ("a gateway", Answer(502, text="no"), 0.0, "HTTP 502"),
    ("dropped", Answer(drop=True), 0.0, "Service"),
    ("no answer", Answer(hang=True), 0.0, "no answer within 0.2 s"),
]


@pytest.mark.parametrize(
    ("answer", "after", "reason"), [each[1:] for each in PASSING], ids=[each[0] for each in PASSING]
)
@pytest.mark.parametrize("order", EVERY, ids=lambda each: type(each).__name__)
def test_what_passes_is_tried_again(order: HostOrder, answer: Answer, after: float, reason: str) -> None:
    (outcome,), seen = perform(order, answers=[answer] * 2, service=f"timeout_seconds = {0.2 if answer.hang else 30}")
    assert (outcome.events, outcome.after) == ((), after)
    assert outcome.reason.startswith(reason)
    # Only aiohttp repeats something by itself: a DELETE, once, when the connection was dropped under it.
    assert len(seen) == 1 or (isinstance(order, StopRecording) and answer.drop)


@pytest.mark.parametrize("answer", [each[1] for each in PASSING], ids=[each[0] for each in PASSING])
def test_a_question_that_is_not_answered_is_answered_by_nothing(answer: Answer) -> None:
    """The floor asks again by its own clock."""
    (outcome,), _ = perform(
        Probe("floor.7", "call-1", DESK), answers=[answer], service=f"timeout_seconds = {0.2 if answer.hang else 30}"
    )
    assert (outcome.events, outcome.after) == ((Probed(0.0, "floor.7", None),), None)
    (looked,), _ = perform(
        Who("call-1", 5.0), answers=[answer], service=f"timeout_seconds = {0.2 if answer.hang else 30}"
    )
    assert (looked.events, looked.after) == ((), None)


def test_nobody_is_there() -> None:
    (outcome,), _ = perform(Ring("floor.7", "call-1", DESK, 22.0), down=True)
    assert (outcome.events, outcome.after) == ((), 0.0)


READS_AN_ANSWER: list[HostOrder] = [
    Ring("floor.7", "call-1", DESK, 22.0),
    StopRinging("floor.7", "call-1"),
    Remove("floor.7", "call-1", DESK),
    Join("floor.7", "call-1", DESK),
    Mute("floor.7", "call-1", DESK),
    StartRecording("floor.9", "call-1"),
    Aside("floor.7", "call-1", DESK, 20.0),
]


@pytest.mark.parametrize("text", [None, "{", "<html>"], ids=["nothing", "half", "a page"])
@pytest.mark.parametrize("order", READS_AN_ANSWER, ids=lambda each: type(each).__name__)
def test_an_answer_that_cannot_be_read_says_nothing_of_what_became_of_it(order: HostOrder, text: str | None) -> None:
    """So it is asked for again, under the same id: the host knows whether it has done it."""
    status = {Mute: 200, Aside: 201}.get(type(order), 202)
    answer = Answer(status, text=text, headers={"Content-Type": "application/json"} if text else {})
    (first, second), seen = perform(order, order, answers=[answer, answer])
    assert (first.events, first.after) == ((), 0.0)
    assert (second.events, second.after) == ((), 0.0)
    assert {each.headers["repeatability-request-id"] for each in seen} == {REQUEST.request_id}


def test_a_store_that_does_not_say_which_call_it_is_is_for_the_floor_to_see() -> None:
    async def lines(call: str) -> Line | None:
        raise StoreUnavailable("away")

    async def run() -> None:
        host = await connect(site_for("http://127.0.0.1:9"))
        files = MessageFiles(Folder(Path("/nonexistent")), _no_session, "http://127.0.0.1:9")
        with pytest.raises(StoreUnavailable):
            await host.hands(lines, Floor, files).perform(EndCall("call-1"), None, REQUEST)
        await host.close()

    asyncio.run(run())


def test_a_file_is_fetched_without_a_call() -> None:
    order = Fetch("floor.9", "call-1", "http://127.0.0.1:9/file", ABOUT)
    (outcome,), seen = perform(order, line=None)
    assert (outcome, seen) == (Outcome((Fetched(0.0, "floor.9", done=False),)), [])
