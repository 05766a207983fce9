"""Recordings: started, paused, resumed, stopped, and announced once their file is there. [contract 1.3, 9]"""

from __future__ import annotations

import base64
import json
import uuid
from typing import Literal

from emulator import fields
from emulator.identifiers import Json
from emulator.model import Call, Echo
from emulator.rest_types import Reply, Request
from emulator.results import (
    DUPLICATE_RECORDING,
    NOT_PAUSABLE,
    RestError,
    call_not_found,
    invalid,
    not_emulated,
    of_failure,
)
from emulator.tape import MOST_CHANNELS, Recording
from emulator.world import World, timestamp

KIND = "azureCommunicationServices"
COMBINATIONS = {("audiovideo", "mixed", "mp4"), ("audio", "mixed", "mp3"), ("audio", "mixed", "wav"),
                ("audio", "unmixed", "wav")}  # fmt: skip


def start(world: World, request: Request) -> Reply:
    """Begin to record. By locator it is answered 200, by connection 202, and then the outcome is an event's alone."""
    body = request.body
    located = body.get("callLocator") is not None
    call = _call(world, body)
    if call.state != "connected":
        raise RestError(400, 8501, "The call is not established.")
    uri = body.get("recordingStateCallbackUri")
    if uri is not None:
        uri = fields.callback_uri(world.config, body, "recordingStateCallbackUri")
    channel_type = _channel_type(body)
    recording = Recording(
        id=_recording_id(),
        call=call,
        document=f"0-emulator-d1-{uuid.uuid4().hex}",
        callback_uri=uri,
        channel_type=channel_type,
        started=world.clock.now(),
        channels=_channels(body, channel_type),
        container=_container(body),
    )
    paused = fields.flag(body, "pauseOnStart")
    if located and call.tpe:
        raise invalid("A call of Teams Phone extensibility is recorded by its CallConnectionId.")
    if call.id in world.taping:
        raise RestError(*DUPLICATE_RECORDING)
    failure = world.mischief.failure("startRecording")
    if failure is not None and located:
        raise RestError(failure.code, failure.sub_code, failure.message)
    if failure is not None:
        world.emit(call, "StartRecordingFailed", of_failure(failure), Echo(None, uri), {"recordingId": recording.id})
    else:
        _begin(world, recording, paused)
    # Live, the first answer says `inactive` and the next one `active`.
    return Reply(200 if located else 202, {**_properties(recording), "recordingState": "inactive"}, call)


def _call(world: World, body: Json) -> Call:
    """The call of a locator or of a connection id: one of both is needed."""
    locator, connection_id = fields.mapping(body, "callLocator"), fields.text(body, "callConnectionId", default="")
    if bool(locator) == bool(connection_id):
        raise invalid("Exactly one of the fields CallLocator and CallConnectionId is required.")
    if connection_id:
        found = world.calls.get(connection_id)
    elif fields.text(locator, "kind", default="serverCallLocator").lower() != "servercalllocator":
        raise not_emulated("Recording a group call or a room")
    else:
        wanted = fields.text(locator, "serverCallId")
        found = next((call for call in world.calls.values() if call.server_call_id == wanted), None)
    if found is None:
        raise call_not_found()
    return found


def _channel_type(body: Json) -> Literal["mixed", "unmixed"]:
    """The checked form of the file. What is not named is audio, mixed and WAV here."""
    content = fields.text(body, "recordingContentType", default="audio").lower()
    channel = fields.text(body, "recordingChannelType", default="mixed").lower()
    form = fields.text(body, "recordingFormatType", default="mp4" if content == "audiovideo" else "wav").lower()
    if (content, channel, form) not in COMBINATIONS:
        raise invalid(f"A recording of {content}, {channel}, as {form} is not supported.")
    if form != "wav":
        raise not_emulated(f"A recording as {form}")
    return "unmixed" if channel == "unmixed" else "mixed"


def _container(body: Json) -> str | None:
    """The storage of the customer's own that the file goes to."""
    storage = fields.mapping(body, "externalStorage")
    if not storage or fields.text(storage, "recordingStorageKind").lower() != "azureblobstorage":
        return None
    return fields.text(storage, "recordingDestinationContainerUrl")


def _channels(body: Json, channel_type: str) -> dict[str, int]:
    """The channels that a request gives to participants: of an unmixed recording alone."""
    affinity = fields.objects(body, "channelAffinity")
    ordering = fields.identifiers(body, "audioChannelParticipantOrdering")
    if (affinity or ordering) and channel_type == "mixed":
        raise invalid("Channels are given to participants of an unmixed recording only.")
    if len(ordering) > MOST_CHANNELS:
        raise invalid(f"At most {MOST_CHANNELS} channels are recorded.")
    made = {who.label: place for place, who in enumerate(ordering)}
    for one in affinity:
        channel = fields.number(one, "channel", 0, 0, MOST_CHANNELS - 1)
        made[fields.identifier(one, "participant").label] = int(channel)
    return made


def _recording_id() -> str:
    inside = {"PlatformEndpointId": str(uuid.uuid4()), "ResourceSpecificId": str(uuid.uuid4())}
    return base64.urlsafe_b64encode(json.dumps(inside, separators=(",", ":")).encode()).decode().rstrip("=")


def _properties(recording: Recording) -> Json:
    return {"recordingId": recording.id, "recordingState": recording.state, "recordingKind": KIND}


def _begin(world: World, recording: Recording, paused: bool) -> None:
    world.recordings[recording.id] = world.taping[recording.call.id] = recording
    if not paused:
        recording.resume(world.clock.now())
    _tell(world, recording)


def _tell(world: World, recording: Recording) -> None:
    """Send the state to the recording's own callback address; without one nobody is told."""
    if recording.callback_uri is None:
        return
    place = f"calling/recordings/{recording.call.server_call_id}/{recording.id}/RecordingStateChanged"
    extra = {
        "eventSource": place,
        "recordingId": recording.id,
        "state": recording.state,
        "startDateTime": timestamp(recording.started),
        "recordingKind": KIND,
    }
    world.emit(recording.call, "RecordingStateChanged", None, Echo(None, recording.callback_uri), extra, place)


def running(world: World, request: Request) -> Recording:
    """The recording of the path. Raises 404/8522 when there is none, or it was stopped."""
    found = world.recordings.get(request.name)
    if found is None or found.stopped is not None:
        raise RestError(404, 8522, "The recording was not found.")
    return found


def properties(world: World, request: Request) -> Reply:
    found = running(world, request)
    return Reply(200, _properties(found), found.call)


def pause(world: World, request: Request) -> Reply:
    found = running(world, request)
    _fail(world, "pauseRecording")
    if found.state != "active":
        raise RestError(*NOT_PAUSABLE)
    found.pause(world.clock.now())
    _tell(world, found)
    return Reply(202, None, found.call)


def resume(world: World, request: Request) -> Reply:
    found = running(world, request)
    _fail(world, "resumeRecording")
    if found.state == "active":
        raise RestError(*NOT_PAUSABLE)
    found.resume(world.clock.now())
    _tell(world, found)
    return Reply(202, None, found.call)


def _fail(world: World, operation: str) -> None:
    """A change of a recording fails in its answer, not in an event."""
    failure = world.mischief.failure(operation)
    if failure is not None:
        raise RestError(failure.code, failure.sub_code, failure.message)


def stop(world: World, request: Request) -> Reply:
    found = running(world, request)
    _stop(world, found, "SessionStopped")
    return Reply(204, None, found.call)


def _stop(world: World, recording: Recording, reason: str) -> None:
    now = world.clock.now()
    del world.taping[recording.call.id]
    recording.pause(now)
    recording.stopped = now
    recording.end_reason = reason
    _tell(world, recording)
    world.clock.call_later(world.config.recording_file_seconds, lambda: world.outbox.recorded(recording))


def joined(world: World, call: Call) -> None:
    """Somebody has come: a recording that is active remembers who is there."""
    recording = world.taping.get(call.id)
    if recording is not None and recording.state == "active":
        recording.meet()


def call_ended(world: World, call: Call) -> None:
    """The recording ends with its call, and says so after it."""
    if (recording := world.taping.get(call.id)) is not None:
        _stop(world, recording, "CallEnded")


def file_updated(recording: Recording, base_url: str) -> tuple[str, Json]:
    """Subject and data of the event that announces the file. [contract 4.6]"""
    place = f"{base_url}/v1/objects/{recording.document}"
    content, metadata = f"{place}/content/video", f"{place}/content/acsmetadata"
    if recording.container is not None:
        # There is nothing of it in the service's own storage, so nothing to delete there.
        place, folder = "", recording.folder
        content, metadata = f"{folder}/0-audiowav.wav", f"{folder}/0-acsmetadata.json"
    chunk = {
        "documentId": recording.document,
        "index": 0,
        "endReason": "SessionEnded",
        "contentLocation": content,
        "metadataLocation": metadata,
        "deleteLocation": place,
    }
    data = {
        "recordingStorageInfo": {"recordingChunks": [chunk]},
        "recordingStartTime": timestamp(recording.started).replace("+00:00", "Z"),
        "recordingDurationMs": round(recording.seconds() * 1000),
        "sessionEndReason": recording.end_reason,
        "recordingContentType": "Audio",
        "recordingChannelType": recording.channel_type.capitalize(),
        "recordingFormatType": "Wav",
    }
    call = recording.call
    subject = f"/recording/call/{call.correlation_id}/serverCallId/{call.server_call_id}/recordingId/{recording.id}"
    return subject, data
