"""Streaming recognition by the Speech SDK, as a `Listener`.

The SDK calls back in threads of its own; what it tells is handed over to the loop that listens. A phrase list makes the
expected words likelier and excludes none. Where there are several languages the service tells them apart all the time,
since callers change theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from interpreter.azure.sdk import config, load, why
from interpreter.listening import Broke, Heard, Sound
from interpreter.prompts.wav import BYTES, CHANNELS, RATE
from interpreter.site_speech import Speech

TICKS = 10_000_000
"""Of the SDK's times in a second."""


class SpeechListener:
    """Listens for ``languages`` (at least one), with ``phrases`` in mind. Raises `NoSpeechSdk`."""

    def __init__(self, speech: Speech, languages: Sequence[str], phrases: Sequence[str] = (), sdk: Any = None) -> None:
        self._sdk = sdk if sdk is not None else load()
        self._languages = tuple(languages)
        self._sounds: asyncio.Queue[Sound | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        form = self._sdk.audio.AudioStreamFormat(RATE, BYTES * 8, CHANNELS)
        self._stream = self._sdk.audio.PushAudioInputStream(stream_format=form)
        self._recognizer = self._made(speech)
        self._phrases = self._sdk.PhraseListGrammar.from_recognizer(self._recognizer)
        for phrase in phrases:
            self._phrases.addPhrase(phrase)

    def _made(self, speech: Speech) -> Any:
        sdk, settings = self._sdk, config(self._sdk, speech)
        source = sdk.audio.AudioConfig(stream=self._stream)
        if len(self._languages) == 1:
            return sdk.SpeechRecognizer(speech_config=settings, audio_config=source, language=self._languages[0])
        settings.set_property(sdk.PropertyId.SpeechServiceConnection_LanguageIdMode, "Continuous")
        among = sdk.languageconfig.AutoDetectSourceLanguageConfig(languages=list(self._languages))
        return sdk.SpeechRecognizer(
            speech_config=settings, audio_config=source, auto_detect_source_language_config=among
        )

    async def start(self) -> None:
        """Connect in the background: sound may be fed at once."""
        self._loop = asyncio.get_running_loop()
        recognizer = self._recognizer
        recognizer.recognizing.connect(lambda told: self._words(told, final=False))
        recognizer.recognized.connect(lambda told: self._words(told, final=True))
        recognizer.canceled.connect(self._cancelled)
        recognizer.session_stopped.connect(lambda _: self._put(None))
        await asyncio.to_thread(recognizer.start_continuous_recognition_async().get)

    def feed(self, pcm: bytes) -> None:
        if not self._closed:
            self._stream.write(pcm)

    def finish(self) -> None:
        if not self._closed:
            self._closed = True
            self._stream.close()

    async def heard(self) -> AsyncIterator[Sound]:
        while (sound := await self._sounds.get()) is not None:
            yield sound
            if isinstance(sound, Broke):
                return

    async def close(self) -> None:
        self.finish()
        if self._loop is not None:
            self._loop = None
            await asyncio.to_thread(self._recognizer.stop_continuous_recognition_async().get)
        self._sounds.put_nowait(None)

    # ----------------------------------------------------------------------------------------------------------------
    # In the SDK's threads

    def _put(self, sound: Sound | None) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._sounds.put_nowait, sound)

    def _words(self, told: Any, *, final: bool) -> None:
        reasons, result = self._sdk.ResultReason, told.result
        wanted = reasons.RecognizedSpeech if final else reasons.RecognizingSpeech
        if result.reason != wanted or not result.text.strip():
            return  # a noise, or a silence, that is no word
        self._put(
            Heard(result.text, self._language(result), result.offset / TICKS, result.duration / TICKS, final=final)
        )

    def _language(self, result: Any) -> str:
        if len(self._languages) == 1:
            return self._languages[0]
        # Not said of what is still being said: then it is the first one.
        return self._sdk.AutoDetectSourceLanguageResult(result).language or self._languages[0]

    def _cancelled(self, told: Any) -> None:
        """The end of the sound is told as a cancellation, too; the session stops after it."""
        details = told.cancellation_details
        if details.reason != self._sdk.CancellationReason.Error:
            return
        known = why(self._sdk, details.code)
        self._put(Broke(known or f"the speech service has given up ({details.code.name})"))
