"""Prompts as sound, by the Speech SDK."""

from __future__ import annotations

from typing import Any

from interpreter.azure.sdk import config, load, why
from interpreter.prompts.texts import Static
from interpreter.prompts.wav import seconds_of
from interpreter.site_speech import Speech


class CannotRender(Exception):  # noqa: N818 - says what came of it
    """A text could not be made into a sound. ``for_all``: nor could any other, so there is no sense in going on."""

    def __init__(self, why: str, *, for_all: bool) -> None:
        super().__init__(why)
        self.for_all = for_all


class SpeechRenderer:
    """Renders texts, one at a time, over one connection for each voice. Raises `NoSpeechSdk`."""

    def __init__(self, speech: Speech, sdk: Any = None) -> None:
        self._sdk = sdk if sdk is not None else load()
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
            settings = config(self._sdk, self._speech)
            settings.set_speech_synthesis_output_format(self._sdk.SpeechSynthesisOutputFormat.Riff16Khz16BitMonoPcm)
            if language:
                settings.speech_synthesis_language = language
            if voice:
                settings.speech_synthesis_voice_name = voice
            # Without an audio configuration of None the SDK plays the sound on the loudspeaker of this machine.
            found = self._sdk.SpeechSynthesizer(speech_config=settings, audio_config=None)
            self._synthesizers[language, voice] = found
        return found

    def _failure(self, result: Any) -> CannotRender:
        details = result.cancellation_details
        if details is None:
            return CannotRender(f"the speech service has answered with {result.reason}", for_all=False)
        if (known := why(self._sdk, details.error_code)) is not None:
            return CannotRender(known, for_all=True)
        # A voice or a markup that the service does not know: the next text may well be good.
        said = " ".join(str(details.error_details).split())
        return CannotRender(f"the speech service refuses: {said}", for_all=False)
