"""What the operator reads when somebody is not reached: by code, message and identity; nothing where all is well."""

from __future__ import annotations

from typing import Any

import pytest

from interpreter.azure.advice import of_event, of_refusal

AGENT, PERSON = "8:acs:resource_tenant_user", "8:orgid:user"


def told(kind: str, code: int, sub_code: int, message: str = "", raw_id: str = "") -> str:
    result = {"code": code, "subCode": sub_code, "message": message}
    data: dict[str, Any] = {"resultInformation": result, "participant": {"rawId": raw_id}}
    return of_event(kind, data)


@pytest.mark.parametrize(
    ("code", "sub_code", "message", "raw_id", "part"),
    [
        (408, 10057, "", AGENT, "contact-center client was not reached"),
        (408, 10057, "", PERSON, "Teams client was not reached"),
        (408, 10057, "", "", "a client of Teams was not reached"),
        (403, 10105, "", AGENT, "needs the server's consent"),
        (403, 0, "UserLicenseNotPresentForbidden", AGENT, "no Teams Phone licence"),
    ],
)
def test_what_to_do(code: int, sub_code: int, message: str, raw_id: str, part: str) -> None:
    for kind in ("AddParticipantFailed", "CreateCallFailed", "CallTransferFailed"):
        assert part in told(kind, code, sub_code, message, raw_id)
    assert told("AddParticipantSucceeded", code, sub_code, message, raw_id) == ""


@pytest.mark.parametrize(("code", "sub_code"), [(486, 560486), (603, 560603), (480, 560480), (404, 560404)])
def test_nobody_is_advised_when_a_telephone_is_not_answered(code: int, sub_code: int) -> None:
    assert told("AddParticipantFailed", code, sub_code, "Callee is busy.", "4:+14255550111") == ""


def test_a_refusal_keeps_the_services_own_words() -> None:
    found = of_refusal(422, "422", "Invalid CommunicationUser identifier specified.", AGENT)
    assert found.startswith("Invalid CommunicationUser identifier specified.; ")
    assert "`user` and `tenant`" in found
    source = "Invalid request, SourceCallerIdNumber and SourceDisplayName are not supported with TeamsAppSource."
    assert "shows its own number" in of_refusal(400, "8523", source)
    assert of_refusal(400, "8523", "Something else.") == "Something else."


@pytest.mark.parametrize("data", [{}, {"resultInformation": 7}, {"resultInformation": {"code": "x"}}])
def test_what_has_another_shape_advises_nothing(data: dict[str, Any]) -> None:
    assert of_event("AddParticipantFailed", data) == ""
