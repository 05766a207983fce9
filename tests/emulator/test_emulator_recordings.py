"""Recordings: their states on the wire, what is in them and what is not, and their files."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import wave
from array import array
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from azure.communication.callautomation import AzureBlobContainerRecordingStorage, PhoneNumberIdentifier, TextSource
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from emulator_rig import CALLER, CALLER_ID, LINE, LINE_ID, Rig, run
from wire_tones import keys_in

from emulator import Config, Failure, Fault, Line, Misbehaviour
from emulator.tape import RATE, Recording

AGENT = "+14255550177"
AGENT_ID = PhoneNumberIdentifier(AGENT)
TPE = Config(lines=(Line(LINE, "cc123456-5678-4678-8234-ccc123456789"),))


async def begun(rig: Rig, connection: CallConnectionClient, **options: Any) -> str:
    """A recording of the connection; its id."""
    made = await rig.client.start_recording(
        call_connection_id=connection._call_connection_id,
        recording_state_callback_url=f"{rig.base}/recordings",
        **options,
    )
    await rig.emulator.idle()
    assert made.recording_id is not None
    return made.recording_id


def states(rig: Rig) -> list[str]:
    return [one["data"]["state"] for one in rig.hook.events if one["type"].endswith(".RecordingStateChanged")]


def the(rig: Rig) -> Recording:
    return rig.emulator.recordings()[-1]


async def fetch(rig: Rig, url: str, method: str = "GET", **extra: str) -> tuple[int, bytes]:
    """A request signed with the resource's key, as for a recorded file."""
    date, digest = formatdate(usegmt=True), base64.b64encode(hashlib.sha256(b"").digest()).decode()
    parts = urlsplit(url)
    host = extra.get("x-ms-host", parts.netloc)
    text = f"{method}\n{parts.path}\n{date};{host};{digest}"
    key = base64.b64decode(rig.emulator.config.access_key)
    signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    signed = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
    headers = {"x-ms-date": date, "x-ms-content-sha256": digest, "Authorization": signed, **extra}
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers) as response:
        return response.status, await response.read()


def announced(rig: Rig) -> dict[str, Any]:
    """`data` of the event of the newest file."""
    found = [one for one in rig.hook.grid if one["eventType"] == "Microsoft.Communication.RecordingFileStatusUpdated"]
    assert found, "no file was announced"
    data: dict[str, Any] = found[-1]["data"]
    return data


def chunk(rig: Rig) -> dict[str, Any]:
    [only] = announced(rig)["recordingStorageInfo"]["recordingChunks"]
    found: dict[str, Any] = only
    return found


def samples(content: bytes) -> tuple[int, array[int]]:
    """Channels and frames of a WAV file."""
    with wave.open(io.BytesIO(content)) as audio:
        assert (audio.getframerate(), audio.getsampwidth()) == (RATE, 2)
        return audio.getnchannels(), array("h", audio.readframes(audio.getnframes()))


def test_states_on_the_wire() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        recording = await begun(rig, connection)
        [event] = [one for one in rig.hook.events if one["type"].endswith(".RecordingStateChanged")]
        server_call_id = rig.hook.incoming[0]["serverCallId"]
        place = f"calling/recordings/{server_call_id}/{recording}/RecordingStateChanged"
        assert event["source"] == event["subject"] == event["data"]["eventSource"] == place
        assert list(event["data"]) == [
            *("eventSource", "recordingId", "state", "startDateTime", "recordingKind", "version"),
            *("callConnectionId", "serverCallId", "correlationId", "publicEventType"),
        ]
        assert event["data"]["recordingKind"] == "azureCommunicationServices"
        assert rig.hook.requests[-1][1] == "/recordings"
        assert rig.hook.requests[-1][2]["Authorization"].startswith("Bearer ")
        assert (await rig.client.get_recording_properties(recording)).recording_state == "active"
        await rig.client.pause_recording(recording)
        assert (await rig.client.get_recording_properties(recording)).recording_state == "inactive"
        await rig.client.resume_recording(recording)
        await rig.client.stop_recording(recording)
        await rig.emulator.idle()
        assert states(rig) == ["active", "inactive", "active", "inactive"]
        with pytest.raises(ResourceNotFoundError):
            await rig.client.get_recording_properties(recording)
        done = [(one.operation, one.connection_id == connection._call_connection_id) for one in rig.emulator.requests]
        names = ("startRecording", "getRecording", "pauseRecording", "getRecording", "resumeRecording", "stopRecording")
        assert done[1:7] == [(name, True) for name in names]

    run(scenario)


@pytest.mark.parametrize(("located", "status"), [(True, 200), (False, 202)])
def test_locator_is_answered_200_and_connection_202(located: bool, status: int) -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        which: dict[str, Any] = {"call_connection_id": connection._call_connection_id}
        if located:
            which = {"server_call_id": (await connection.get_call_properties()).server_call_id}
        made = await rig.client.start_recording(**which, pause_on_start=True)
        assert made.recording_state == "inactive"
        assert rig.emulator.requests[-1].status == status
        await rig.emulator.idle()
        assert states(rig) == []  # there is no address to tell it
        assert (await rig.client.get_recording_properties(made.recording_id or "")).recording_state == "inactive"
        await rig.client.resume_recording(made.recording_id or "")
        assert the(rig).state == "active"

    run(scenario)


def test_refusals_of_the_present_state() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        recording = await begun(rig, connection)
        acts = (
            (lambda: begun(rig, connection), "8553"),
            (lambda: rig.client.resume_recording(recording), "8573"),
            (lambda: rig.client.pause_recording(recording), None),
            (lambda: rig.client.pause_recording(recording), "8573"),
        )
        for act, code in acts:
            if code is None:
                await act()
                continue
            with pytest.raises(HttpResponseError) as caught:
                await act()
            assert (caught.value.status_code, caught.value.error and caught.value.error.code) == (400, code)
        await rig.client.stop_recording(recording)
        second = await begun(rig, connection)
        assert second != recording
        made = await rig.client.create_call(AGENT_ID, f"{rig.base}/c", source_caller_id_number=LINE_ID)
        with pytest.raises(HttpResponseError) as caught:
            await rig.client.start_recording(call_connection_id=made.call_connection_id or "")
        assert caught.value.error is not None
        assert caught.value.error.code == "8501"

    run(scenario)


def test_resource_account_is_recorded_by_connection_only() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        server_call_id = (await connection.get_call_properties()).server_call_id
        with pytest.raises(HttpResponseError):
            await rig.client.start_recording(server_call_id=server_call_id or "")
        await begun(rig, connection, recording_content_type="audio", recording_format_type="wav")
        assert states(rig) == ["active"]

    run(scenario, TPE)


def test_start_that_was_accepted_fails() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(failures=(Failure("startRecording"), Failure("startRecording"))))
        recording = await begun(rig, connection)
        assert rig.result("StartRecordingFailed") == (500, 9999)
        assert rig.last("StartRecordingFailed")["recordingId"] == recording
        assert rig.hook.requests[-1][1] == "/recordings"
        assert states(rig) == []
        with pytest.raises(HttpResponseError):
            await rig.client.start_recording(server_call_id=rig.hook.incoming[0]["serverCallId"])
        await begun(rig, connection)

    run(scenario)


async def card_is_given(rig: Rig, connection: CallConnectionClient, call: str) -> None:
    """A recorded call whose recording is paused while a card number is asked for and read back."""
    await connection.play_media(TextSource(text="welcome to us"))
    await rig.pass_time(3)
    await rig.client.pause_recording(the(rig).id)
    await connection.start_recognizing_media(
        "dtmf", CALLER_ID, dtmf_max_tones_to_collect=4, play_prompt=TextSource(text="card number please")
    )
    await rig.pass_time(2)
    rig.emulator.press(call, "4711")
    await rig.pass_time(2)
    rig.emulator.speak(call, "was that right")
    await rig.pass_time(2)
    await rig.client.resume_recording(the(rig).id)
    rig.emulator.speak(call, "thank you")
    await rig.pass_time(2)


def test_nothing_of_a_paused_time_is_in_it() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        await begun(rig, connection)
        await card_is_given(rig, connection, call)
        rig.emulator.hang_up(call)
        await rig.emulator.idle()
        assert rig.last("RecognizeCompleted")["dtmfResult"]["tones"] == ["four", "seven", "one", "one"]
        assert the(rig).texts() == ["welcome to us", "thank you"]
        assert the(rig).voices() == [CALLER]
        assert the(rig).seconds() == pytest.approx(3 + 2)
        assert [round(end - start, 3) for start, end in the(rig).pauses()] == [6]
        assert rig.names()[-2:] == ["CallDisconnected", "RecordingStateChanged"]
        assert states(rig) == ["active", "inactive", "active", "inactive"]
        await rig.pass_time(10)
        status, content = await fetch(rig, chunk(rig)["contentLocation"])
        channels, frames = samples(content)
        assert (status, channels, len(frames)) == (200, 1, 5 * RATE)
        welcome, thanks = 3 * 0.35, 2 * 0.35
        loud = [bool(any(frames[int(t * RATE) : int(t * RATE) + 50])) for t in (0.5, welcome + 0.1, 3.1, 3.1 + thanks)]
        assert loud == [True, False, True, False]

    run(scenario)


def test_sound_that_a_pause_cuts_is_in_it_in_part() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        await connection.play_media(TextSource(text="one two three four five six"))  # 2.1 s
        await rig.pass_time(0.5)
        recording = await begun(rig, connection)
        await rig.pass_time(0.5)
        await rig.client.pause_recording(recording)
        await rig.pass_time(0.5)
        await rig.client.resume_recording(recording)
        first = the(rig).pieces()[0]
        assert (first.whole, round(first.end - first.start, 3)) == (False, 0.5)
        await rig.pass_time(5)
        await connection.hang_up(True)
        pieces = [(round(piece.start, 3), round(piece.end, 3), piece.whole) for piece in the(rig).pieces()]
        assert pieces == [(0, 0.5, False), (0.5, 1.1, False)]

    run(scenario)


def test_file_is_announced_fetched_and_deleted() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        recording = await begun(rig, connection)
        await rig.pass_time(7)
        await rig.client.stop_recording(recording)
        await rig.pass_time(9)
        assert len(rig.hook.grid) == 1
        await rig.pass_time(1)
        assert f"/serverCallId/{the(rig).call.server_call_id}/recordingId/{recording}" in rig.hook.grid[-1]["subject"]
        data = announced(rig)
        assert (data["recordingDurationMs"], data["recordingFormatType"]) == (7000, "Wav")
        assert (data["recordingContentType"], data["recordingChannelType"]) == ("Audio", "Mixed")
        place = chunk(rig)
        async with aiohttp.ClientSession() as session, session.get(place["contentLocation"]) as response:
            assert (response.status, (await response.json())["error"]["code"]) == (401, "7509")
        status, content = await fetch(rig, place["contentLocation"], **{"x-ms-host": "my.communication.azure.com"})
        assert (status, len(samples(content)[1])) == (200, 7 * RATE)
        assert await fetch(rig, place["contentLocation"], Range="bytes=40-") == (206, content[40:])
        assert await fetch(rig, place["contentLocation"], Range="bytes=4-7") == (206, content[4:8])
        assert (await fetch(rig, place["contentLocation"], Range="bytes=999999999-"))[0] == 416
        assert await fetch(rig, place["deleteLocation"], "DELETE") == (200, b"")
        for url, method in ((place["contentLocation"], "GET"), (place["deleteLocation"], "DELETE")):
            assert (await fetch(rig, url, method))[0] == 404

    run(scenario)


def test_file_is_gone_after_a_day_and_may_be_announced_twice() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.misbehave(Misbehaviour(faults=(Fault("duplicate_incoming", "RecordingFileStatusUpdated"),)))
        _, connection = await rig.answer()
        await begun(rig, connection)
        await rig.pass_time(1)
        await connection.hang_up(True)
        await rig.pass_time(10)
        assert [one["id"] for one in rig.hook.grid[1:]] == [rig.hook.grid[1]["id"]] * 2
        assert announced(rig)["sessionEndReason"] == "CallEnded"
        await rig.pass_time(24 * 3600 - 11)
        assert (await fetch(rig, chunk(rig)["contentLocation"]))[0] == 200
        await rig.pass_time(2)
        assert (await fetch(rig, chunk(rig)["contentLocation"]))[0] == 404

    run(scenario)


def test_everyone_has_a_channel_of_an_unmixed_recording() -> None:
    async def scenario(rig: Rig) -> None:
        rig.emulator.behave(AGENT, "accept after 2 s")
        call, connection = await rig.answer()
        await begun(rig, connection, recording_channel_type="unmixed", audio_channel_participant_ordering=[AGENT_ID])
        rig.emulator.speak(call, "is anybody there")
        await rig.pass_time(2)
        await connection.add_participant(AGENT_ID, source_caller_id_number=LINE_ID)
        await rig.pass_time(2)
        rig.emulator.speak(rig.emulator.calls()[-1].id, "here I am")
        await rig.pass_time(2)
        await connection.play_media(TextSource(text="goodbye"))
        await rig.pass_time(2)
        await connection.hang_up(True)
        await rig.pass_time(10)
        assert the(rig).channel_map() == {AGENT: 0, CALLER: 1, "": 2}
        channels, frames = samples((await fetch(rig, chunk(rig)["contentLocation"]))[1])
        assert (channels, len(frames)) == (3, 3 * 8 * RATE)
        loud = [[bool(any(frames[place::3][t * RATE : t * RATE + 99])) for t in (0, 4, 6)] for place in range(3)]
        assert loud == [[False, True, False], [True, False, False], [False, False, True]]
        status, content = await fetch(rig, chunk(rig)["metadataLocation"])
        assert status == 200
        assert b'"participants":[{"participantId":"4:+14255550123","channel":1},{"participantId":"4:' in content
        assert the(rig).present == [CALLER, AGENT]

    run(scenario)


def test_start_whose_answer_was_lost_is_repeated_and_begins_one_recording() -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(faults=(Fault("fail_after", "startRecording"),)))
        key = AzureKeyCredential(rig.emulator.config.access_key)
        async with CallAutomationClient(rig.emulator.url, key) as patient:
            made = await patient.start_recording(call_connection_id=connection._call_connection_id)
            assert [one.id for one in rig.emulator.recordings()] == [made.recording_id]
            rig.emulator.misbehave(Misbehaviour(faults=(Fault("fail_after", "pauseRecording"),)))
            # A pause carries no such id: the second one finds the recording paused, and is refused.
            with pytest.raises(HttpResponseError) as caught:
                await patient.pause_recording(made.recording_id or "")
            assert caught.value.error is not None
            assert (caught.value.error.code, the(rig).state) == ("8573", "inactive")

    run(scenario)


def test_keys_can_be_read_out_of_a_file() -> None:
    async def scenario(rig: Rig) -> None:
        call, connection = await rig.answer()
        recording = await begun(rig, connection)
        await connection.play_media(TextSource(text="press every key that there is, one after the other please"))
        rig.emulator.press(call, "123456789*0#")
        await rig.pass_time(8)
        await rig.client.stop_recording(recording)
        assert keys_in(the(rig).wav()) == "123456789*0#", "also while somebody speaks"

    run(scenario)


@pytest.mark.parametrize(("name", "operation"), [("pause", "pauseRecording"), ("resume", "resumeRecording")])
def test_a_change_that_fails_does_so_in_its_answer(name: str, operation: Any) -> None:
    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        recording = await begun(rig, connection, pause_on_start=name == "resume")
        before = the(rig).state
        rig.emulator.misbehave(Misbehaviour(failures=(Failure(operation, 409, 8571, "A conflict."),)))
        change = getattr(rig.client, f"{name}_recording")
        with pytest.raises(HttpResponseError) as caught:
            await change(recording)
        assert caught.value.error is not None
        assert (caught.value.status_code, caught.value.error.code, the(rig).state) == (409, "8571", before)
        await change(recording)
        assert the(rig).state != before

    run(scenario)


@pytest.mark.parametrize("status", [201, 403])
def test_a_container_of_the_customers_own_takes_the_file(status: int) -> None:
    async def scenario(rig: Rig) -> None:
        blobs: dict[str, bytes] = {}

        async def put(request: web.Request) -> web.Response:
            assert request.headers["Authorization"].startswith("Bearer ")
            blobs[request.path] = await request.read()
            return web.Response(status=status)

        app = web.Application()
        app.router.add_put("/{any:.*}", put)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            _, connection = await rig.answer()
            storage = AzureBlobContainerRecordingStorage(f"{base}/calls")
            recording = await begun(rig, connection, recording_storage=storage)
            await rig.pass_time(2)
            await rig.client.stop_recording(recording)
            await rig.pass_time(11)
            await rig.emulator.idle()
        finally:
            await runner.cleanup()
        if status != 201:
            assert len(rig.hook.grid) == 1, "what was not written is not announced"
            return
        place = chunk(rig)
        assert place["contentLocation"].startswith(f"{base}/calls/")
        assert place["deleteLocation"] == ""
        assert len(samples(blobs[place["contentLocation"].removeprefix(base)])[1]) == 2 * RATE
        assert b'"pauseResumeIntervals"' in blobs[place["metadataLocation"].removeprefix(base)]

    run(scenario)


# fault -> what the host is told of a recording that is begun, paused and stopped
TOLD: dict[str, tuple[Fault, list[str]]] = {
    "lost": (Fault("drop", "RecordingStateChanged"), ["inactive", "inactive"]),
    "doubled": (Fault("duplicate", "RecordingStateChanged"), ["active", "active", "inactive", "inactive"]),
    "late": (Fault("delay", "RecordingStateChanged"), ["inactive", "inactive", "active"]),
    "overtaken": (Fault("reorder", "RecordingStateChanged"), ["inactive", "active", "inactive"]),
}


@pytest.mark.parametrize("name", TOLD)
def test_states_are_told_badly(name: str) -> None:
    fault, expected = TOLD[name]

    async def scenario(rig: Rig) -> None:
        _, connection = await rig.answer()
        rig.emulator.misbehave(Misbehaviour(faults=(fault,)))
        recording = await begun(rig, connection)
        await rig.client.pause_recording(recording)
        await rig.emulator.idle()
        await rig.client.stop_recording(recording)
        await rig.pass_time(5)
        assert states(rig) == expected

    run(scenario)
