"""The streaming recogniser over the Speech SDK: against a stand-in for its module, and the real one where it is."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import threading
from collections.abc import Callable
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from interpreter.azure.listening import SpeechListener
from interpreter.azure.sdk import SDK, NoSpeechSdk
from interpreter.listening import Broke, Heard, Sound
from interpreter.site_speech import Speech

SPEECH = Speech.model_validate({"key": "key-of-a-test", "region": "westeurope"})


class ResultReason(Enum):
    NoMatch = 0
    RecognizingSpeech = 2
    RecognizedSpeech = 3


class CancellationReason(Enum):
    Error = 1
    EndOfStream = 2


class CancellationErrorCode(Enum):
    NoError = 0
    AuthenticationFailure = 1
    TooManyRequests = 3
    Forbidden = 4
    ConnectionFailure = 5
    ServiceTimeout = 6


class Signal:
    def __init__(self) -> None:
        self.told: list[Callable[[Any], None]] = []

    def connect(self, callback: Callable[[Any], None]) -> None:
        self.told.append(callback)

    def tell(self, event: Any) -> None:
        for callback in self.told:
            callback(event)


class Recognizer:
    """Tells what ``play`` lets it tell, in a thread of its own, once all sound is there."""

    def __init__(self, module: StandIn, **made: Any) -> None:
        self.module, self.made = module, made
        self.recognizing, self.recognized, self.canceled, self.session_stopped = Signal(), Signal(), Signal(), Signal()
        self.phrases: list[str] = []
        self.stopped = 0

    def start_continuous_recognition_async(self) -> Any:
        thread = threading.Thread(target=self._run, daemon=True)
        return SimpleNamespace(get=thread.start)

    def stop_continuous_recognition_async(self) -> Any:
        def stop() -> None:
            self.stopped += 1
            self.module.stream.over.set()

        return SimpleNamespace(get=stop)

    def _run(self) -> None:
        assert self.module.stream.over.wait(10), "the sound has no end"
        self.module.play(self)


class Stream:
    def __init__(self, form: Any) -> None:
        self.form, self.written, self.over, self.closed = form, b"", threading.Event(), 0

    def write(self, pcm: bytes) -> None:
        assert not self.closed, "the SDK fails on that"
        self.written += pcm

    def close(self) -> None:
        self.closed += 1
        self.over.set()


class StandIn:
    """The module of the SDK, as far as it is used."""

    ResultReason, CancellationReason, CancellationErrorCode = ResultReason, CancellationReason, CancellationErrorCode
    PropertyId = SimpleNamespace(SpeechServiceConnection_LanguageIdMode="language id mode")

    def __init__(self, play: Callable[[Recognizer], None]) -> None:
        self.play = play
        self.properties: list[tuple[str, str]] = []
        self.audio = SimpleNamespace(
            AudioStreamFormat=lambda rate, bits, channels: (rate, bits, channels),
            PushAudioInputStream=self._stream,
            AudioConfig=lambda stream: stream,
        )
        self.languageconfig = SimpleNamespace(AutoDetectSourceLanguageConfig=lambda languages: ("among", *languages))
        self.PhraseListGrammar = SimpleNamespace(
            from_recognizer=lambda recognizer: SimpleNamespace(addPhrase=recognizer.phrases.append)
        )

    def _stream(self, stream_format: Any) -> Stream:
        self.stream = Stream(stream_format)
        return self.stream

    def SpeechConfig(self, **made: Any) -> Any:  # noqa: N802 - the SDK's name
        return SimpleNamespace(made=made, set_property=lambda name, value: self.properties.append((name, value)))

    def SpeechRecognizer(self, **made: Any) -> Recognizer:  # noqa: N802 - the SDK's name
        self.recognizer = Recognizer(self, **made)
        return self.recognizer

    def AutoDetectSourceLanguageResult(self, result: Any) -> Any:  # noqa: N802 - the SDK's name
        return SimpleNamespace(language=result.language)


def words(text: str, *, final: bool = True, language: str | None = "en-US", begins: float = 0.0) -> Any:
    reason = ResultReason.RecognizedSpeech if final else ResultReason.RecognizingSpeech
    offset = round(begins * 10_000_000)
    return SimpleNamespace(
        result=SimpleNamespace(reason=reason, text=text, offset=offset, duration=5_000_000, language=language)
    )


def cancelled(reason: CancellationReason, code: CancellationErrorCode = CancellationErrorCode.NoError) -> Any:
    return SimpleNamespace(cancellation_details=SimpleNamespace(reason=reason, code=code))


def ended(recognizer: Recognizer) -> None:
    recognizer.canceled.tell(cancelled(CancellationReason.EndOfStream))
    recognizer.session_stopped.tell(None)


def listen(
    play: Callable[[Recognizer], None], *languages: str, phrases: tuple[str, ...] = ()
) -> tuple[list[Sound], StandIn]:
    """A whole recording, in three pieces."""

    async def run() -> tuple[list[Sound], StandIn]:
        module = StandIn(play)
        listener = SpeechListener(SPEECH, languages or ("en-US",), phrases, module)
        listener.feed(b"ab")  # before it has begun: nothing is lost
        await listener.start()
        for piece in (b"cd", b"ef"):
            listener.feed(piece)
        listener.finish()
        async with asyncio.timeout(10):
            sounds = [each async for each in listener.heard()]
        await listener.close()
        return sounds, module

    return asyncio.run(run())


def test_sentences_come_while_they_are_said_and_stay_when_they_are_over() -> None:
    def play(recognizer: Recognizer) -> None:
        recognizer.recognizing.tell(words("my", final=False))
        recognizer.recognizing.tell(words("my bill", final=False))
        recognizer.recognized.tell(words("My bill is wrong."))
        recognizer.recognized.tell(words("Hello?", begins=2.5))
        ended(recognizer)

    sounds, module = listen(play)
    assert sounds == [
        Heard("my", "en-US", 0.0, 0.5, final=False),
        Heard("my bill", "en-US", 0.0, 0.5, final=False),
        Heard("My bill is wrong.", "en-US", 0.0, 0.5),
        Heard("Hello?", "en-US", 2.5, 0.5),
    ]
    assert (module.stream.form, module.stream.written, module.stream.closed) == ((16_000, 16, 1), b"abcdef", 1)
    assert module.recognizer.made["language"] == "en-US"
    assert module.recognizer.stopped == 1
    assert module.properties == []


def test_the_expected_phrases_are_told_before() -> None:
    _, module = listen(ended, phrases=("billing", "my bill"))
    assert module.recognizer.phrases == ["billing", "my bill"]


def test_several_languages_are_told_apart() -> None:
    def play(recognizer: Recognizer) -> None:
        recognizer.recognizing.tell(words("mi", final=False, language=None))
        recognizer.recognized.tell(words("Mi factura.", language="es-US"))
        ended(recognizer)

    sounds, module = listen(play, "en-US", "es-US")
    assert [(each.text, each.language) for each in sounds if isinstance(each, Heard)] == [
        ("mi", "en-US"),
        ("Mi factura.", "es-US"),
    ]
    assert module.recognizer.made["auto_detect_source_language_config"] == ("among", "en-US", "es-US")
    assert "language" not in module.recognizer.made
    assert module.properties == [("language id mode", "Continuous")]


def test_what_is_no_word_is_not_heard() -> None:
    def play(recognizer: Recognizer) -> None:
        recognizer.recognized.tell(words("  "))
        noise = words("x")
        noise.result.reason = ResultReason.NoMatch
        recognizer.recognized.tell(noise)
        ended(recognizer)

    assert listen(play)[0] == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (CancellationErrorCode.AuthenticationFailure, "the speech service does not accept the key of [speech]"),
        (CancellationErrorCode.ConnectionFailure, "the speech service cannot be reached"),
        (CancellationErrorCode.ServiceTimeout, "the speech service has given up (ServiceTimeout)"),
    ],
)
def test_a_failure_ends_it(code: CancellationErrorCode, reason: str) -> None:
    def play(recognizer: Recognizer) -> None:
        recognizer.recognized.tell(words("My bill."))
        recognizer.canceled.tell(cancelled(CancellationReason.Error, code))
        recognizer.session_stopped.tell(None)

    assert listen(play)[0] == [Heard("My bill.", "en-US", 0.0, 0.5), Broke(reason)]


def test_closing_in_the_middle_ends_it_and_nothing_is_told_any_more() -> None:
    async def run() -> list[Sound]:
        module = StandIn(lambda recognizer: recognizer.recognized.tell(words("late")))
        listener = SpeechListener(SPEECH, ("en-US",), (), module)
        await listener.start()
        await listener.close()
        listener.feed(b"after the end")
        listener.finish()
        async with asyncio.timeout(10):
            return [each async for each in listener.heard()]

    assert asyncio.run(run()) == []


def test_a_site_without_a_resource() -> None:
    with pytest.raises(NoSpeechSdk, match=r"no \[speech\]"):
        SpeechListener(Speech(), ("en-US",), (), StandIn(ended))


@pytest.mark.parametrize("languages", [("en-US",), ("en-US", "es-US")])
def test_the_real_sdk_has_what_is_used(languages: tuple[str, ...]) -> None:
    """Where it is installed: it is an extra. Nobody listens at the address: that is told as such."""
    if importlib.util.find_spec("azure.cognitiveservices") is None:
        pytest.skip("the extra `speech` is not installed")
    sdk = importlib.import_module(SDK)
    nobody = Speech.model_validate({"key": "0" * 32, "endpoint": "http://127.0.0.1:9"})

    async def run() -> list[Sound]:
        listener = SpeechListener(nobody, languages, ("billing",), sdk)
        await listener.start()
        listener.feed(bytes(32_000))
        listener.finish()
        async with asyncio.timeout(30):
            sounds = [each async for each in listener.heard()]
        await listener.close()
        return sounds

    assert asyncio.run(run()) == [Broke("the speech service cannot be reached")]
    assert sdk.AutoDetectSourceLanguageResult is not None
    assert {"recognizing", "recognized", "canceled", "session_stopped"} <= set(dir(sdk.SpeechRecognizer))
    assert {"reason", "code"} <= set(dir(sdk.CancellationDetails))
    assert {"text", "offset", "duration", "reason"} <= set(dir(sdk.SpeechRecognitionResult))
