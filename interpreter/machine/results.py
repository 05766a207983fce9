"""What the host's result codes mean for a caller. Always by sub-code, never by message: the service misspells its own.

Source: the service's result codes as collected in the wire contract (recognise action, call-code tables). Where a
code is not listed the answer is a system error: an unknown result is never taken for the caller's doing.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from interpreter.protocol import ActionFailed, ActionRefused, Recognized, RecordingChanged

Heard: TypeAlias = Literal["input", "silence", "no_match", "digits_timeout", "speech_failed", "cancelled", "system"]
"""``speech_failed``: the recogniser did not work, which is no attempt of the caller's. ``digits_timeout``: judged by
the digits that had come until then."""

_SUB_CODES: dict[int, Heard] = {
    8531: "input",  # the most digits were received
    8514: "input",  # a stop tone was heard
    8533: "input",  # an option by key
    8545: "input",  # an option by voice
    8569: "input",  # speech was recognised
    8532: "digits_timeout",  # the time between two digits ran out; reported as completed or as failed
    8510: "silence",  # the time to the first input ran out
    8534: "no_match",  # a key that is none of the choices
    8547: "no_match",  # a phrase that is none of the choices
    8563: "no_match",  # speech that could not be understood
    8564: "speech_failed",  # no connection to the speech service
    8565: "speech_failed",  # the speech service refused: credentials, quota, concurrency
    8570: "speech_failed",  # speech recognition timed out
    8508: "cancelled",  # by a hang-up that is on its way, or by our own wish
}

TransferOutcome: TypeAlias = Literal["no answer", "busy", "declined", "failed"]

_TRANSFER: dict[int, TransferOutcome] = {
    560486: "busy",
    8539: "busy",
    8540: "busy",
    560603: "declined",
    8538: "declined",
    10024: "declined",  # declined by all of the target's devices
    560480: "no answer",
    560408: "no answer",
    10057: "no answer",
    10004: "no answer",  # the ring timed out
    8587: "no answer",  # not answered in time
}
_TRANSFER_CODES: dict[int, TransferOutcome] = {486: "busy", 600: "busy", 603: "declined", 408: "no answer"}
"""By SIP code where the sub-code says nothing (0)."""


def heard(event: Recognized | ActionFailed) -> Heard:
    """What the end of a recognition means. A failure with the code of a success contradicts itself: nobody's doing."""
    verdict = _SUB_CODES.get(event.sub_code, "system")
    return "system" if verdict == "input" and isinstance(event, ActionFailed) else verdict


def transfer_outcome(event: ActionFailed) -> TransferOutcome:
    """Which outcome of ``transfer`` a failed transfer is."""
    if event.sub_code == 0:
        return _TRANSFER_CODES.get(event.code, "failed")
    return _TRANSFER.get(event.sub_code, "failed")


_NOT_ALLOWED = frozenset({7504, 7507, 7600, 7604, 7605, 8553, 8559})
"""We may not record this call: no permission, or somebody else records it, whose recording we could not pause."""


def recording_outcome(event: ActionRefused | RecordingChanged) -> Literal["refused", "failed"]:
    """Which outcome of ``record call`` it is that the host did not do what was asked: it does not allow it, or could
    not."""
    if isinstance(event, RecordingChanged):
        status, code = event.code, event.sub_code
    else:
        status, code = event.status, int(event.code) if event.code.isdecimal() else 0
    return "refused" if status == 403 or code in _NOT_ALLOWED else "failed"


CANCELLED = frozenset({8508, 560487, 560497})
"""An operation that was called off, most often because the caller hung up: the end of the call is on its way, in any
order."""

TRANSFERRED = 7015
"""Sub-code of a disconnect that is the end of a successful transfer. It may come before the acceptance itself."""
