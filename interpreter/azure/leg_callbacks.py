"""What Call Automation reports of the floor's legs, as the floor's events.

Of a caller's call: what became of the people who were rung into it, who is in it, and its end. Of a leg's own line (its
name stands in the callback address): answered, over, and the key that was pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from interpreter.azure.fields import Fields, array, number, table, text
from interpreter.azure.tones import character
from interpreter.routing.protocol import (
    Answered,
    CallOver,
    Cancelled,
    Event,
    Keyed,
    Listened,
    NotAnswered,
    NotHeld,
    People,
    Recording,
    Removed,
    SideOver,
    SideUp,
    Why,
)

LEG = "floor."
"""What the names of legs begin with: their operation contexts, and the addresses of their own lines."""
HELD, HELD_SILENT = f"{LEG}hold", f"{LEG}hold.silent"
"""The contexts of putting a caller on hold, with music and without."""
_NOT_PRESENT = 8558

# The host's result codes (wire contract, section 3.4); the first match counts. 560xxx is the far end's own answer.
_WHY: Mapping[int, Why] = {
    560486: "busy", 8539: "busy", 8540: "busy",
    560603: "declined", 8538: "declined", 10024: "declined",
    560480: "no answer", 560408: "no answer", 10057: "no answer", 10004: "no answer", 8587: "no answer",
    8541: "no answer", 10003: "no answer",
    560403: "not allowed", 10105: "not allowed", 7504: "not allowed", 7507: "not allowed",
    560487: "cancelled", 560497: "cancelled", 540487: "cancelled",
    560404: "invalid", 560484: "invalid", 8523: "invalid",
}  # fmt: skip
_WHY_CODES: Mapping[int, Why] = {
    486: "busy", 600: "busy", 603: "declined", 408: "no answer", 480: "no answer", 487: "no answer",
    403: "not allowed", 422: "not allowed", 404: "invalid", 484: "invalid",
}  # fmt: skip


def read(kind: str, data: Fields, call: str, at: float) -> Event | None:
    """An event of the floor; ``None`` where it says nothing about legs. Raises `BadFieldError`."""
    if kind == "ParticipantsUpdated":
        return _people(data, call, at)
    leg = text(data, "operationContext", "")
    of_leg = _OF_LEG.get(kind) if leg.startswith(LEG) else None
    if of_leg is None and leg.startswith(LEG) and ":" in leg:
        of_leg = _OF_MESSAGE.get(kind)
    if of_leg is not None:
        return of_leg(data, leg, at)
    if call.startswith(LEG):
        if kind in ("RecordingStateChanged", "StartRecordingFailed"):
            return _recording(kind, data, call, at)
        reader = _OWN_LINE.get(kind)
        return reader(data, call, at) if reader is not None else None
    if kind == "HoldFailed" and leg in (HELD, HELD_SILENT):
        return NotHeld(at, call, silent=leg == HELD_SILENT)
    return CallOver(at, call) if kind == "CallDisconnected" else None


def _why(data: Fields) -> Why:
    result = table(data, "resultInformation")
    return why_of(number(result, "code", 0), number(result, "subCode", 0))


def why_of(code: int, sub_code: int) -> Why:
    """Why somebody was not reached."""
    return _WHY.get(sub_code) or _WHY_CODES.get(code, "failed")


def _people(data: Fields, call: str, at: float) -> Event:
    found = [table(each, "identifier") for each in array(data, "participants") if isinstance(each, dict)]
    addresses = tuple(text(each, "rawId", "") for each in found)
    return People(at, call, addresses, number(data, "sequenceNumber", 0))


def _not_answered(data: Fields, leg: str, at: float) -> Event:
    return NotAnswered(at, leg, _why(data))


def _remove_failed(data: Fields, leg: str, at: float) -> Event | None:
    result = table(data, "resultInformation")
    return Removed(at, leg) if number(result, "subCode", 0) == _NOT_PRESENT else None


def _keyed(data: Fields, leg: str, at: float) -> Event:
    tones = array(table(data, "dtmfResult"), "tones")
    return Keyed(at, leg, character(tones[0]) if tones else "", _attempt(data))


def _not_keyed(data: Fields, leg: str, at: float) -> Event:
    return Keyed(at, leg, attempt=_attempt(data))


def _attempt(data: Fields) -> int:
    """Which time it was said: behind the leg in the operation's context, from the second time on."""
    number = text(data, "operationContext", "").partition("/")[2]
    return int(number) if number.isdecimal() else 1


def _recording(kind: str, data: Fields, call: str, at: float) -> Event | None:
    recording = text(data, "recordingId", "")
    if kind == "StartRecordingFailed":
        return Recording(at, call, "failed", recording)
    return Recording(at, call, "active" if text(data, "state", "").lower() == "active" else "inactive", recording)


_HEARD: Mapping[int, Literal["speech", "key", "silence", "cancelled"]] = {
    8569: "speech", 8531: "key", 8514: "key", 8533: "key", 8510: "silence", 8508: "cancelled", 8563: "speech",
    8532: "silence",
}  # fmt: skip
"""How listening to a message ended. Speech that nobody understood (8563) was spoken all the same."""


def _listened(data: Fields, step: str, at: float) -> Event:
    sub_code = number(table(data, "resultInformation"), "subCode", 0)
    tones = array(table(data, "dtmfResult"), "tones")
    said = character(tones[0]) if tones else text(table(data, "speechResult"), "speech", "")
    return Listened(at, step, "key" if tones else _HEARD.get(sub_code, "failed"), said)


_OF_MESSAGE: Mapping[str, Callable[[Fields, str, float], Event | None]] = dict.fromkeys(
    ("RecognizeCompleted", "RecognizeFailed", "RecognizeCanceled"), _listened
)

_OF_LEG: Mapping[str, Callable[[Fields, str, float], Event | None]] = {
    "AddParticipantSucceeded": lambda data, leg, at: Answered(at, leg),
    "AddParticipantFailed": _not_answered,
    "CancelAddParticipantSucceeded": lambda data, leg, at: Cancelled(at, leg),
    "CancelAddParticipantFailed": lambda data, leg, at: Cancelled(at, leg, done=False),
    "RemoveParticipantSucceeded": lambda data, leg, at: Removed(at, leg),
    "RemoveParticipantFailed": _remove_failed,
    "MoveParticipantSucceeded": lambda data, leg, at: Answered(at, leg),
    "MoveParticipantFailed": lambda data, leg, at: NotAnswered(at, leg, "failed"),
}

_OWN_LINE: Mapping[str, Callable[[Fields, str, float], Event | None]] = {
    "CallConnected": lambda data, leg, at: SideUp(at, leg, text(data, "callConnectionId", "")),
    "CallDisconnected": lambda data, leg, at: SideOver(at, leg),
    "CreateCallFailed": _not_answered,
    "RecognizeCompleted": _keyed,
    "RecognizeFailed": _not_keyed,
    "RecognizeCanceled": _not_keyed,
}
