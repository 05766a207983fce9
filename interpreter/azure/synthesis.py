"""Prompts as sound, by the Speech SDK: the extra ``speech``, which nothing else of the house needs.

The SDK is imported when it is used, for it is a hundred megabytes of native code that a server without it never sees.
"""

from __future__ import annotations

from typing import Any

from interpreter.prompts.texts import Static
from interpreter.prompts.wav import seconds_of
from interpreter.site_speech import Speech

SDK = "azure.cognitiveservices.speech"
MISSING = "the Speech SDK is not installed; `pip install 'ivr[speech]'` does that"


class CannotRender(Exception):  # noqa: N818 - says what came of it
    """A text could not be made into a sound. ``for_all``: nor could any other, so there is no sense in going on."""

    def __init__(self, why: str, *, for_all: bool) -> None:
        super().__init__(why)
        self.for_all = for_all


def load_sdk() -> Any:
    """The SDK's module. Raises `CannotRender` when it is not there, or does not run on this machine."""
    try:
        import azure.cognitiveservices.speech as sdk
    except ImportError as error:
        raise CannotRender(MISSING, for_all=True) from error
    except OSError as error:
        raise CannotRender(f"the Speech SDK does not run on this machine: {error}", for_all=True) from error
    return sdk


def speech_config(sdk: Any, speech: Speech) -> Any:
    """The SDK's own settings for the site's resource. Raises `CannotRender` when the site names none."""
    if speech.key is None:
        raise CannotRender("the site file has no [speech] with key and region", for_all=True)
    key = speech.key.get_secret_value()
    if speech.endpoint is not None:
        return sdk.SpeechConfig(subscription=key, endpoint=speech.endpoint)
    return sdk.SpeechConfig(subscription=key, region=speech.region)


class SpeechRenderer:
    """Renders texts, one at a time, over one connection."""

    def __init__(self, speech: Speech, sdk: Any = None) -> None:
        self._sdk = sdk if sdk is not None else load_sdk()
        self._speech = speech
        self._synthesizers: dict[tuple[str, str], Any] = {}

    def render(self, static: Static) -> bytes:
        """The sound, as a WAV file of the telephone service's format. Raises `CannotRender`."""
        sdk, synthesizer = self._sdk, self._synthesizer(static.language, static.voice)
        future = synthesizer.speak_ssml_async(static.text) if static.ssml else synthesizer.speak_text_async(static.text)
        result = future.get()
        if result.reason != sdk.ResultReason.SynthesizingAudioCompleted:
            raise self._failure(result)
        sound = bytes(result.audio_data)
        try:
            seconds_of(sound)
        except ValueError as error:
            raise CannotRender(f"the speech service has answered with something else: {error}", for_all=False) from None
        return sound

    def _synthesizer(self, language: str, voice: str) -> Any:
        found = self._synthesizers.get((language, voice))
        if found is None:
            config = speech_config(self._sdk, self._speech)
            config.set_speech_synthesis_output_format(self._sdk.SpeechSynthesisOutputFormat.Riff16Khz16BitMonoPcm)
            if language:
                config.speech_synthesis_language = language
            if voice:
                config.speech_synthesis_voice_name = voice
            # Without an audio configuration of None the SDK plays the sound on the loudspeaker of this machine.
            found = self._sdk.SpeechSynthesizer(speech_config=config, audio_config=None)
            self._synthesizers[language, voice] = found
        return found

    def _failure(self, result: Any) -> CannotRender:
        sdk, details = self._sdk, result.cancellation_details
        if details is None:
            return CannotRender(f"the speech service has answered with {result.reason}", for_all=False)
        code = sdk.CancellationErrorCode
        whys = {
            code.AuthenticationFailure: "the speech service does not accept the key of [speech]",
            code.Forbidden: "the speech service does not let this key speak",
            code.TooManyRequests: "the speech service has had enough requests for now; try again later",
            code.ConnectionFailure: "the speech service cannot be reached",
        }
        why = whys.get(details.error_code)
        if why is not None:
            return CannotRender(why, for_all=True)
        # A voice or a markup that the service does not know: the next text may well be good.
        return CannotRender(
            f"the speech service refuses: {' '.join(str(details.error_details).split())}", for_all=False
        )
