"""The adapter over the Speech SDK, against a module that stands in for it; and the real one, where it is installed."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from test_prompt_files import wav

from interpreter.azure.sdk import SDK, NoSpeechSdk
from interpreter.azure.synthesis import CannotRender, SpeechRenderer
from interpreter.prompts.texts import Static
from interpreter.site_speech import Speech

SPEECH = Speech.model_validate({"key": "key-of-a-test", "region": "westeurope"})
HELLO = Static("welcome.say", "Hello.", "en-US", "en-US-AvaMultilingualNeural")
MARKUP = Static("welcome.say", "<speak>Hi</speak>", "", "", ssml=True)


class ResultReason(Enum):
    Canceled = 1
    SynthesizingAudioCompleted = 9


class CancellationErrorCode(Enum):
    AuthenticationFailure = 1
    BadRequest = 2
    TooManyRequests = 3
    Forbidden = 4
    ConnectionFailure = 5


class SpeechSynthesisOutputFormat(Enum):
    Riff16Khz16BitMonoPcm = 14


class SpeechConfig:
    def __init__(self, subscription: str, region: str | None = None, endpoint: str | None = None) -> None:
        self.made = (subscription, region, endpoint)
        self.format: SpeechSynthesisOutputFormat | None = None
        self.speech_synthesis_language = self.speech_synthesis_voice_name = ""

    def set_speech_synthesis_output_format(self, format: SpeechSynthesisOutputFormat) -> None:
        self.format = format


class StandIn:
    """The module: it answers with what ``result`` says, and keeps what it was asked."""

    ResultReason, CancellationErrorCode, SpeechConfig = ResultReason, CancellationErrorCode, SpeechConfig
    SpeechSynthesisOutputFormat = SpeechSynthesisOutputFormat

    def __init__(self, result: Callable[[], Any]) -> None:
        self.result = result
        self.asked: list[tuple[str, str]] = []
        self.configs: list[Any] = []

    def SpeechSynthesizer(self, speech_config: object, audio_config: object) -> Any:  # noqa: N802 - the SDK's name
        assert audio_config is None, "the loudspeaker of this machine"
        self.configs.append(speech_config)

        def asked(how: str, text: str) -> Any:
            self.asked.append((how, text))
            return SimpleNamespace(get=self.result)

        return SimpleNamespace(
            speak_text_async=lambda text: asked("text", text), speak_ssml_async=lambda text: asked("ssml", text)
        )


def spoken(sound: bytes) -> Callable[[], Any]:
    return lambda: SimpleNamespace(
        reason=ResultReason.SynthesizingAudioCompleted, audio_data=sound, cancellation_details=None
    )


def cancelled(code: CancellationErrorCode, details: str = "") -> Callable[[], Any]:
    told = SimpleNamespace(error_code=code, error_details=details)
    return lambda: SimpleNamespace(reason=ResultReason.Canceled, audio_data=b"", cancellation_details=told)


def test_a_text_in_a_voice_in_the_format_of_the_host() -> None:
    sdk = StandIn(spoken(wav()))
    assert SpeechRenderer(SPEECH, sdk).render(HELLO) == wav()
    assert sdk.asked == [("text", "Hello.")]
    (config,) = sdk.configs
    assert config.made == ("key-of-a-test", "westeurope", None)
    assert config.format is SpeechSynthesisOutputFormat.Riff16Khz16BitMonoPcm
    assert config.speech_synthesis_voice_name == "en-US-AvaMultilingualNeural"
    assert config.speech_synthesis_language == "en-US"


def test_markup_says_language_and_voice_itself() -> None:
    sdk = StandIn(spoken(wav()))
    SpeechRenderer(SPEECH, sdk).render(MARKUP)
    assert sdk.asked == [("ssml", "<speak>Hi</speak>")]
    assert sdk.configs[0].speech_synthesis_voice_name == ""


def test_one_synthesizer_for_a_voice() -> None:
    sdk = StandIn(spoken(wav()))
    renderer = SpeechRenderer(SPEECH, sdk)
    for static in (HELLO, HELLO, MARKUP):
        renderer.render(static)
    assert len(sdk.configs) == 2


def test_a_resource_with_a_name_of_its_own() -> None:
    sdk = StandIn(spoken(wav()))
    endpoint = "https://contoso.cognitiveservices.azure.com"
    SpeechRenderer(Speech.model_validate({"key": "k", "endpoint": endpoint}), sdk).render(HELLO)
    assert sdk.configs[0].made == ("k", None, endpoint)


@pytest.mark.parametrize(
    ("code", "why", "for_all"),
    [
        (CancellationErrorCode.AuthenticationFailure, "does not accept the key", True),
        (CancellationErrorCode.Forbidden, "does not let this key in", True),
        (CancellationErrorCode.TooManyRequests, "try again later", True),
        (CancellationErrorCode.ConnectionFailure, "cannot be reached", True),
        (CancellationErrorCode.BadRequest, "refuses: Unsupported voice x.", False),
    ],
)
def test_a_refusal(code: CancellationErrorCode, why: str, for_all: bool) -> None:
    with pytest.raises(CannotRender, match=why) as raised:
        SpeechRenderer(SPEECH, StandIn(cancelled(code, "Unsupported  voice\nx."))).render(HELLO)
    assert raised.value.for_all is for_all
    assert "key-of-a-test" not in str(raised.value)


@pytest.mark.parametrize("sound", [b"", b"mp3", wav(rate=24_000)])
def test_another_sound_than_the_host_plays_is_refused(sound: bytes) -> None:
    with pytest.raises(CannotRender, match="something else"):
        SpeechRenderer(SPEECH, StandIn(spoken(sound))).render(HELLO)


def test_a_site_without_a_resource() -> None:
    with pytest.raises(NoSpeechSdk, match=r"no \[speech\]"):
        SpeechRenderer(Speech(), StandIn(spoken(wav()))).render(HELLO)


def test_the_real_sdk_has_what_is_used() -> None:
    """Where it is installed: it is an extra. Nobody listens at the address: that is told as such."""
    if importlib.util.find_spec("azure.cognitiveservices") is None:
        pytest.skip("the extra `speech` is not installed")
    sdk = importlib.import_module(SDK)
    nobody = Speech.model_validate({"key": "0" * 32, "endpoint": "http://127.0.0.1:9"})
    for static in (HELLO, MARKUP):
        with pytest.raises(CannotRender, match="cannot be reached"):
            SpeechRenderer(nobody, sdk).render(static)
