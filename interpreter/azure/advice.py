"""What an operator can do when the service does not reach somebody: by its result codes and the kind of identity.

The codes are the service's own (wire contract, sections 3.4 and 7.2). That somebody is busy, declines or does not pick
up a telephone is nobody's fault, and nothing is said of it.
"""

from __future__ import annotations

from interpreter.azure.fields import BadFieldError, Fields, number, table, text

WRONG_IDENTITY = (
    "the service takes no user of the communication resource for a line of Teams: give the agent `user` and `tenant`, "
    "or `teams_user`, in place of `acs_user`"
)
_NO_LICENCE = "the agent has no Teams Phone licence with Enterprise Voice: assign one, and wait until Teams knows it"
_NO_PERMISSION = (
    "this line may not call this identity: the resource account needs the server's consent for the agent "
    "(teamsExtension assignment), and the person must allow calls from applications"
)
_SHOWN_NUMBER = "a resource account shows its own number: nothing else may be given as the caller's number or name"
_CONTACT_CENTER = (
    "the agent's contact-center client was not reached: is the agent signed in there? "
    '`client = "teams"` under [agents] rings the Teams client'
)
_TEAMS = (
    "the Teams client was not reached: signed out, or calls go to the contact-center client; "
    '`client = "contact center"` under [agents] rings that one'
)
_EITHER = "a client of Teams was not reached, or nobody picked up; `client` under [agents] says which one rings"
_UNREACHED, _FORBIDDEN_CHANNEL = 10057, 10105
_PEOPLE = ("AddParticipantFailed", "CreateCallFailed", "CallTransferFailed", "MoveParticipantFailed")


def of_event(kind: str, data: Fields) -> str:
    """What to do about an event that somebody was not reached; ``""`` for every other event."""
    if kind not in _PEOPLE:
        return ""
    try:
        result = table(data, "resultInformation")
        raw = text(table(data, "participant"), "rawId", "")
        message = text(result, "message", "")
        return of_result(number(result, "code", 0), number(result, "subCode", 0), message, raw)
    except BadFieldError:
        return ""


def of_refusal(status: int, code: str, reason: str, raw_id: str = "") -> str:
    """What an operator reads of a request that the service refused: its own words, and what to do where that is
    known."""
    told = of_result(status, int(code) if code.isdigit() else 0, reason, raw_id)
    return f"{reason}; {told}" if told else reason


def of_result(code: int, sub_code: int, message: str, raw_id: str = "") -> str:
    """As `of_event`, of a result or a refusal (``code`` is the HTTP status then)."""
    if "UserLicenseNotPresent" in message:
        return _NO_LICENCE
    if sub_code == _FORBIDDEN_CHANNEL or "NoPermission" in message:
        return _NO_PERMISSION
    if code == 422:
        return WRONG_IDENTITY
    if "SourceCallerIdNumber and SourceDisplayName" in message:
        return _SHOWN_NUMBER
    if sub_code == _UNREACHED:
        if raw_id.startswith("8:"):
            return _TEAMS if raw_id.startswith("8:orgid:") else _CONTACT_CENTER
        return _EITHER
    return ""
