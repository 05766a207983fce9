"""People and keys in the service's words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from azure.communication.callautomation import PhoneNumberIdentifier, VoiceKind

from interpreter.azure.fields import BadFieldError
from interpreter.azure.people import call_details, identity, is_person, party, spoken
from interpreter.azure.tones import TONES, character
from interpreter.ports import Line
from interpreter.routing.protocol import Person

GUID = "11111111-1111-4111-8111-111111111111"
LINE = Line("call-1", 17, "cc-1", "", "+15551230001", "+18005550100")


@pytest.mark.parametrize(
    ("person", "kind"),
    [
        (Person("4:+14255550111", "number"), "PhoneNumberIdentifier"),
        (Person(f"8:orgid:{GUID}", "teams_user"), "MicrosoftTeamsUserIdentifier"),
        (Person(f"8:acs:{GUID}_{GUID}_{GUID}", "agent"), "TeamsExtensionUserIdentifier"),
        (Person("8:acs:x_y-z", "acs_user"), "CommunicationUserIdentifier"),
    ],
)
def test_somebody_is_addressed_and_known_again(person: Person, kind: str) -> None:
    found = identity(person)
    assert (type(found).__name__, found.raw_id) == (kind, person.address)
    assert is_person(found, person)
    assert is_person(found, replace(person, address=person.address.upper()))
    assert not is_person(found, replace(person, address=person.address + "1"))


def test_nobody_is_nobody() -> None:
    assert not is_person(None, Person("", "number"))


@pytest.mark.parametrize(
    ("caller", "kind", "raw"),
    [
        ("", "PhoneNumberIdentifier", "4:anonymous"),
        ("+15551230001", "PhoneNumberIdentifier", "4:+15551230001"),
        ("4:15551230001", "PhoneNumberIdentifier", "4:15551230001"),
        (f"8:orgid:{GUID}", "MicrosoftTeamsUserIdentifier", f"8:orgid:{GUID}"),
        (f"28:orgid:{GUID}", "MicrosoftTeamsAppIdentifier", f"28:orgid:{GUID}"),
        ("8:acs:x", "CommunicationUserIdentifier", "8:acs:x"),
        ("sip:ana@contoso.com", "UnknownIdentifier", "sip:ana@contoso.com"),
    ],
)
def test_a_caller_of_every_kind(caller: str, kind: str, raw: str) -> None:
    found = party(caller)
    assert (type(found).__name__, found.raw_id) == (kind, raw)


def test_a_voice_by_name_or_some_voice_of_the_language() -> None:
    named, some = spoken("Hallo", "de-DE", "de-DE-KatjaNeural"), spoken("Hallo", "de-DE", "")
    assert (named.voice_name, named.voice_kind, named.source_locale) == ("de-DE-KatjaNeural", None, "de-DE")
    assert (some.voice_name, some.voice_kind, some.source_locale) == (None, VoiceKind.FEMALE, "de-DE")


@pytest.mark.parametrize("caller", ["", f"8:orgid:{GUID}", "4:15551230001"])
def test_nothing_is_shown_of_a_caller_without_a_number(caller: str) -> None:
    assert call_details(replace(LINE, caller=caller), (("topic", "x"),)) is None


@pytest.mark.parametrize(
    ("said", "known"), [("verified", True), ("YES", True), (True, True), ("no", False), (False, False), (None, None)]
)
def test_whether_a_caller_is_known_for_certain(said: str | bool | None, known: bool | None) -> None:
    details = call_details(LINE, (("authenticated", said),))
    assert details is not None
    assert details.teams_phone_caller is not None
    assert details.teams_phone_caller.is_authenticated is known
    assert isinstance(details.teams_phone_caller.caller, PhoneNumberIdentifier)


def test_the_keys_are_those_of_a_telephone() -> None:
    assert sorted(TONES.values()) == sorted("0123456789*#ABCD")
    assert (character("five"), character("Pound"), character("a")) == ("5", "#", "A")


@pytest.mark.parametrize("tone", ["eleven", "", "5", 5, None, ["five"]])
def test_what_is_no_key(tone: object) -> None:
    with pytest.raises(BadFieldError, match="is no tone"):
        character(tone)
