"""What the site file says about listening to calls."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from interpreter.azure.sdk import NoSpeechSdk
from interpreter.media import ears as ears_module
from interpreter.media.ears import recogniser
from interpreter.site import Site, SiteError
from interpreter.site_speech import Speech


def test_nothing_listens_unless_the_site_says_so() -> None:
    assert recogniser(Speech()) is None


def test_a_listener_is_made_of_what_the_site_says(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[object, ...]] = []
    monkeypatch.setattr(ears_module, "load", lambda: "the sdk")
    monkeypatch.setattr(ears_module, "SpeechListener", lambda *given: made.append(given))
    speech = Speech.model_validate({"key": "k", "region": "westeurope", "listens": True})
    make = recogniser(speech)
    assert make is not None
    make(("en-US",), ("billing",))
    assert made == [(speech, ("en-US",), ("billing",), "the sdk")]


def test_without_the_package_the_server_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> object:
        raise NoSpeechSdk("the Speech SDK is not installed")

    monkeypatch.setattr(ears_module, "load", away)
    with pytest.raises(ValueError, match=r"^\[speech\] listens: the Speech SDK is not installed$"):
        recogniser(Speech.model_validate({"key": "k", "region": "westeurope", "listens": True}))


def test_it_needs_a_key_and_a_region() -> None:
    with pytest.raises(ValidationError, match="listens needs a key and a region"):
        Speech(listens=True)
    with pytest.raises(SiteError, match="listens needs a key and a region"):
        Site.parse("[speech]\nlistens = true\n", folder=Path.cwd())
