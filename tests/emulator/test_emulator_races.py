"""Races of invitations, and the questions that show what a host made of them: who was rung while talking, who was left
behind, who hears whom."""

from __future__ import annotations

import pytest
from azure.communication.callautomation import CommunicationUserIdentifier, PhoneNumberIdentifier, TextSource
from azure.communication.callautomation.aio import CallConnectionClient
from azure.core.exceptions import HttpResponseError
from emulator_rig import CALLER, CALLER_ID, LINE, LINE_ID, Rig, run

from emulator import Failure, Fault, Misbehaviour, NoSuchPhoneError, WrongStateError
from emulator.queries import APPLICATION, HOLD_AUDIO

AGENT = "+14255550177"
AGENT_ID = PhoneNumberIdentifier(AGENT)
OTHER_CALLER = "+14255550155"
SUPERVISOR = "8:acs:resource_supervisor"
SUPERVISOR_ID = CommunicationUserIdentifier(SUPERVISOR)
ADDED = ["AddParticipantSucceeded", "ParticipantsUpdated"]


async def invite(connection: CallConnectionClient) -> str:
    made = await connection.add_participant(
        AGENT_ID, source_caller_id_number=LINE_ID, invitation_timeout=20, operation_context="add"
    )
    return made.invitation_id or ""


async def second_call(rig: Rig) -> tuple[str, CallConnectionClient]:
    """Another caller, answered too."""
    call = rig.emulator.dial(OTHER_CALLER, LINE)
    await rig.emulator.idle()
    made = await rig.client.answer_call(rig.hook.incoming[-1]["incomingCallContext"], f"{rig.base}/second")
    await rig.emulator.idle()
    return call, rig.client.get_call_connection(made.call_connection_id or "")


async def listed(connection: CallConnectionClient) -> list[str]:
    return [one.identifier.raw_id async for one in connection.list_participants() if one.identifier]


# fault -> events after the cancel was accepted, whether the agent is in the call then
CANCELS: dict[str, tuple[tuple[Fault, ...], list[str], bool]] = {
    "in time": ((), ["CancelAddParticipantSucceeded"], False),
    "answered before": (
        (Fault("answer_before_cancel", "cancelAddParticipant"),), [*ADDED, "CancelAddParticipantFailed"], True),
    "answered after": ((Fault("answer_after_cancel"),), ["CancelAddParticipantFailed", *ADDED], True),
    "answered, and nobody is told": (
        (Fault("answer_before_cancel"), Fault("drop", "AddParticipantSucceeded")),
        ["ParticipantsUpdated", "CancelAddParticipantFailed"], True),
    "answered, and the cancel's end is lost": (
        (Fault("answer_after_cancel"), Fault("drop", "CancelAddParticipantFailed")), ADDED, True),
}  # fmt: skip


@pytest.mark.parametrize("name", CANCELS)
def test_cancel_races_with_the_answer(name: str) -> None:
    faults, expected, inside = CANCELS[name]

    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "no answer")
        call, connection = await rig.answer()
        invitation = await invite(connection)
        await rig.pass_time(5)
        rig.emulator.misbehave(Misbehaviour(faults=faults))
        await connection.cancel_add_participant_operation(invitation, operation_context="cancel")
        await rig.pass_time(30)
        assert rig.names()[2:] == expected
        for outcome in ("CancelAddParticipantFailed", "CancelAddParticipantSucceeded"):
            if outcome in expected:
                assert rig.last(outcome)["operationContext"] == "cancel"
        agent = rig.emulator.calls()[-1]
        assert (agent.state, agent.end_reason) == (("connected", "") if inside else ("ended", "cancelled"))
        assert (f"4:{AGENT}" in await listed(connection)) == inside
        if not inside:
            with pytest.raises(WrongStateError):
                rig.emulator.accept(agent.id)
        rig.emulator.hang_up(call)
        await rig.emulator.idle()
        left = [(one.who, one.state, one.why) for one in rig.emulator.legs_left_behind()]
        assert left == ([(AGENT, "connected", "nobody else is in the call")] if inside else [])

    run(scenario)


# fault -> events after the invitation was accepted by the agent, 1 s after it rang
ANSWERS: dict[str, tuple[Fault, list[str]]] = {
    "lost": (Fault("drop", "AddParticipantSucceeded"), ["ParticipantsUpdated"]),
    "doubled": (Fault("duplicate", "AddParticipantSucceeded"), [ADDED[0], *ADDED]),
    "out of order": (Fault("reorder", "AddParticipantSucceeded"), ADDED[::-1]),
    "delayed": (Fault("delay", "AddParticipantSucceeded"), ADDED[::-1]),
    "the list is lost": (Fault("drop", "ParticipantsUpdated"), ADDED[:1]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_of_an_invitation_is_told_badly(name: str) -> None:
    fault, expected = ANSWERS[name]

    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 1 s")
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(faults=(fault,), delay_seconds=8))
        await invite(connection)
        await rig.pass_time(1)
        assert rig.names()[2:] == (expected[:1] if name == "delayed" else expected)
        assert f"4:{AGENT}" in await listed(connection)
        await rig.pass_time(8)
        assert rig.names()[2:] == expected
        unique = {event["id"] for event in rig.hook.events[2:]}
        assert len(unique) == len(set(expected))

    run(scenario)


def test_answer_is_told_after_the_end_of_the_call() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 1 s")
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(faults=(Fault("delay", "AddParticipantSucceeded"),), delay_seconds=30))
        await invite(connection)
        await rig.pass_time(2)
        await connection.hang_up(True)
        await rig.pass_time(40)
        assert rig.names()[2:] == ["ParticipantsUpdated", "CallDisconnected", "AddParticipantSucceeded"]

    run(scenario)


def test_invitation_fails_as_the_service_says_and_nobody_is_rung() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.misbehave(Misbehaviour(failures=(Failure("addParticipant", 403, 10105, "No permission."),)))
        _, connection = await rig.answer()
        await invite(connection)
        await rig.emulator.idle()
        assert rig.result("AddParticipantFailed") == (403, 10105)
        assert rig.last("AddParticipantFailed")["operationContext"] == "add"
        assert [one.me.label for one in rig.emulator.calls()] == [CALLER]

    run(scenario)


def test_caller_hangs_up_while_an_invitation_rings() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 9 s")
        call, connection = await rig.answer()
        await invite(connection)
        await rig.pass_time(4)
        began = rig.clock.now()
        rig.emulator.hang_up(call)
        await rig.emulator.idle()
        agent = rig.emulator.calls()[-1]
        assert (agent.state, agent.end_reason, agent.transcript[-1].t) == ("ended", "cancelled", began)
        await rig.pass_time(30)
        assert rig.names()[2:] == ["AddParticipantFailed", "CallDisconnected"]
        assert rig.result("AddParticipantFailed") == (487, 560487)
        assert rig.emulator.legs_left_behind() == []

    run(scenario)


def test_one_of_a_group_hangs_up_while_an_invitation_rings() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(SUPERVISOR, "accept")
        rig.emulator.behave(AGENT, "accept after 9 s")
        call, connection = await rig.answer()
        await connection.add_participant(SUPERVISOR_ID)
        await rig.pass_time(2)
        await invite(connection)
        rig.emulator.hang_up(call)
        await rig.pass_time(10)
        assert rig.names()[-2:] == ADDED
        assert rig.emulator.legs_left_behind() == []

    run(scenario)


def test_adding_who_is_there_or_is_being_invited() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 3 s")
        _, connection = await rig.answer()
        await invite(connection)
        for seconds in (0, 5):
            await rig.pass_time(seconds)
            with pytest.raises(HttpResponseError) as caught:
                await invite(connection)
            assert (caught.value.status_code, caught.value.error and caught.value.error.code) == (400, "8523")
        assert rig.names()[2:] == ADDED
        assert rig.emulator.rung_while_talking(or_ringing=True) == []

    run(scenario)


def test_same_person_answers_twice() -> None:
    """Two calls invite one agent at once: both rings are answered, and the history says so."""

    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 3 s")
        _, first = await rig.answer()
        _, second = await second_call(rig)
        await invite(first)
        await rig.pass_time(1)
        await invite(second)
        assert rig.emulator.rung_while_talking() == []
        [knock] = rig.emulator.rung_while_talking(or_ringing=True)
        assert (knock.who, knock.state) == (AGENT, "ringing")
        await rig.pass_time(5)
        assert [rig.emulator.call(one).state for one in (knock.busy, knock.rung)] == ["connected", "connected"]
        assert "knocked" in [entry.kind for entry in rig.emulator.transcript(knock.busy)]
        agent = rig.emulator.call(knock.busy)
        with pytest.raises(WrongStateError):
            rig.emulator.accept(agent.id)

    run(scenario)


def test_rung_while_talking() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept")
        _, first = await rig.answer()
        _, second = await second_call(rig)
        await first.transfer_call_to_participant(AGENT_ID)
        await rig.pass_time(2)
        began = rig.clock.now()
        rig.emulator.behave(AGENT, "no answer")
        await invite(second)
        [knock] = rig.emulator.rung_while_talking()
        assert (knock.t, knock.who, knock.state) == (began, AGENT, "connected")
        entry = rig.emulator.transcript(knock.busy)[-1]
        assert (entry.kind, entry.text) == ("knocked", LINE)
        rig.emulator.hang_up(knock.busy)
        await rig.pass_time(20)
        await invite(second)
        assert len(rig.emulator.rung_while_talking()) == 1
        rig.emulator.forget()
        assert len(rig.emulator.rung_while_talking()) == 1
        await rig.client.create_call(CALLER_ID, f"{rig.base}/c", source_caller_id_number=LINE_ID)
        assert len(rig.emulator.rung_while_talking()) == 1, "the first caller has been left by the agent"
        caller = PhoneNumberIdentifier(OTHER_CALLER)
        await rig.client.create_call(caller, f"{rig.base}/c", source_caller_id_number=LINE_ID)
        assert [one.who for one in rig.emulator.rung_while_talking()] == [AGENT, OTHER_CALLER]

    run(scenario)


def test_legs_left_behind() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 3 s")
        _, connection = await rig.answer()
        made = await rig.client.create_call(AGENT_ID, f"{rig.base}/leg", source_caller_id_number=LINE_ID)
        [leg] = rig.emulator.legs_left_behind()
        assert (leg.who, leg.state, leg.why) == (AGENT, "ringing", "nobody else is in the call")
        await rig.pass_time(3)
        assert [(one.state, one.phone) for one in rig.emulator.legs_left_behind()] == [("connected", leg.phone)]
        await connection.move_participants([AGENT_ID], made.call_connection_id or "")
        await rig.emulator.idle()
        assert rig.emulator.legs_left_behind() == []
        await invite_third(rig, connection)
        await connection.hang_up(False)
        await rig.emulator.idle()
        assert len([one for one in rig.emulator.calls() if one.state == "connected"]) == 3
        assert rig.emulator.legs_left_behind() == [], "a group goes on without the application"
        talking = [one for one in rig.emulator.calls() if one.state == "connected"]
        rig.emulator.hang_up(talking[0].id)
        assert rig.emulator.legs_left_behind() == []
        rig.emulator.hang_up(talking[1].id)
        assert [one.state for one in talking] == ["ended"] * 3

    run(scenario)


async def invite_third(rig: Rig, connection: CallConnectionClient) -> None:
    rig.emulator.behave(SUPERVISOR, "accept")
    await connection.add_participant(SUPERVISOR_ID)
    await rig.pass_time(2)


def test_supervisor_hears_and_is_not_heard() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept")
        call, connection = await rig.answer()
        await invite(connection)
        await rig.pass_time(2)
        await invite_third(rig, connection)
        supervisor = rig.emulator.calls()[-1]
        everyone = {CALLER, AGENT, SUPERVISOR}
        assert rig.emulator.hearing(call) == {
            **{one: everyone - {one} for one in everyone}, APPLICATION: everyone
        }  # fmt: skip
        await connection.mute_participant(SUPERVISOR_ID)
        await rig.emulator.idle()
        heard = rig.emulator.hearing(connection._call_connection_id)
        assert (heard[SUPERVISOR], heard[CALLER], heard[APPLICATION]) == ({CALLER, AGENT}, {AGENT}, {CALLER, AGENT})
        await connection.hold(CALLER_ID, play_source=TextSource(text="please hold"))
        await rig.emulator.idle()
        heard = rig.emulator.hearing(call)
        assert (heard[CALLER], heard[AGENT], heard[SUPERVISOR]) == ({HOLD_AUDIO}, set(), {AGENT})
        rig.emulator.unmute(supervisor.id)
        await connection.unhold(CALLER_ID)
        await connection.hold(AGENT_ID)
        await rig.emulator.idle()
        heard = rig.emulator.hearing(call)
        assert (heard[CALLER], heard[AGENT], heard[SUPERVISOR]) == ({SUPERVISOR}, set(), {CALLER})
        assert [entry.kind for entry in supervisor.transcript][-2:] == ["muted", "unmuted"]
        rig.emulator.hang_up(call)
        assert rig.emulator.hearing(call) == {}
        with pytest.raises(NoSuchPhoneError):
            rig.emulator.hearing("nobody")

    run(scenario)


def test_participant_mutes_itself() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        rig.emulator.mute(call)
        await rig.emulator.idle()
        assert rig.names()[-1] == "ParticipantsUpdated"
        assert rig.last("ParticipantsUpdated")["participants"][0]["isMuted"] is True
        count = len(rig.hook.events)
        rig.emulator.mute(call)
        await rig.client.start_recording(call_connection_id=connection._call_connection_id)
        await connection.start_recognizing_media("speech", CALLER_ID, initial_silence_timeout=3)
        rig.emulator.speak(call, "can you hear me")
        await rig.pass_time(3)
        assert rig.names()[count:] == ["RecognizeFailed"]
        rig.emulator.unmute(call)
        rig.emulator.speak(call, "and now")
        await rig.pass_time(1)
        assert rig.emulator.recordings()[0].texts() == ["and now"]
        rig.emulator.hang_up(call)
        with pytest.raises(WrongStateError):
            rig.emulator.unmute(call)

    run(scenario)


def test_who_is_on_hold_hears_no_prompt_and_is_not_heard() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await connection.play_media(TextSource(text="la la la la"), loop=True)
        await rig.pass_time(1)
        await connection.hold(CALLER_ID)
        await rig.pass_time(3)
        await connection.start_recognizing_media("speech", CALLER_ID, interrupt_call_media_operation=True)
        rig.emulator.speak(call, "hello")
        await rig.pass_time(1)
        heard = [entry for entry in rig.emulator.transcript(call) if entry.kind == "heard"]
        assert [(entry.interrupted, entry.end is not None) for entry in heard] == [(True, True)]
        assert "RecognizeCompleted" not in rig.names()
        await connection.unhold(CALLER_ID)
        rig.emulator.speak(call, "hello again")
        await rig.pass_time(1)
        assert rig.last("RecognizeCompleted")["speechResult"]["speech"] == "hello again"

    run(scenario)
