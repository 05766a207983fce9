"""Custom calling context: what a host may hand to the party it calls, within the documented limits (section 6.4)."""

from __future__ import annotations

from emulator import fields
from emulator.identifiers import Identifier, Json
from emulator.results import invalid

SIP_LIMIT, VOIP_LIMIT = 5, 1000
KEY_LIMIT, SIP_VALUE_LIMIT, VOIP_VALUE_LIMIT = 64, 256, 1024
TOPIC_LIMIT, INFORMATION_LIMIT = 48, 10
CALLER_FIELDS = ("caller", "name", "phoneNumber")
SOURCE_FIELDS = ("source", "language", "status")


def calling_context(body: Json, who: Identifier) -> Json:
    """The checked `customCallingContext` of a request, as the called phone is shown it. Teams takes VoIP headers
    only. [contract 7.2]"""
    context = fields.mapping(body, "customCallingContext")
    check_headers(context)
    if who.teams and fields.mapping(context, "sipHeaders"):
        raise invalid("SIP headers are not supported for a Teams identity; use VoIP headers.")
    details = fields.mapping(context, "teamsPhoneCallDetails")
    if details:
        _check_details(details)
    return {key: value for key, value in context.items() if value}


def check_headers(context: Json) -> None:
    """Refuse more, other or longer SIP and VoIP headers than the service takes."""
    sip = fields.mapping(context, "sipHeaders")
    voip = fields.mapping(context, "voipHeaders")
    custom = [key for key in sip if not _is_uui(key)]
    if len(custom) > SIP_LIMIT:
        raise invalid(f"At most {SIP_LIMIT} custom SIP headers are allowed.")
    for key in custom:
        if not key.lower().startswith("x-ms-custom-"):
            raise invalid(f"The SIP header {key!r} is not allowed: only User-To-User and X-MS-Custom-*.")
    if len(voip) > VOIP_LIMIT:
        raise invalid(f"At most {VOIP_LIMIT} VoIP headers are allowed.")
    for headers, longest in ((sip, SIP_VALUE_LIMIT), (voip, VOIP_VALUE_LIMIT)):
        for key, value in headers.items():
            if isinstance(value, str) and any(letter < " " or letter == "\x7f" for letter in value):
                raise invalid(f"The header {key!r} has a character that no header can have.")
            if not isinstance(value, str) or len(key) > KEY_LIMIT or len(value) > longest:
                raise invalid(f"The header {key!r} is longer than {KEY_LIMIT} or its value longer than {longest}.")


def _is_uui(key: str) -> bool:
    return key.lower() in ("user-to-user", "usertouser")


def _check_details(details: Json) -> None:
    for part, required in (("teamsPhoneCallerDetails", CALLER_FIELDS), ("teamsPhoneSourceDetails", SOURCE_FIELDS)):
        inside = fields.mapping(details, part)
        missing = [key for key in required if inside and inside.get(key) in (None, "")]
        if missing:
            raise invalid(f"The field {part}.{missing[0]} is required.")
    if len(fields.text(details, "callTopic", default="")) > TOPIC_LIMIT:
        raise invalid(f"The field callTopic is limited to {TOPIC_LIMIT} characters.")
    caller = fields.mapping(details, "teamsPhoneCallerDetails")
    if len(fields.mapping(caller, "additionalCallerInformation")) > INFORMATION_LIMIT:
        raise invalid(f"The field additionalCallerInformation is limited to {INFORMATION_LIMIT} entries.")
