"""Targets that are people: reached by create, add and transfer, asked, moved, left alone, and not people at all."""

from __future__ import annotations

from typing import Any

import pytest
from azure.communication.callautomation import (
    MicrosoftTeamsAppIdentifier,
    PhoneNumberIdentifier,
    TeamsExtensionUserIdentifier,
    TextSource,
)
from azure.communication.callautomation.aio import CallConnectionClient
from azure.core.exceptions import ResourceNotFoundError
from emulator_rig import CALLER, CALLER_ID, LINE, LINE_ID, Rig, run

from emulator import Config, Failure, Line, Misbehaviour, Phone, PlanError
from emulator.plans import GREETING, read_behaviour

AGENT = "+14255550177"
AGENT_ID = PhoneNumberIdentifier(AGENT)
OTHER = "+14255550188"
OTHER_ID = PhoneNumberIdentifier(OTHER)
MUSIC = TextSource(text="la la la la")  # 1.4 s
PRESS_ONE = TextSource(text="press one to take the call")


async def rung(rig: Rig, behaviour: str, *, plan: list[dict[str, Any]] | None = None) -> CallConnectionClient:
    """The connection of an outbound call to the agent, who behaves so."""
    rig.emulator.behave(AGENT, behaviour, plan=plan or [])
    made = await rig.client.create_call(
        AGENT_ID, f"{rig.base}/leg", source_caller_id_number=LINE_ID, operation_context="leg"
    )
    await rig.emulator.idle()
    return rig.client.get_call_connection(made.call_connection_id or "")


async def ask(connection: CallConnectionClient, who: PhoneNumberIdentifier = AGENT_ID, kind: str = "dtmf") -> None:
    await connection.start_recognizing_media(
        kind,
        who,
        dtmf_max_tones_to_collect=1,
        play_prompt=PRESS_ONE,
        initial_silence_timeout=5,
        operation_context="ask",
    )


def phone(rig: Rig, who: str) -> Phone:
    """The newest phone of that number."""
    return [one for one in rig.emulator.calls() if one.me.label == who][-1]


def heard(rig: Rig, who: str) -> list[str]:
    return [entry.text for entry in phone(rig, who).transcript if entry.kind == "heard"]


def of(rig: Rig, connection: CallConnectionClient) -> list[str]:
    """Short names of the events of one connection."""
    here = connection._call_connection_id
    return [one["type"].rpartition(".")[2] for one in rig.hook.events if one["data"]["callConnectionId"] == here]


@pytest.mark.parametrize(
    "words",
    ["decline, hang up after 3 s", "busy then hang up after 3 s", "hang up after 3 s", "voicemail tomorrow", "answer"],
)
def test_behaviour_that_says_nothing(words: str) -> None:
    with pytest.raises(PlanError):
        read_behaviour(words)


def test_voicemail_follows_no_plan() -> None:
    with pytest.raises(PlanError, match="no plan"):
        read_behaviour("voicemail", [{"press": "1"}])


def test_words_of_behaviours() -> None:
    assert [read_behaviour(words).after for words in ("voicemail", "voicemail after 4 s", "accept")] == [20, 4, 1]
    stays = [
        action.after
        for words in ("accept, hang up after 40 s", "accept after 2 s then hangs up after 9.5 seconds", "voicemail")
        for action in read_behaviour(words, []).plan
        if action.do == "hang_up"
    ]
    assert stays == [40, 9.5, 30]


def test_voicemail_presses_nothing_and_hangs_up() -> None:
    async def scenario(rig: Rig) -> None:
        began = rig.clock.now()
        leg = await rung(rig, "voicemail after 12 s")
        await rig.pass_time(12)
        assert rig.names() == ["CallConnected", "ParticipantsUpdated"]
        await ask(leg)
        await rig.pass_time(10)
        assert rig.result("RecognizeFailed") == (400, 8510)
        await ask(leg)
        await rig.pass_time(19)
        assert phone(rig, AGENT).state == "connected"
        await rig.pass_time(1)
        assert rig.result("CallDisconnected") == (200, 560000)
        assert rig.hook.times[-1] - began == pytest.approx(42)
        kinds = [entry.kind for entry in phone(rig, AGENT).transcript]
        assert kinds == ["rang", "connected", "heard", "spoke", "heard", "ended"]
        assert GREETING in [entry.text for entry in phone(rig, AGENT).transcript]

    run(scenario)


def test_voicemail_talks_to_who_listens() -> None:
    async def scenario(rig: Rig) -> None:
        leg = await rung(rig, "voicemail after 3 s, hang up after 8 s")
        await rig.pass_time(3)
        await leg.start_recognizing_media("speech", AGENT_ID, initial_silence_timeout=5)
        await rig.pass_time(2)
        assert rig.last("RecognizeCompleted")["speechResult"]["speech"] == GREETING
        await rig.pass_time(6)
        assert rig.names()[-1] == "CallDisconnected"

    run(scenario)


def test_caller_who_was_transferred_to_a_voicemail_is_left_when_it_hangs_up() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "voicemail after 20 s")
        call, connection = await rig.answer()
        await connection.transfer_call_to_participant(AGENT_ID)
        await rig.pass_time(49)
        assert rig.names()[-2:] == ["CallTransferAccepted", "CallDisconnected"]
        assert rig.emulator.call(call).state == "connected"
        await rig.pass_time(1)
        assert (rig.emulator.call(call).state, rig.emulator.call(call).ended_by) == ("ended", "target")

    run(scenario)


def test_invited_target_leaves_after_a_while() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 3 s, hang up after 40 s", plan=[{"press": "7"}])
        _, connection = await rig.answer()
        await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID)
        await rig.pass_time(4)
        await ask(connection)
        await rig.pass_time(38)
        assert rig.last("RecognizeCompleted")["dtmfResult"]["tones"] == ["seven"]
        assert phone(rig, AGENT).state == "connected"
        await rig.pass_time(2)
        assert (phone(rig, AGENT).ended_by, rig.names()[-1]) == ("target", "ParticipantsUpdated")
        assert len(rig.last("ParticipantsUpdated")["participants"]) == 2

    run(scenario)


def test_caller_hangs_up_some_time_after_the_answer() -> None:
    async def scenario(rig: Rig) -> None:
        call, _ = await rig.answer(plan=[{"hang_up": True, "when": "answer", "after": 9}])
        await rig.pass_time(8)
        assert rig.emulator.call(call).state == "connected"
        await rig.pass_time(2)
        assert rig.emulator.call(call).ended_by == "caller"

    run(scenario)


def test_agent_is_asked_and_brought_to_the_caller() -> None:
    """The second leg: the caller hears music, the agent takes the call by a key and is moved."""

    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await connection.play_media(MUSIC, loop=True, operation_context="music")
        leg = await rung(rig, "accept after 3 s", plan=[{"press": "1"}])
        await rig.pass_time(3)
        await ask(leg)
        await rig.pass_time(5)
        assert rig.last("RecognizeCompleted")["dtmfResult"]["tones"] == ["one"]
        assert heard(rig, AGENT) == [PRESS_ONE.text]
        await rig.client.start_recording(
            call_connection_id=leg._call_connection_id, recording_state_callback_url=f"{rig.base}/rec"
        )
        await connection.move_participants([AGENT_ID], leg._call_connection_id, operation_context="move")
        await rig.emulator.idle()
        assert of(rig, leg)[-2:] == ["CallDisconnected", "RecordingStateChanged"]
        assert rig.result("CallDisconnected") == (200, 5010)
        assert rig.last("CallDisconnected")["operationContext"] == "leg"
        assert of(rig, connection)[-2:] == ["MoveParticipantSucceeded", "ParticipantsUpdated"]
        assert len(rig.last("ParticipantsUpdated")["participants"]) == 3
        assert phone(rig, AGENT).connection_id == connection._call_connection_id
        await rig.pass_time(2)
        assert set(heard(rig, AGENT)[1:]) == {MUSIC.text}, "whoever comes hears what is played to all"
        await connection.cancel_all_media_operations()
        await ask(connection)
        await rig.pass_time(10)
        assert heard(rig, AGENT)[-1] == PRESS_ONE.text
        assert PRESS_ONE.text not in heard(rig, CALLER)

    run(scenario)


def test_moving_ends_what_is_asked_of_the_one_who_goes() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        leg = await rung(rig, "accept")
        await rig.pass_time(1)
        await ask(leg)
        await rig.pass_time(1)
        await connection.move_participants([AGENT_ID], leg._call_connection_id)
        await rig.emulator.idle()
        assert of(rig, leg)[-2:] == ["RecognizeCanceled", "CallDisconnected"]
        assert phone(rig, AGENT).transcript[-2].interrupted

    run(scenario)


def test_moves_that_fail() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        leg = await rung(rig, "accept")
        await rig.pass_time(1)
        await connection.move_participants([OTHER_ID], leg._call_connection_id)
        await rig.emulator.idle()
        assert rig.result("MoveParticipantFailed") == (400, 8558)
        rig.emulator.misbehave(Misbehaviour(failures=(Failure("moveHere", 500, 9999),)))
        await connection.move_participants([AGENT_ID], leg._call_connection_id)
        await rig.emulator.idle()
        assert rig.result("MoveParticipantFailed") == (500, 9999)
        rig.emulator.behave(AGENT, "accept")
        await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID)
        await rig.pass_time(2)
        await connection.move_participants([AGENT_ID], leg._call_connection_id)
        await rig.emulator.idle()
        assert rig.result("MoveParticipantFailed") == (400, 8523)
        assert "CallDisconnected" not in rig.names()

    run(scenario)


def test_one_of_two_is_moved_and_the_other_stays() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        leg = await rung(rig, "accept")
        rig.emulator.behave(OTHER, "accept")
        await rig.pass_time(1)
        await leg.add_participant(OTHER_ID, source_caller_id_number=LINE_ID)
        await rig.pass_time(2)
        await leg.transfer_call_to_participant(PhoneNumberIdentifier("+14255550199"), transferee=AGENT_ID)
        await connection.move_participants([AGENT_ID], leg._call_connection_id)
        await rig.emulator.idle()
        assert of(rig, leg)[-2:] == ["CallTransferFailed", "ParticipantsUpdated"]
        assert rig.emulator.ringing() == []
        assert [one.state for one in (phone(rig, AGENT), phone(rig, OTHER))] == ["connected"] * 2
        await connection.move_participants([OTHER_ID], leg._call_connection_id)
        await rig.emulator.idle()
        assert of(rig, leg)[-1] == "CallDisconnected"

    run(scenario)


def test_outbound_call_is_transferred() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(OTHER, "accept after 2 s")
        leg = await rung(rig, "accept")
        await rig.pass_time(1)
        await leg.transfer_call_to_participant(OTHER_ID, operation_context="on")
        await rig.pass_time(2)
        assert rig.names()[-2:] == ["CallTransferAccepted", "CallDisconnected"]
        assert rig.result("CallDisconnected") == (200, 7015)
        rig.emulator.hang_up(phone(rig, AGENT).id)
        assert phone(rig, OTHER).state == "ended"

    run(scenario)


def test_one_leg_hangs_up_while_the_other_is_asked() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept", plan=[{"press": "1", "after": 3}])
        call, connection = await rig.answer()
        await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID)
        await rig.pass_time(2)
        await connection.play_media(MUSIC, loop=True, operation_context="music")
        await connection.start_continuous_dtmf_recognition(CALLER_ID, operation_context="keys")
        await connection.hold(CALLER_ID, play_source=TextSource(text="hold"))
        await ask(connection)
        await rig.pass_time(3)
        rig.emulator.hang_up(call)
        await rig.emulator.idle()
        assert rig.names()[-2:] == ["ContinuousDtmfRecognitionStopped", "ParticipantsUpdated"]
        await rig.pass_time(3)
        assert rig.last("RecognizeCompleted")["operationContext"] == "ask"
        assert "PlayCanceled" not in rig.names()
        rig.emulator.hang_up(phone(rig, AGENT).id)
        await rig.emulator.idle()
        assert rig.names()[-2:] == ["PlayCanceled", "CallDisconnected"]
        entries = rig.emulator.transcript(call)
        assert MUSIC.text not in [entry.text for entry in entries if entry.kind == "heard" and entry.end is None]

    run(scenario)


def test_agent_hangs_up_while_being_asked() -> None:
    async def scenario(rig: Rig) -> None:
        leg = await rung(rig, "accept, hang up after 4 s")
        await rig.pass_time(1)
        await ask(leg)
        await leg.play_media(MUSIC, operation_context="next")
        await rig.pass_time(4)
        assert rig.names()[-3:] == ["RecognizeCanceled", "PlayCanceled", "CallDisconnected"]
        assert phone(rig, AGENT).ended_by == "target"

    run(scenario)


def test_application_hangs_up_a_leg_that_rings() -> None:
    async def scenario(rig: Rig) -> None:
        leg = await rung(rig, "no answer")
        await rig.pass_time(10)
        await leg.hang_up(True)
        await rig.emulator.idle()
        assert (phone(rig, AGENT).state, phone(rig, AGENT).end_reason) == ("ended", "cancelled")
        assert rig.names() == ["CallDisconnected"]

    run(scenario)


@pytest.mark.parametrize("leaves", ["the agent", "the caller"])
def test_one_hangs_up_before_the_move(leaves: str) -> None:
    """Either call may be gone when the move is asked for, and then so is what it was to bring together."""

    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        leg = await rung(rig, "accept")
        await rig.pass_time(1)
        rig.emulator.hang_up(phone(rig, AGENT).id if leaves == "the agent" else call)
        await rig.emulator.idle()
        with pytest.raises(ResourceNotFoundError):
            await connection.move_participants([AGENT_ID], leg._call_connection_id)
        left = [one.who for one in rig.emulator.legs_left_behind()]
        assert left == ([] if leaves == "the agent" else [AGENT])

    run(scenario)


def test_teams_agent_on_the_second_leg_of_a_resource_account() -> None:
    account = "cc123456-5678-4678-8234-ccc123456789"
    agent = TeamsExtensionUserIdentifier(user_id="maria", tenant_id="tenant", resource_id="resource")
    address = "8:acs:resource_tenant_maria"

    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(address, "accept after 3 s", plan=[{"press": "1"}])
        _, connection = await rig.answer()
        made = await rig.client.create_call(
            agent, f"{rig.base}/leg", teams_app_source=MicrosoftTeamsAppIdentifier(account)
        )
        leg = rig.client.get_call_connection(made.call_connection_id or "")
        await rig.pass_time(3)
        await leg.start_recognizing_media("dtmf", agent, dtmf_max_tones_to_collect=1, play_prompt=PRESS_ONE)
        await rig.pass_time(5)
        assert rig.last("RecognizeCompleted")["dtmfResult"]["tones"] == ["one"]
        await rig.client.start_recording(call_connection_id=connection._call_connection_id)
        await connection.move_participants([agent], made.call_connection_id or "")
        await rig.emulator.idle()
        moved = rig.last("MoveParticipantSucceeded")["participant"]
        assert (moved["kind"], moved["teamsExtensionUser"]["userId"]) == ("teamsExtensionUser", "maria")
        assert rig.emulator.recordings()[0].present == [CALLER, address]
        await connection.mute_participant(agent)
        await rig.emulator.idle()
        assert rig.emulator.hearing(phone(rig, address).id)[CALLER] == set()

    run(scenario, Config(lines=(Line(LINE, account),)))
