"""What Event Grid posts to the events address: subscription handshakes and ringing calls.

Both schemas are read, single and in batches. Delivery is at least once and unordered, so the name of a call comes from
the call itself: the same ringing call always gets the same name.
https://learn.microsoft.com/azure/event-grid/communication-services-voice-video-events
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias

from interpreter.azure.custom_context import CustomContext, read_callees, read_context
from interpreter.azure.fields import BadFieldError, Fields, Malformed, array, elements, table, text

_VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
_INCOMING = "Microsoft.Communication.IncomingCall"
_RECORDED = "Microsoft.Communication.RecordingFileStatusUpdated"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_HOST_NAME = re.compile(r"[A-Za-z0-9.-]{1,253}")

ANONYMOUS = "4:anonymous"
"""The raw id of a caller who withholds the number."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A call rings. ``incoming_context`` is the ticket to answer it with; the service drops the call after 30 s."""

    event_id: str
    correlation_id: str
    caller: str
    called: str
    caller_name: str
    incoming_context: str
    context: CustomContext = field(default_factory=CustomContext)
    """What came with it."""
    callees: Mapping[str, str] = field(default_factory=dict)
    """Whom an agent calls on behalf of the line, by the place that says so."""
    data: Fields = field(default_factory=dict, compare=False, repr=False)
    """All of it, as it came: to look at what no page describes."""

    @property
    def key(self) -> str:
        """What makes this call the same in every delivery of it, and no other call.

        The called party belongs to it, because a call that one line of ours passes on to another may keep its
        correlation id.
        """
        return f"{self.correlation_id}-{zlib.crc32(self.called.encode()):08x}"


@dataclass(frozen=True, slots=True)
class Validation:
    """The handshake of the Event Grid schema; the answer is `validation_answer` with status 200."""

    code: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An event of a kind that no call needs."""

    type: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a recording's file, at an address that wants a signed request; what the service knows of it is at
    another one (``metadata``, empty where it does not say)."""

    index: int
    address: str
    metadata: str = ""
    ended: str = ""
    """Why it ends, in the service's word."""


@dataclass(frozen=True, slots=True)
class File:
    """The file of a recording is there, mostly as one chunk. ``started`` is in epoch seconds, 0.0 where it is not said;
    ``seconds`` is the length of the whole."""

    recording: str
    chunks: tuple[Chunk, ...]
    started: float = 0.0
    seconds: float = 0.0
    ended: str = ""
    unmixed: bool = False

    @property
    def address(self) -> str:
        """Where the file is, or the first part of it."""
        return self.chunks[0].address


Delivery: TypeAlias = Incoming | Validation | File | Ignored | Malformed


def parse(body: bytes) -> list[Delivery]:
    """Every event of the body in its order; a body that is no list of objects is one `Malformed`."""
    found = elements(body)
    if isinstance(found, Malformed):
        return [found]
    return [_element(element) for element in found]


def validation_answer(code: str) -> dict[str, str]:
    """https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema"""
    return {"validationResponse": code}


def options_answer(origin: str | None, rate: str | None) -> dict[str, str] | None:
    """Headers that accept the CloudEvents handshake, or ``None`` when the request is none.

    https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection: the answer repeats the origin, and
    grants a rate when one was asked for.
    """
    if origin is None or not _HOST_NAME.fullmatch(origin):
        return None
    granted = {"WebHook-Allowed-Origin": origin, "Allow": "POST"}
    if rate is not None:
        granted["WebHook-Allowed-Rate"] = "*"
    return granted


def party(identifier: Fields) -> str:
    """A party of a call as text: E.164 for a telephone, ``""`` for a withheld number, else the raw id."""
    raw_id = text(identifier, "rawId", "")
    phone = table(identifier, "phoneNumber")
    value = text(phone, "value", "") or raw_id.removeprefix("4:") if phone or raw_id.startswith("4:") else ""
    if phone.get("isAnonymous") is True or raw_id == ANONYMOUS or value.lower() == "anonymous":
        return ""
    if _E164.fullmatch(value):
        return value
    if not raw_id:
        raise BadFieldError("an identifier has neither a number nor a rawId")
    return raw_id


def _element(element: object) -> Delivery:
    if not isinstance(element, dict):
        return Malformed("an element is not an object")
    try:
        # The Event Grid schema says eventType, CloudEvents says type.
        kind = text(element, "eventType", "") or text(element, "type")
        if kind == _VALIDATION:
            return Validation(text(table(element, "data", required=True), "validationCode"))
        if kind == _INCOMING:
            return _incoming(text(element, "id"), table(element, "data", required=True))
        if kind == _RECORDED:
            return _file(text(element, "subject", ""), table(element, "data", required=True))
        return Ignored(kind)
    except BadFieldError as error:
        return Malformed(str(error))


def _file(subject: str, data: Fields) -> File:
    listed = array(table(data, "recordingStorageInfo"), "recordingChunks")
    chunks = tuple(_chunk(place, each) for place, each in enumerate(listed) if isinstance(each, dict))
    recording = subject.rpartition("/recordingId/")[2]
    if not recording or not chunks:
        raise BadFieldError("a recording without a name or an address")
    return File(
        recording,
        tuple(sorted(chunks, key=lambda chunk: chunk.index)),
        epoch(text(data, "recordingStartTime", "")),
        _amount(data, "recordingDurationMs") / 1000,
        text(data, "sessionEndReason", ""),
        text(data, "recordingChannelType", "").lower() == "unmixed",
    )


def _chunk(place: int, chunk: Fields) -> Chunk:
    address = text(chunk, "contentLocation", "")
    if not address:
        raise BadFieldError("a recording without a name or an address")
    index = int(_amount(chunk, "index", place))
    return Chunk(index, address, text(chunk, "metadataLocation", ""), text(chunk, "endReason", ""))


def _amount(fields: Fields, name: str, default: float = 0.0) -> float:
    """A number that nothing hangs on: a file is not left to the service because of it."""
    value = fields.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else default


def epoch(moment: str) -> float:
    """A time of the service, such as ``2026-09-15T11:36:07.9937574+00:00``, in epoch seconds; 0.0 for what is none."""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return 0.0
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()


def _incoming(event_id: str, data: Fields) -> Incoming:
    correlation_id = text(data, "correlationId")
    context = text(data, "incomingCallContext")
    if not correlation_id or not context:
        raise BadFieldError("correlationId or incomingCallContext is empty")
    return Incoming(
        event_id=event_id,
        correlation_id=correlation_id,
        caller=party(table(data, "from", required=True)),
        called=party(table(data, "to", required=True)),
        caller_name=text(data, "callerDisplayName", ""),
        incoming_context=context,
        context=read_context(data),
        callees=read_callees(data, party),
        data=data,
    )
