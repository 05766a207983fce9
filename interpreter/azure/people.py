"""People and sentences in the SDK's own classes."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any, TypeAlias, assert_never

from azure.communication.callautomation import (
    CommunicationIdentifier,
    CommunicationUserIdentifier,
    MicrosoftTeamsAppIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
    TeamsExtensionUserIdentifier,
    TeamsPhoneCallDetails,
    TeamsPhoneCallerDetails,
    TextSource,
    UnknownIdentifier,
    VoiceKind,
)

from interpreter.azure import custom_context
from interpreter.azure.eventgrid import ANONYMOUS
from interpreter.ports import Line
from interpreter.protocol import Value
from interpreter.routing.protocol import Person
from interpreter.site_attached import Attached

_log = logging.getLogger(__name__)

BriefLines: TypeAlias = tuple[tuple[str, Value], ...]
"""What a script's ``brief`` says of a call."""

_AGENT = re.compile(r"8:acs:([^_]+)_([^_]+)_([^_]+)")
"""The raw id of an agent of Teams Phone extensibility: resource, tenant, user. A user of the resource has two parts."""
LONGEST_TOPIC = 48
"""Characters of a topic (wire contract, section 6.4)."""


def identity(person: Person) -> CommunicationIdentifier:
    """Somebody as the SDK addresses them."""
    address = person.address
    match person.kind:
        case "agent":
            resource, tenant, user = address.removeprefix("8:acs:").split("_")
            return TeamsExtensionUserIdentifier(user_id=user, tenant_id=tenant, resource_id=resource)
        case "teams_user":
            return MicrosoftTeamsUserIdentifier(address.removeprefix("8:orgid:"))
        case "number":
            return PhoneNumberIdentifier(address.removeprefix("4:"))
        case "acs_user":
            return CommunicationUserIdentifier(address)
        case _:
            assert_never(person.kind)


def number_of(person: Person) -> str:
    """Somebody's telephone number; none for whoever is reached in another way."""
    return person.address.removeprefix("4:") if person.kind == "number" else ""


def is_person(identifier: CommunicationIdentifier | None, person: Person) -> bool:
    """Whether the service means this person."""
    raw = getattr(identifier, "raw_id", None)
    return isinstance(raw, str) and raw.lower() == person.address.lower()


def spoken(text: str, language: str, voice: str) -> TextSource:
    """A voice by its name; where the script names none, some voice of the language."""
    if voice:
        return TextSource(text=text, source_locale=language, voice_name=voice)
    return TextSource(text=text, source_locale=language, voice_kind=VoiceKind.FEMALE)


def party(caller: str) -> CommunicationIdentifier:
    """The caller as the service addresses it, from the text that the IncomingCall became."""
    if not caller:
        return PhoneNumberIdentifier("anonymous", raw_id=ANONYMOUS)
    if caller.startswith("+"):
        return PhoneNumberIdentifier(caller)
    if caller.startswith("4:"):
        return PhoneNumberIdentifier(caller.removeprefix("4:"), raw_id=caller)
    if caller.startswith("8:orgid:"):
        return MicrosoftTeamsUserIdentifier(caller.removeprefix("8:orgid:"))
    if caller.startswith("28:orgid:"):
        return MicrosoftTeamsAppIdentifier(caller.removeprefix("28:orgid:"))
    if (agent := _AGENT.fullmatch(caller)) is not None:
        return TeamsExtensionUserIdentifier(user_id=agent[3], tenant_id=agent[2], resource_id=agent[1])
    return CommunicationUserIdentifier(caller) if caller.startswith("8:acs:") else UnknownIdentifier(caller)


def along(
    attached: Mapping[str, Attached], line: Line, target: CommunicationIdentifier, brief: BriefLines
) -> dict[str, Any]:
    """What goes along when somebody is called: headers, and what the screen of an agent of Teams Phone extensibility
    shows. What a script attaches and cannot go along is told in the log: the call itself goes on."""
    found = custom_context.headers(attached, brief, isinstance(target, PhoneNumberIdentifier))
    for why in found.left_out:
        _log.warning("call %s: not attached: %s", line.call_id, why)
    details = call_details(line, brief) if isinstance(target, TeamsExtensionUserIdentifier) else None
    voip = custom_context.with_own(found.voip, line.call_id) if details is not None else found.voip
    given = {"teams_phone_call_details": details, "voip_headers": dict(voip), "sip_headers": dict(found.sip)}
    return {name: value for name, value in given.items() if value}


def call_details(line: Line, brief: BriefLines) -> TeamsPhoneCallDetails | None:
    """What an agent's screen shows of the caller. The service insists on a number, so nothing is shown without one."""
    if not line.caller.startswith("+"):
        return None
    said = {name: value if isinstance(value, str) else str(value) for name, value in brief if value is not None}
    known = said.get("authenticated")
    caller = TeamsPhoneCallerDetails(
        caller=party(line.caller),
        name=line.caller,
        phone_number=line.caller,
        record_id=said.get("record_id"),
        screen_pop_url=said.get("screen_pop"),
        is_authenticated=None if known is None else known.lower() in ("true", "yes", "verified"),
        additional_caller_information={"authenticated": known} if known is not None else None,
    )
    topic = said.get("topic")
    return TeamsPhoneCallDetails(
        teams_phone_caller=caller,
        session_id=line.call_id,
        call_sentiment=said.get("sentiment") or None,
        call_topic=topic[:LONGEST_TOPIC] if topic else None,
        call_context=said.get("summary"),
        suggested_actions=said.get("suggest"),
    )
