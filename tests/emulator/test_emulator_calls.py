"""Calls and their parties: set up, listed, added, removed, moved, held, ended, every one of them through the SDK."""

from __future__ import annotations

from typing import Any

import pytest
from azure.communication.callautomation import (
    CommunicationIdentifier,
    CommunicationUserIdentifier,
    DtmfTone,
    FileSource,
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
    TextSource,
)
from azure.communication.callautomation.aio import CallConnectionClient
from azure.core.exceptions import ResourceNotFoundError
from emulator_rig import CALLER, CALLER_ID, LINE, LINE_ID, Rig, run

from emulator import Config, Line

AGENT = "+14255550177"
AGENT_ID = PhoneNumberIdentifier(AGENT)
USER_ID = CommunicationUserIdentifier("8:acs:resource_agent")
RESOURCE_ACCOUNT = "cc123456-5678-4678-8234-ccc123456789"


async def joined(rig: Rig, connection: CallConnectionClient) -> None:
    rig.emulator.behave(AGENT, "accept after 3 s")
    await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID, operation_context="add")
    await rig.pass_time(3)


def test_answered_call_has_the_captured_shape() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        assert rig.names() == ["CallConnected", "ParticipantsUpdated"]
        event = rig.hook.events[0]
        keys = ["id", "source", "type", "data", "time", "specversion", "datacontenttype", "subject"]
        assert list(event) == keys
        assert event["source"] == event["subject"] == f"calling/callConnections/{connection._call_connection_id}"
        assert set(event["data"]) == {
            *("version", "operationContext", "resultInformation", "callConnectionId", "serverCallId"),
            *("correlationId", "publicEventType"),
        }
        assert event["data"]["version"] == "2026-03-12"
        assert event["data"]["correlationId"] == rig.hook.incoming[0]["correlationId"]
        assert event["data"]["operationContext"] == "answered"
        people = rig.last("ParticipantsUpdated")
        assert [one["identifier"]["kind"] for one in people["participants"]] == ["phoneNumber", "communicationUser"]
        assert people["sequenceNumber"] == 1
        assert "operationContext" not in people
        properties = await connection.get_call_properties()
        assert properties.call_connection_state == "connected"
        assert properties.callback_url == f"{rig.base}/callbacks?call=phone-1"
        _, path, headers = rig.hook.requests[-1]
        assert path == "/callbacks?call=phone-1"
        assert headers["Content-Type"] == "application/json; charset=utf-8"

    run(scenario)


def test_resource_account_is_addressed_as_such() -> None:
    config = Config(lines=(Line(LINE, RESOURCE_ACCOUNT),))

    async def scenario(rig: Rig) -> None:
        await rig.dial(context={"sipHeaders": {"User-To-User": "x"}})
        data = rig.hook.incoming[0]
        assert data["to"] == {"kind": "unknown", "rawId": f"28:orgid:{RESOURCE_ACCOUNT}"}
        assert data["from"]["phoneNumber"] == {"value": CALLER}
        assert data["customContext"] == {"sipHeaders": {"User-To-User": "x"}, "voipHeaders": {}}
        assert data["incomingCallContext"].count(".") == 2
        assert len(data["incomingCallContext"]) > 3000

    run(scenario, config)


def test_a_line_rings_thirty_seconds() -> None:
    async def scenario(rig: Rig) -> None:
        call = await rig.dial()
        await rig.pass_time(29.9)
        assert rig.emulator.call(call).state == "ringing"
        await rig.pass_time(0.2)
        assert (rig.emulator.call(call).state, rig.emulator.call(call).end_reason) == ("ended", "no answer")
        with pytest.raises(ResourceNotFoundError):
            await rig.client.answer_call(rig.hook.incoming[0]["incomingCallContext"], f"{rig.base}/c")

    run(scenario)


def test_reject_and_redirect() -> None:
    async def scenario(rig: Rig) -> None:
        rejected = await rig.dial()
        await rig.client.reject_call(rig.hook.incoming[-1]["incomingCallContext"], call_reject_reason="busy")
        assert rig.emulator.call(rejected).end_reason == "rejected"
        elsewhere = await rig.dial()
        rig.emulator.behave(AGENT, "accept")
        await rig.client.redirect_call(rig.hook.incoming[-1]["incomingCallContext"], AGENT_ID)
        await rig.pass_time(2)
        assert rig.emulator.call(elsewhere).transferred_to == AGENT
        again = await rig.dial()
        await rig.client.redirect_call(rig.hook.incoming[-1]["incomingCallContext"], LINE_ID)
        await rig.emulator.idle()
        fresh = rig.hook.incoming[-1]["incomingCallContext"]
        assert fresh != rig.hook.incoming[-2]["incomingCallContext"]
        await rig.client.answer_call(fresh, f"{rig.base}/c")
        assert rig.emulator.call(again).state == "connected"

    run(scenario)


@pytest.mark.parametrize(
    ("everyone", "group", "left"), [(True, True, []), (False, True, [CALLER, AGENT]), (False, False, [])]
)
def test_host_hangs_up(everyone: bool, group: bool, left: list[str]) -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        if group:
            await joined(rig, connection)
        await connection.hang_up(is_for_everyone=everyone)
        await rig.emulator.idle()
        assert rig.names()[-1] == "CallDisconnected"
        assert rig.result("CallDisconnected") == (200, 7000)
        assert rig.last("CallDisconnected")["operationContext"] == "answered"
        assert [phone.me.label for phone in rig.emulator.calls() if phone.state == "connected"] == left
        with pytest.raises(ResourceNotFoundError):
            await connection.get_call_properties()

    run(scenario)


def test_caller_hangs_up_while_it_is_asked() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer(plan=[{"hang_up": True}])
        await connection.start_recognizing_media("dtmf", CALLER_ID, operation_context="ask")
        await rig.pass_time(1)
        assert rig.names()[-2:] == ["RecognizeCanceled", "CallDisconnected"]
        assert rig.result("RecognizeCanceled") == (400, 8508)
        assert rig.result("CallDisconnected") == (200, 540000)
        assert rig.emulator.call(call).ended_by == "caller"

    run(scenario)


# behaviour of the callee -> events, result of CallDisconnected
CREATED: dict[str, tuple[list[str], tuple[int, int] | None]] = {
    "accept after 5 s": (["CallConnected", "ParticipantsUpdated"], None),
    "decline": (["CreateCallFailed", "CallDisconnected"], (603, 560603)),
    "busy": (["CreateCallFailed", "CallDisconnected"], (486, 560486)),
    "no answer": (["CreateCallFailed", "CallDisconnected"], (480, 560480)),
    "fail": (["CreateCallFailed", "CallDisconnected"], (404, 560404)),
}


@pytest.mark.parametrize("behaviour", CREATED)
def test_outbound_call(behaviour: str) -> None:
    names, result = CREATED[behaviour]

    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, behaviour)
        made = await rig.client.create_call(
            AGENT_ID, f"{rig.base}/c", source_caller_id_number=LINE_ID, operation_context="out"
        )
        assert (made.call_connection_state, made.server_call_id) == ("connecting", None)
        await rig.pass_time(120)
        assert rig.names() == names
        if result is None:
            assert rig.last("CallConnected")["operationContext"] == "out"
        else:
            assert rig.result("CreateCallFailed") == rig.result("CallDisconnected") == result
            assert "operationContext" not in rig.last("CreateCallFailed")

    run(scenario)


def test_outbound_from_a_resource_account_to_a_group() -> None:
    async def scenario(rig: Rig) -> None:
        targets: list[CommunicationIdentifier] = [AGENT_ID, MicrosoftTeamsUserIdentifier("aaaa-user")]
        rig.emulator.behave(AGENT, "accept after 2 s", plan=[{"press": "1"}])
        rig.emulator.behave("8:orgid:aaaa-user", "decline")
        app = MicrosoftTeamsAppIdentifier(RESOURCE_ACCOUNT)
        made = await rig.client.create_call(targets, f"{rig.base}/c", teams_app_source=app)
        await rig.pass_time(3)
        assert rig.names() == ["CallConnected", "ParticipantsUpdated"]
        connection = rig.client.get_call_connection(made.call_connection_id or "")
        await connection.start_recognizing_media("dtmf", AGENT_ID, dtmf_max_tones_to_collect=1)
        await rig.pass_time(1)
        assert rig.last("RecognizeCompleted")["dtmfResult"] == {"tones": ["one"]}

    run(scenario)


def test_participants_come_and_go() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await joined(rig, connection)
        assert rig.names()[-2:] == ["AddParticipantSucceeded", "ParticipantsUpdated"]
        assert rig.last("AddParticipantSucceeded")["participant"]["phoneNumber"] == {"value": AGENT}
        listed = [one.identifier.raw_id async for one in connection.list_participants() if one.identifier]
        assert listed[:2] == [f"4:{CALLER}", f"4:{AGENT}"]
        one = await connection.get_participant(AGENT_ID)
        assert (one.is_muted, one.is_on_hold) == (False, False)
        sequence = rig.last("ParticipantsUpdated")["sequenceNumber"]
        await connection.remove_participant(AGENT_ID, operation_context="out")
        await rig.emulator.idle()
        assert rig.names()[-2:] == ["RemoveParticipantSucceeded", "ParticipantsUpdated"]
        assert rig.last("ParticipantsUpdated")["sequenceNumber"] > sequence
        with pytest.raises(ResourceNotFoundError):
            await connection.get_participant(AGENT_ID)
        await connection.remove_participant(AGENT_ID)
        await rig.emulator.idle()
        assert rig.result("RemoveParticipantFailed") == (400, 8558)

    run(scenario)


def test_invitation_is_cancelled_or_too_late_or_runs_out() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        first = await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID, invitation_timeout=20)
        await connection.cancel_add_participant_operation(first.invitation_id or "", operation_context="never mind")
        await rig.emulator.idle()
        assert rig.last("CancelAddParticipantSucceeded")["invitationId"] == first.invitation_id
        assert rig.emulator.ringing() == []
        await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID, invitation_timeout=20)
        await rig.pass_time(20)
        assert rig.result("AddParticipantFailed") == (480, 560480)
        await connection.cancel_add_participant_operation(first.invitation_id or "")
        await rig.emulator.idle()
        assert rig.result("CancelAddParticipantFailed") == (400, 8523)

    run(scenario)


def test_who_is_on_hold_is_spoken_to_in_the_place_of_the_hold_audio() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await connection.hold(CALLER_ID, play_source=FileSource("https://audio.contoso.com/hold.wav?seconds=60"))
        await rig.pass_time(2)
        await connection.play_media([TextSource(text="one moment please")], play_to=[CALLER_ID])
        await rig.pass_time(10)
        told = [name for name in rig.names() if name.startswith(("Hold", "Play"))]
        assert told == ["HoldAudioStarted", "HoldAudioPaused", "PlayStarted", "PlayCompleted", "HoldAudioResumed"]
        heard = [entry for entry in rig.emulator.transcript(call) if entry.kind == "heard"]
        assert [entry.text.partition("?")[0] for entry in heard] == [
            "https://audio.contoso.com/hold.wav",
            "one moment please",
            "https://audio.contoso.com/hold.wav",
        ]
        assert heard[0].end == heard[1].t
        assert heard[1].end == heard[2].t
        await connection.unhold(CALLER_ID)
        await rig.emulator.idle()
        assert rig.result("HoldAudioCompleted") == (400, 8508)

    run(scenario)


def test_mute_hold_and_tones() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave("8:acs:resource_agent", "accept")
        call, connection = await rig.answer()
        await connection.send_dtmf_tones([DtmfTone.ONE, DtmfTone.POUND], CALLER_ID, operation_context="tones")
        await rig.pass_time(1)
        assert rig.last("SendDtmfTonesCompleted")["operationContext"] == "tones"
        assert "one pound" in [entry.text for entry in rig.emulator.transcript(call)]
        await connection.add_participant(USER_ID)
        await rig.pass_time(2)
        await connection.mute_participant(USER_ID)
        await rig.emulator.idle()
        assert [one["isMuted"] for one in rig.last("ParticipantsUpdated")["participants"]] == [False, True, False]
        await connection.hold(CALLER_ID, play_source=TextSource(text="please hold"))
        await rig.pass_time(2)
        assert rig.names()[-2:] == ["ParticipantsUpdated", "HoldAudioStarted"]
        assert rig.last("ParticipantsUpdated")["participants"][0]["isOnHold"] is True
        await connection.unhold(CALLER_ID)
        await rig.emulator.idle()
        assert rig.result("HoldAudioCompleted") == (400, 8508)
        assert rig.last("ParticipantsUpdated")["participants"][0]["isOnHold"] is False

    run(scenario)


def test_move_brings_the_caller_of_another_call() -> None:
    async def scenario(rig: Rig) -> None:
        first, here = await rig.answer()
        second = rig.emulator.dial("+14255550155", LINE)
        await rig.emulator.idle()
        made = await rig.client.answer_call(rig.hook.incoming[-1]["incomingCallContext"], f"{rig.base}/second")
        who = PhoneNumberIdentifier("+14255550155")
        await here.move_participants([who], made.call_connection_id or "")
        await rig.emulator.idle()
        assert rig.last("MoveParticipantSucceeded")["fromCall"] == made.call_connection_id
        assert rig.emulator.call(second).connection_id == rig.emulator.call(first).connection_id
        assert rig.result("CallDisconnected") == (200, 5010)
        await joined(rig, here)
        third: Any = await here.get_call_properties()
        assert third.call_connection_state == "connected"

    run(scenario)


def test_participants_may_be_told_first() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.answer()
        assert rig.names() == ["ParticipantsUpdated", "CallConnected"]

    run(scenario, Config(participants_first=True))
