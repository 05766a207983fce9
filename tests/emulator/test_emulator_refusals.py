"""What the service refuses, with its real status and code. [contract 3.4, 6.3, 6.4, 7.2]"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from azure.communication.callautomation import (
    CommunicationUserIdentifier,
    DtmfTone,
    MediaStreamingAudioChannelType,
    MediaStreamingContentType,
    MediaStreamingOptions,
    MicrosoftTeamsAppIdentifier,
    PhoneNumberIdentifier,
    RecognitionChoice,
    StreamingTransportType,
    TextSource,
)
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from emulator_rig import CALLER_ID, LINE, LINE_ID, Rig, run

from emulator import Config, Line

NOBODY = PhoneNumberIdentifier("+14255550000")
AGENT = PhoneNumberIdentifier("+14255550177")
USER = CommunicationUserIdentifier("8:acs:resource_agent")
APP = MicrosoftTeamsAppIdentifier("bbbb-app")
CHOICES = [RecognitionChoice(label="a", phrases=["a"], tone=DtmfTone.ONE), RecognitionChoice(label="b", phrases=["b"])]
STREAM = MediaStreamingOptions(
    transport_url="https://host.example/ws",
    transport_type=StreamingTransportType.WEBSOCKET,
    content_type=MediaStreamingContentType.AUDIO,
    audio_channel_type=MediaStreamingAudioChannelType.MIXED,
)
Act = Callable[[Rig, CallConnectionClient], Awaitable[object]]


def ask(kind: str, **options: Any) -> Act:
    return lambda rig, one: one.start_recognizing_media(kind, CALLER_ID, **options)


CASES: dict[str, tuple[Act, int, str]] = {
    "text of 4001 characters": (lambda rig, one: one.play_media(TextSource(text="x" * 4001)), 400, "8523"),
    "19 tones": (lambda rig, one: one.send_dtmf_tones([DtmfTone.ONE] * 19, CALLER_ID), 400, "8523"),
    "no tones": (lambda rig, one: one.send_dtmf_tones([], CALLER_ID), 400, "8523"),
    "unknown tone": (lambda rig, one: one.send_dtmf_tones(["eleven"], CALLER_ID), 400, "8523"),
    "silence of 301 s": (ask("dtmf", initial_silence_timeout=301), 400, "8523"),
    "silence of 21 s with speech": (ask("speech", initial_silence_timeout=21), 400, "8523"),
    "0 s between tones": (ask("dtmf", dtmf_inter_tone_timeout=0), 400, "8523"),
    "61 s between tones": (ask("dtmf", dtmf_inter_tone_timeout=61), 400, "8523"),
    "0 tones to collect": (ask("dtmf", dtmf_max_tones_to_collect=0), 400, "8523"),
    "no choices": (ask("choices"), 400, "8523"),
    "a tone on one choice only": (ask("choices", choices=CHOICES), 400, "8523"),
    "recognising somebody else": (lambda rig, one: one.start_recognizing_media("dtmf", NOBODY), 400, "8558"),
    "playing to somebody else": (lambda rig, one: one.play_media(TextSource(text="x"), [NOBODY]), 400, "8558"),
    "unhold of one not on hold": (lambda rig, one: one.unhold(CALLER_ID), 400, "8585"),
    "muting a phone": (lambda rig, one: one.mute_participant(CALLER_ID), 400, "8523"),
    "invitation of 181 s": (
        lambda rig, one: one.add_participant(USER, invitation_timeout=181), 400, "8523"),
    "adding a phone without a caller id": (lambda rig, one: one.add_participant(AGENT), 400, "8523"),
    "adding who is there": (
        lambda rig, one: one.add_participant(CALLER_ID, source_caller_id_number=LINE_ID), 400, "8523"),
    "cancelling no invitation": (lambda rig, one: one.cancel_add_participant_operation("none"), 400, "8523"),
    "moving from no call": (lambda rig, one: one.move_participants([AGENT], "none"), 404, "8522"),
    "Teams id as a user": (
        lambda rig, one: one.transfer_call_to_participant(CommunicationUserIdentifier("28:orgid:x")), 422, "422"),
    "number not E.164": (
        lambda rig, one: one.transfer_call_to_participant(PhoneNumberIdentifier("4255550123")), 400, "8523"),
    "transfer to the caller": (lambda rig, one: one.transfer_call_to_participant(CALLER_ID), 400, "8523"),
    "SIP header of another name": (
        lambda rig, one: one.transfer_call_to_participant(AGENT, sip_headers={"X-Other": "1"}), 400, "8523"),
    "six SIP headers": (lambda rig, one: one.transfer_call_to_participant(
        AGENT, sip_headers={f"X-MS-Custom-{n}": "1" for n in range(6)}), 400, "8523"),
    "VoIP header too long": (
        lambda rig, one: one.transfer_call_to_participant(AGENT, voip_headers={"a": "x" * 1025}), 400, "8523"),
    "caller id with a resource account": (lambda rig, one: rig.client.create_call(
        AGENT, f"{rig.base}/c", teams_app_source=APP, source_caller_id_number=LINE_ID), 400, "8523"),
    "display name with a resource account": (lambda rig, one: rig.client.create_call(
        AGENT, f"{rig.base}/c", teams_app_source=APP, source_display_name="Contoso"), 400, "8523"),
    "plain user from a resource account": (
        lambda rig, one: rig.client.create_call(USER, f"{rig.base}/c", teams_app_source=APP), 422, "422"),
    "calling a phone without a caller id": (lambda rig, one: rig.client.create_call(AGENT, rig.base), 400, "8523"),
    "callback to nowhere": (lambda rig, one: rig.client.create_call(USER, "nowhere"), 400, "8523"),
    "answering twice": (
        lambda rig, one: rig.client.answer_call(rig.hook.incoming[0]["incomingCallContext"], rig.base), 409, "8519"),
    "answering nothing": (lambda rig, one: rig.client.answer_call("a.b.c", f"{rig.base}/c"), 404, "8522"),
    "answering no context": (lambda rig, one: rig.client.answer_call("abc", f"{rig.base}/c"), 400, "8523"),
    "another call": (lambda rig, one: rig.client.get_call_connection("none").hang_up(True), 404, "8522"),
    "recording no call": (lambda rig, one: rig.client.start_recording(call_connection_id="none"), 404, "8522"),
    "recording a server call that is none": (
        lambda rig, one: rig.client.start_recording(server_call_id="none"), 404, "8522"),
    "recording a room": (lambda rig, one: rig.client.start_recording(room_id="r"), 501, "NotEmulated"),
    "recording video": (lambda rig, one: rig.client.start_recording(
        call_connection_id=one._call_connection_id, recording_content_type="audioVideo"), 501, "NotEmulated"),
    "recording unmixed as mp3": (lambda rig, one: rig.client.start_recording(
        call_connection_id=one._call_connection_id, recording_channel_type="unmixed", recording_format_type="mp3",
        recording_content_type="audio"), 400, "8523"),
    "six channels": (lambda rig, one: rig.client.start_recording(
        call_connection_id=one._call_connection_id, recording_channel_type="unmixed",
        audio_channel_participant_ordering=[AGENT] * 6), 400, "8523"),
    "channels of a mixed recording": (lambda rig, one: rig.client.start_recording(
        call_connection_id=one._call_connection_id, audio_channel_participant_ordering=[AGENT]), 400, "8523"),
    "no recording": (lambda rig, one: rig.client.pause_recording("none"), 404, "8522"),
    "a transcript of a call without its address": (
        lambda rig, one: one.start_transcription(locale="en-US"), 400, "8523"),
    "audio of a call without its address": (lambda rig, one: one.start_media_streaming(), 400, "8523"),
    "no audio to stop": (lambda rig, one: one.stop_media_streaming(), 400, "8523"),
    "an address that is no web socket's": (
        lambda rig, one: rig.client.create_call(USER, f"{rig.base}/c", media_streaming=STREAM), 400, "8523"),
    "connect": (lambda rig, one: rig.client.connect_call(f"{rig.base}/c", server_call_id="x"), 501, "NotEmulated"),
}  # fmt: skip


def test_each_refusal_and_that_nothing_came_of_it() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        count = len(rig.hook.events)
        for name, (act, status, code) in CASES.items():
            with pytest.raises(HttpResponseError) as caught:
                await act(rig, connection)
            error = caught.value
            assert (error.status_code, error.error and error.error.code) == (status, code), name
            assert error.error
            assert error.error.message, name
        await rig.pass_time(1)
        assert len(rig.hook.events) == count
        assert rig.emulator.ringing() == []

    run(scenario)


def test_media_before_the_call_is_established() -> None:
    async def scenario(rig: Rig) -> None:
        made = await rig.client.create_call(USER, f"{rig.base}/c")
        with pytest.raises(HttpResponseError) as caught:
            await rig.client.get_call_connection(made.call_connection_id or "").play_media(TextSource(text="x"))
        assert (caught.value.status_code, caught.value.error and caught.value.error.code) == (400, "8501")

    run(scenario)


def test_plain_user_in_a_call_of_a_resource_account() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        for act in (connection.add_participant(USER), connection.transfer_call_to_participant(USER)):
            with pytest.raises(HttpResponseError) as caught:
                await act
            assert caught.value.status_code == 422

    run(scenario, Config(lines=(Line(LINE, "cc123456-5678-4678-8234-ccc123456789"),)))


def test_http_callbacks_are_refused_by_option() -> None:
    async def scenario(rig: Rig) -> None:
        await rig.dial()
        with pytest.raises(HttpResponseError, match="The field CallbackUri is invalid"):
            await rig.client.answer_call(rig.hook.incoming[0]["incomingCallContext"], f"{rig.base}/c")

    run(scenario, Config(allow_http_callbacks=False))


def test_strangers_are_turned_away() -> None:
    async def scenario(rig: Rig) -> None:
        async with CallAutomationClient(rig.emulator.url, AzureKeyCredential("b3RoZXI="), retry_total=0) as stranger:
            with pytest.raises(HttpResponseError) as caught:
                await stranger.get_call_connection("x").hang_up(True)
        assert (caught.value.status_code, caught.value.error and caught.value.error.code) == (401, "7509")
        url = f"{rig.emulator.url}/calling/callConnections/x?api-version=2026-03-12"
        async with aiohttp.ClientSession() as session:
            for headers, status, code in (
                ({}, 401, "7509"),
                ({"Authorization": "Bearer nonsense"}, 401, "7501"),
                ({"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30.x"}, 404, "8522"),
            ):
                async with session.get(url, headers=headers) as response:
                    assert (response.status, (await response.json())["error"]["code"]) == (status, code)

    run(scenario)


@pytest.mark.parametrize("tail", ["", "/"])
def test_endpoint_with_and_without_a_slash_is_signed_right(tail: str) -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        key = AzureKeyCredential(rig.emulator.config.access_key)
        async with CallAutomationClient(f"{rig.emulator.url}{tail}", key) as client:
            await client.get_call_connection(connection._call_connection_id).get_call_properties()
        async with CallAutomationClient.from_connection_string(rig.emulator.connection_string) as client:
            await client.get_call_connection(connection._call_connection_id).get_call_properties()

    run(scenario)
