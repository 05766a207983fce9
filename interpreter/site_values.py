"""The values that keys of the site file take, and what all its sections share."""

from __future__ import annotations

import re
import uuid
from typing import Annotated, Any

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from dsl.emergency import WHY, is_emergency

HTTP_ADDRESS = re.compile(r"https?://[^/\s?#]+(/[^\s?#]*)?")
_RESOURCE_ACCOUNT = re.compile(r"28:[a-z-]+:[0-9a-fA-F-]{36}")


def _e164(value: str) -> str:
    """A number as E.164 (ITU-T E.164: ``+`` and 7 to 15 digits) of a length that its country uses."""
    if is_emergency(value):
        raise ValueError(f"any other number: {WHY}")
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", value):
        raise ValueError("a number in E.164 form, such as +14255550100")
    try:
        parsed = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        raise ValueError("a number in E.164 form with an assigned country code, such as +14255550100") from None
    # Not is_valid_number: numbers kept for fiction and tests (555-01xx) are not assigned to anybody, and rightly so.
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError("a number in E.164 form with as many digits as its country uses, such as +14255550100")
    return value


def _address(value: str) -> str:
    if not HTTP_ADDRESS.fullmatch(value):
        raise ValueError("an http or https address without query, such as https://ivr.contoso.com")
    return value.rstrip("/")


def is_private(address: str) -> bool:
    """Whether nobody on the way can read what is sent there: https, or this machine itself."""
    return re.match(r"https://|http://(127\.0\.0\.1|localhost)([:/]|$)", address) is not None


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]+\S*", value):
        raise ValueError("an http or https address")
    return value


def _origin(value: str) -> str:
    if not re.fullmatch(r"https?://[^/\s?#]+", value):
        raise ValueError("the origin of a page: scheme, name and port only, such as https://desk.contoso.com")
    return value.lower()


def _guid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise ValueError("a GUID, such as 9f6b1a40-1111-4222-8333-123456789abc") from None


def _line(value: str) -> str:
    if value == "*" or _RESOURCE_ACCOUNT.fullmatch(value):
        return value
    if value.startswith("+"):
        return _e164(value)
    raise ValueError("a number in E.164 form, a Teams resource account (28:orgid:GUID), or * for every other line")


def _switch(value: Any) -> bool:
    if value in ("on", "off"):
        return bool(value == "on")
    if isinstance(value, bool):
        return value
    raise ValueError('"on" or "off"')


E164 = Annotated[str, AfterValidator(_e164)]
Address = Annotated[str, AfterValidator(_address)]
Url = Annotated[str, AfterValidator(_url)]
Origin = Annotated[str, AfterValidator(_origin)]
Guid = Annotated[str, AfterValidator(_guid)]
LineKey = Annotated[str, AfterValidator(_line)]
Switch = Annotated[Any, AfterValidator(_switch)]
Text = Annotated[str, Field(min_length=1)]


class Section(BaseModel):
    """What all sections share: no unknown keys, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
