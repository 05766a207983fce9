"""What the service tells beside a recorded file. [contract 9]"""

from __future__ import annotations

from emulator.identifiers import Json
from emulator.tape import RATE, Recording
from emulator.world import timestamp


def _participant(who: str, channel: int | None) -> Json:
    raw_id = f"4:{who}" if who.startswith("+") else who
    return {"participantId": raw_id} if channel is None else {"participantId": raw_id, "channel": channel}


def metadata(recording: Recording, resource_id: str) -> Json:
    """What the service tells beside the file: its pauses, its form, and who was there on which channel."""
    places = recording.channel_map()
    channels = max([*places.values(), 0]) + 1
    pauses = [
        {"startTime": timestamp(start), "duration": round((end - start) * 1000)} for start, end in recording.pauses()
    ]
    return {
        "resourceId": resource_id,
        "callId": recording.call.correlation_id,
        "chunkDocumentId": recording.document,
        "chunkIndex": 0,
        "chunkStartTime": timestamp(recording.started),
        "chunkDuration": round(recording.seconds() * 1000),
        "pauseResumeIntervals": pauses,
        "recordingInfo": {
            "contentType": "audio",
            "channelType": recording.channel_type,
            "format": "wav",
            "audioConfiguration": {"sampleRate": RATE, "bitRate": RATE * 16 * channels, "channels": channels},
        },
        "participants": [_participant(who, places.get(who)) for who in recording.present],
    }
