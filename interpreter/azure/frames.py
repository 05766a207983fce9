"""Frames of the web sockets, on which the service sends transcripts and audio (wire contract, section 8).

Names are read in any case of letters: the service's own samples and libraries do not agree on one. Parsing decides
nothing, and what is wrong with a frame is told without what is in it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from interpreter.azure.fields import Malformed


@dataclass(frozen=True, slots=True)
class TranscriptBegins:
    """The first frame of a transcript. ``locale`` is its language."""

    subscription: str
    locale: str
    connection: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a participant, whose raw id is ``who`` (empty where the service does not say). ``offset`` and
    ``seconds`` tell when it was said and for how long, from the beginning of the transcript. ``final``: it is whole,
    and will not be corrected."""

    who: str
    text: str
    offset: int
    seconds: float
    confidence: float
    final: bool


@dataclass(frozen=True, slots=True)
class AudioBegins:
    """The first frame of a stream of audio: 16-bit PCM, ``rate`` samples a second."""

    subscription: str
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Audio:
    """A piece of sound, usually of 20 ms. ``who`` is empty where everybody is mixed; ``silent``: the service hears
    nothing in it."""

    who: str
    pcm: bytes
    silent: bool


@dataclass(frozen=True, slots=True)
class Key:
    """A key was pressed. Which one is not kept: keys come with callbacks."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A frame of a kind that nobody has heard of."""

    kind: str


Frame: TypeAlias = TranscriptBegins | Said | AudioBegins | Audio | Key | Unknown | Malformed

TICKS = 10_000_000
"""Of the service in a second."""
LONGEST_KIND = 40
"""Characters of an unknown kind that are shown."""


def parse(text: str | bytes) -> Frame:
    """One frame. Never raises."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Malformed("not JSON")
    if not isinstance(value, dict):
        return Malformed("not an object")
    fields = _plain(value)
    kind = fields.get("kind")
    if not isinstance(kind, str):
        return Malformed("it has no kind")
    kind = kind.lower()
    inside = fields.get(kind)
    read = _READERS.get(kind)
    if read is None:
        return Unknown(kind[:LONGEST_KIND])
    if not isinstance(inside, dict):
        return Malformed(f"{kind} without its table")
    try:
        return read(_plain(inside))
    except _BadFrameError as error:
        return Malformed(f"{kind}: {error}")


def sound(pcm: bytes) -> str:
    """A frame for the service that is played to the call: 16-bit PCM at the rate that was agreed on."""
    data = base64.b64encode(pcm).decode()
    return json.dumps({"kind": "AudioData", "audioData": {"data": data}, "stopAudio": None})


STOP_AUDIO = json.dumps({"kind": "StopAudio", "audioData": None, "stopAudio": {}})
"""The frame that makes the service forget what it has of our audio and has not played yet."""


class _BadFrameError(Exception):
    """Raised and caught here only."""


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in fields.items()}


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadFrameError(f"{name} is not text")
    # JSON can smuggle in half a surrogate pair, which no store and no log can write.
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _number(fields: Mapping[str, Any], name: str) -> float:
    value = fields.get(name)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 2**62 or value != value:
        raise _BadFrameError(f"{name} is not a number")
    return value


def _transcript_begins(fields: Mapping[str, Any]) -> Frame:
    return TranscriptBegins(_text(fields, "subscriptionid"), _text(fields, "locale"), _text(fields, "callconnectionid"))


def _said(fields: Mapping[str, Any]) -> Frame:
    # Only what is said to be a part is one: the field is absent where no parts are asked for.
    final = _text(fields, "resultstatus").lower() != "intermediate"
    return Said(
        _text(fields, "participantrawid"),
        _text(fields, "text"),
        int(_number(fields, "offset")),
        _number(fields, "duration") / TICKS,
        _number(fields, "confidence"),
        final,
    )


def _audio_begins(fields: Mapping[str, Any]) -> Frame:
    return AudioBegins(
        _text(fields, "subscriptionid"), int(_number(fields, "samplerate")), int(_number(fields, "channels"))
    )


def _audio(fields: Mapping[str, Any]) -> Frame:
    try:
        pcm = base64.b64decode(_text(fields, "data"), validate=True)
    except ValueError:  # binascii.Error is one, and so is what is not ASCII
        raise _BadFrameError("data is not base64") from None
    if len(pcm) % 2:
        raise _BadFrameError("half a sample")
    return Audio(_text(fields, "participantrawid"), pcm, fields.get("silent") is True)


def _key(fields: Mapping[str, Any]) -> Frame:
    return Key()


_READERS = {
    "transcriptionmetadata": _transcript_begins,
    "transcriptiondata": _said,
    "audiometadata": _audio_begins,
    "audiodata": _audio,
    "dtmfdata": _key,
}
