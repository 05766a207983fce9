"""Result codes of the service, word for word, and the refusals of its REST interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator.misbehave import Failure


@dataclass(frozen=True, slots=True)
class Result:
    """`resultInformation` of an event."""

    code: int
    sub_code: int
    message: str = ""
    sip: tuple[int, str] | None = None
    q850: tuple[int, str] | None = None

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"code": self.code, "subCode": self.sub_code, "message": self.message}
        if self.sip is not None:
            body["sipDetails"] = {"code": self.sip[0], "message": self.sip[1]}
        if self.q850 is not None:
            body["q850Details"] = {"code": self.q850[0], "message": self.q850[1]}
        return body


class RestError(Exception):
    """A refusal: HTTP status, sub-code and the sentence that explains it."""

    def __init__(self, status: int, code: int | str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = str(code)
        self.message = message


OK = Result(200, 0)
MEDIA_OK = Result(200, 0, "Action completed successfully.")
CANCELLED = Result(400, 8508, "Action failed, the operation was canceled.")
# The misspelling is the service's own.
HOLD_CANCELLED = Result(400, 8508, "Action falied, the operation was cancelled.")

MAX_DIGITS = Result(200, 8531, "Action completed, max digits received.")
STOP_TONE = Result(200, 8514, "Action completed as stop tone was detected.")
TONE_MATCHED = Result(200, 8533, "Action completed, DTMF option matched.")
PHRASE_MATCHED = Result(200, 8545, "Action completed, speech option matched.")
SPEECH_RECOGNISED = Result(200, 8569, "Action completed, speech was recognized.")
INITIAL_SILENCE = Result(400, 8510, "Action failed, initial silence timeout reached.")
BETWEEN_DIGITS = Result(400, 8532, "Action failed, inter-digit silence timeout reached.")
PROMPT_FAILED = Result(500, 8511, "Action failed, encountered failure while trying to play the prompt.")
WRONG_TONE = Result(500, 8534, "Action failed, incorrect tone entered.")
NO_PHRASE = Result(400, 8547, "Action failed, recognized phrase doesn't match a valid option.")
SPEECH_SERVICE = Result(400, 8565, "Action failed, bad request to Azure AI services. Check input parameters.")
NO_SPEECH = Result(400, 8563, "Action failed, speech could not be recognized.")

FEED_STOPPED = Result(200, 0)
FEED_UNREACHABLE = Result(
    400, 8581, "Action failed, Transport url is not valid or web socket server is not operational."
)
FEED_BROKE = {
    "transcription": Result(500, 8578, "Action failed, transcription failed."),
    "audio": Result(500, 8603, "Action failed, streaming failed."),
}

FILE_FORMAT = Result(400, 8535, "Action failed, file format is invalid.")
FILE_MISSING = Result(400, 8536, "Action failed, file could not be downloaded.")
EMPTY_TEXT = Result(400, 8582, "Action failed, the text or SSML of the play source is empty.")

ENDED_BY_API = Result(
    200, 7000, "Call was ended by Azure Communication Service Call Automation API or a server bot. DiagCode: 0#7000.@"
)
CONVERSATION_ENDED = Result(200, 7000, "The conversation has ended. DiagCode: 0#7000.@")
ENDED_BY_CALLER = Result(200, 540000, "Call ended successfully by local PSTN caller. DiagCode: 0#540000.@")
ENDED_BY_CALLEE = Result(200, 560000, "Call ended successfully by remote PSTN participant. DiagCode: 0#560000.@")
ENDED_NORMALLY = Result(200, 0, "Call ended. DiagCode: 0#0.@")
TRANSFERRED = Result(200, 7015, "Call ended as the transfer was completed. DiagCode: 0#7015.@")
REMOVED = Result(200, 5000, "Call ended as the participant was removed from the call. DiagCode: 0#5000.@")
ONE_LEFT = Result(200, 5010, "Call ended as only one participant was left. DiagCode: 0#5010.@")
NOT_PRESENT = Result(400, 8558, "The participant specified in the request is not present in the call.")
ALREADY_PRESENT = Result(400, 8523, "The participant is already in the call.")
TOO_LATE = Result(400, 8523, "The invitation has already been processed.")
TRANSFER_CONFLICT = Result(409, 8607, "Another transfer of this participant is in progress.")

DECLINED = Result(
    603, 560603, "Callee declined the call. DiagCode: 603#560603.@", (603, "Decline"), (21, "Call rejected")
)
DECLINED_VOIP = Result(603, 0, "Decline. DiagCode: 603#0.@")
BUSY = Result(486, 560486, "Callee is busy. DiagCode: 486#560486.@", (486, "Busy Here"), (17, "User busy"))
NO_ANSWER = Result(
    480,
    560480,
    "Callee did not answer. DiagCode: 480#560480.@",
    (480, "Temporarily Unavailable"),
    (19, "No answer from user"),
)
NO_ANSWER_TEAMS = Result(408, 10057, "Call request was timed out; participant did not answer. DiagCode: 408#10057.@")
NOT_FOUND = Result(
    404, 560404, "Callee was not found. DiagCode: 404#560404.@", (404, "Not Found"), (1, "Unallocated number")
)
RING_CANCELLED = Result(487, 560487, "The call was cancelled. DiagCode: 487#560487.@", (487, "Request Terminated"))
NO_PERMISSION = Result(403, 10105, "No permission to reach this participant: NoPermission. DiagCode: 403#10105.@")
NO_LICENCE = Result(403, 0, "UserLicenseNotPresentForbidden. DiagCode: 403#0.@")
FORBIDDEN = Result(403, 560403, "Forbidden. DiagCode: 403#560403.@")


DUPLICATE_RECORDING = (400, 8553, "A recording of this call is already in progress.")
NOT_PAUSABLE = (400, 8573, "The recording cannot be paused or resumed in its present state.")


def of_failure(failure: Failure) -> Result:
    """The result of an operation that was made to fail."""
    return Result(failure.code, failure.sub_code, failure.message)


def invalid(message: str) -> RestError:
    """400/8523: an argument that the service does not take."""
    return RestError(400, 8523, message)


def not_emulated(what: str) -> RestError:
    """501: part of the real service, not of this one."""
    return RestError(501, "NotEmulated", f"{what} is part of the real service, but not emulated.")


def call_not_found() -> RestError:
    return RestError(404, 8522, "Call not found.")


def conflict(message: str) -> RestError:
    return RestError(409, 8519, message)
