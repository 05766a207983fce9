"""People and sentences in the SDK's own classes."""

from __future__ import annotations

from typing import assert_never

from azure.communication.callautomation import (
    CommunicationIdentifier,
    CommunicationUserIdentifier,
    MicrosoftTeamsUserIdentifier,
    PhoneNumberIdentifier,
    TeamsExtensionUserIdentifier,
    TextSource,
    VoiceKind,
)

from interpreter.routing.protocol import Person


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


def is_person(identifier: CommunicationIdentifier | None, person: Person) -> bool:
    """Whether the service means this person."""
    raw = getattr(identifier, "raw_id", None)
    return isinstance(raw, str) and raw.lower() == person.address.lower()


def spoken(text: str, language: str, voice: str) -> TextSource:
    """A voice by its name; where the script names none, some voice of the language."""
    if voice:
        return TextSource(text=text, source_locale=language, voice_name=voice)
    return TextSource(text=text, source_locale=language, voice_kind=VoiceKind.FEMALE)
