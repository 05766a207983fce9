"""The parts of a contact center that scripts can name and this version does not run."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.protocol import Request, Verb

MISSING_PARTS: Mapping[Verb, str] = {
    "queue": "queues and agents",
    "voicemail": "voicemail",
    "callback": "callbacks",
    "consult": "consulting an expert",
    "pay": "payments",
    "dial": "outbound calls",
    "transfer": "transfers that the target accepts",
    "record": "recording",
    "transcribe": "transcription",
    "stream": "audio streaming",
    "brief": "hand-over details",
    "notify": "notifications",
    "tones": "tones to another machine",
}


def why_missing(request: Request) -> str:
    """The refusal of a request, for a log: what is missing, and who asked."""
    asked = f"{request.verb} {request.name}".strip()
    return f"{MISSING_PARTS[request.verb]} are not part of this version: `{asked}` cannot be done"
