"""What Call Automation posts to the callback address, as events of the protocol.

The body is a JSON array of CloudEvents, nearly always of one
(https://learn.microsoft.com/azure/communication-services/concepts/call-automation/call-automation). Parsing decides
nothing: order, duplicates and lateness are the engine's business. The time of an event is when it arrived here, because
the service's clock is not ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter import protocol
from interpreter.azure import advice, leg_callbacks
from interpreter.azure.fields import BadFieldError, Fields, Malformed, array, elements, number, table, text
from interpreter.azure.tones import character
from interpreter.routing.protocol import Event as FloorEvent

_PREFIX = "Microsoft.Communication."

_CANCELED = 8508
_STOP_TONE = 8514
_INVALID_ARGUMENT = 8523


@dataclass(frozen=True, slots=True)
class Callback:
    """One CloudEvent. ``type`` is without its prefix; ``event`` is ``None`` when the call need not know.

    ``known`` tells a type that is ignored on purpose from one that nobody has heard of.
    """

    event_id: str
    connection_id: str
    server_call_id: str
    type: str
    event: protocol.Event | None
    known: bool = True
    floor: FloorEvent | None = None
    """What the floor is told."""
    advice: str = ""
    """What the operator is told."""


DIAL = "dial"
"""The parameter of a callback address that says which attempt to call somebody it is about."""


def parse(body: bytes, at: float, call: str = "", dial: str = "") -> list[Callback | Malformed]:
    """Every element of the body in its order; a body that is no list of objects is one `Malformed`.

    ``at`` is the time of arrival, in seconds since the epoch; ``call`` the name in the callback address: a call of
    ours, or a leg that has a line of its own. ``dial`` is the operation by which we call somebody, where the address
    names one.
    """
    found = elements(body)
    if isinstance(found, Malformed):
        return [found]
    return [_element(element, at, call, dial) for element in found]


def _element(element: object, at: float, call: str, dial: str) -> Callback | Malformed:
    if not isinstance(element, dict):
        return Malformed("an element is not an object")
    try:
        kind = text(element, "type").removeprefix(_PREFIX)
        data = table(element, "data", required=True)
        read = _READERS.get(kind)
        attempt = _OF_ATTEMPT.get(kind) if dial else None
        # What was asked for by the floor is none of the call's business.
        of_leg = call.startswith(leg_callbacks.LEG) or _op(data).startswith(leg_callbacks.LEG)
        return Callback(
            event_id=text(element, "id"),
            connection_id=text(data, "callConnectionId", ""),
            server_call_id=text(data, "serverCallId", ""),
            type=kind,
            event=attempt(data, at, dial) if attempt else read(data, at) if read is not None and not of_leg else None,
            known=read is not None,
            floor=leg_callbacks.read(kind, data, call, at) if call else None,
            advice=advice.of_event(kind, data),
        )
    except BadFieldError as error:
        return Malformed(str(error))


@dataclass(frozen=True, slots=True)
class _Result:
    code: int
    sub_code: int
    message: str


def _result(data: Fields) -> _Result:
    """An absent result reads as code 0, which no caller takes for success."""
    result = table(data, "resultInformation")
    message = result.get("message")
    # For a person only: whatever it is, the end of a call is not ignored because of it.
    readable = message.encode("utf-8", "replace").decode() if isinstance(message, str) else ""
    return _Result(number(result, "code", 0), number(result, "subCode", 0), readable)


_Reader: TypeAlias = Callable[[Fields, float], protocol.Event | None]


def _op(data: Fields) -> str:
    """Absent for what we did not start, since every request of ours carries one."""
    return text(data, "operationContext", "")


def _connected(data: Fields, at: float) -> protocol.Event:
    return protocol.Connected(at, _op(data))


def _disconnected(data: Fields, at: float) -> protocol.Event:
    result = _result(data)
    return protocol.Disconnected(at, result.code, result.sub_code, result.message)


def _play_completed(data: Fields, at: float) -> protocol.Event | None:
    op = _op(data)
    return protocol.PlayEnded(at, op) if op else None


def _transfer_accepted(data: Fields, at: float) -> protocol.Event | None:
    op = _op(data)
    return protocol.TransferAccepted(at, op) if op else None


def _failed(data: Fields, at: float) -> protocol.Event | None:
    op, result = _op(data), _result(data)
    if not op:
        return None
    # Digits before a between-digits time-out (8532) come with either outcome.
    tones = _collected(data)
    return protocol.ActionFailed(at, op, result.code, result.sub_code, result.message, tones)


def _recognized(data: Fields, at: float) -> protocol.Event | None:
    op, result = _op(data), _result(data)
    if not op:
        return None
    if result.sub_code == _CANCELED:
        # The manual lists a cancelled recognition under "completed" as well; there is no input in it.
        return _failed(data, at)
    tones = _collected(data)
    if result.sub_code == _STOP_TONE and tones[-1:] in ("#", "*"):
        # Recordings of the service keep the stop tone as the last one, and no page promises it.
        tones = tones[:-1]
    return protocol.Recognized(
        at,
        op,
        result.code,
        result.sub_code,
        tones=tones,
        label=text(table(data, "choiceResult"), "label", ""),
        speech=text(table(data, "speechResult"), "speech", ""),
    )


def _tone(data: Fields, at: float) -> protocol.Event:
    return protocol.ToneHeard(at, number(data, "sequenceId"), character(text(data, "tone")))


def _tones_sent(data: Fields, at: float) -> protocol.Event | None:
    op = _op(data)
    return protocol.Reported(at, op, "done") if op else None


def _tones_not_sent(data: Fields, at: float) -> protocol.Event | None:
    op, result = _op(data), _result(data)
    reason = f"{result.code}/{result.sub_code} {result.message}".strip()
    return protocol.Reported(at, op, "failed", reason=reason) if op else None


def _recording(data: Fields, at: float) -> protocol.Event:
    state = text(data, "state", "").lower()
    return protocol.RecordingChanged(at, text(data, "recordingId", ""), "active" if state == "active" else "inactive")


def _not_recorded(data: Fields, at: float) -> protocol.Event:
    result = _result(data)
    name = text(data, "recordingId", "")
    return protocol.RecordingChanged(at, name, "failed", result.code, result.sub_code, result.message)


_NOT_ALLOWED = frozenset({"forbidden", "authenticationFailure"})
"""Details of a transcript or a stream (wire contract, section 8) that mean that it may not be."""


def _feed_is_so(data: Fields, at: float) -> protocol.Event | None:
    """A transcript or a stream has started or stopped, whichever was asked for."""
    op = _op(data)
    return protocol.Reported(at, op, "started") if op else None


def _feed_failed(data: Fields, at: float) -> protocol.Event | None:
    op, result = _op(data), _result(data)
    details = [
        text(table(data, name), f"{kind}StatusDetails", "")
        for name, kind in (("transcriptionUpdate", "transcription"), ("mediaStreamingUpdate", "mediaStreaming"))
    ]
    outcome = "refused" if _NOT_ALLOWED & set(details) else "failed"
    reason = f"{result.code}/{result.sub_code} {''.join(details)} {result.message}".strip()
    return protocol.Reported(at, op, outcome, reason=reason) if op else None


def _collected(data: Fields) -> str:
    return "".join(character(tone) for tone in array(table(data, "dtmfResult"), "tones"))


def _nothing(data: Fields, at: float) -> None:
    """Known, and nothing for a call to act on."""


def _somebody_is_there(data: Fields, at: float, dial: str) -> protocol.Event:
    return protocol.Connected(at, dial, text(data, "callConnectionId"))


def _line_ended(data: Fields, at: float, dial: str) -> protocol.Event:
    result = _result(data)
    why = why_not_reached(result.code, result.sub_code)
    return protocol.LineEnded(
        at, dial, text(data, "callConnectionId"), result.code, result.sub_code, why, result.message
    )


def why_not_reached(code: int, sub_code: int) -> Literal["no answer", "busy", "invalid", "failed"]:
    """What became of an attempt to call somebody, by the host's codes. Who declines is busy: another hour may suit."""
    if sub_code == _INVALID_ARGUMENT:
        return "failed"  # our request was wrong, and not the number
    match leg_callbacks.why_of(code, sub_code):
        case "busy" | "declined":
            return "busy"
        case "no answer" | "cancelled":
            return "no answer"
        case "invalid":
            return "invalid"
        case _:
            return "failed"


_OF_ATTEMPT: Mapping[str, Callable[[Fields, float, str], protocol.Event]] = {
    "CallConnected": _somebody_is_there,
    "CreateCallFailed": _line_ended,
    "CallDisconnected": _line_ended,
}
"""What is told of somebody whom we call. A call that fails is reported by the last two of these, in either order, and
only the last carries the operation: so the address says which attempt it is."""

_IGNORED = (
    "ParticipantsUpdated",
    "PlayStarted",
    "ContinuousDtmfRecognitionStopped",
    "CreateCallFailed",
    "ConnectFailed",
    "AddParticipantSucceeded",
    "AddParticipantFailed",
    "CancelAddParticipantSucceeded",
    "CancelAddParticipantFailed",
    "RemoveParticipantSucceeded",
    "RemoveParticipantFailed",
    "MoveParticipantSucceeded",
    "MoveParticipantFailed",
    "HoldFailed",
    "HoldAudioStarted",
    "HoldAudioPaused",
    "HoldAudioResumed",
    "HoldAudioCompleted",
    "TranscriptionUpdated",
)
"""What follows only from requests that we do not make, or tells nothing that a call waits for."""

_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(_IGNORED, _nothing),
    "CallConnected": _connected,
    "CallDisconnected": _disconnected,
    "AnswerFailed": _failed,
    "PlayCompleted": _play_completed,
    "PlayFailed": _failed,
    "PlayCanceled": _failed,
    "RecognizeCompleted": _recognized,
    "RecognizeFailed": _failed,
    "RecognizeCanceled": _failed,
    "ContinuousDtmfRecognitionToneReceived": _tone,
    "ContinuousDtmfRecognitionToneFailed": _failed,
    "SendDtmfTonesCompleted": _tones_sent,
    "SendDtmfTonesFailed": _tones_not_sent,
    "RecordingStateChanged": _recording,
    "StartRecordingFailed": _not_recorded,
    "MediaStreamingStarted": _feed_is_so,
    "MediaStreamingStopped": _feed_is_so,
    "MediaStreamingFailed": _feed_failed,
    "TranscriptionStarted": _feed_is_so,
    "TranscriptionStopped": _feed_is_so,
    "TranscriptionFailed": _feed_failed,
    "CallTransferAccepted": _transfer_accepted,
    "CallTransferFailed": _failed,
}
