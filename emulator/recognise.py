"""One recognition: its prompt, its timers, and the first complete input that ends it."""

from __future__ import annotations

import re
from collections.abc import Callable

from emulator import playback
from emulator.identifiers import Json
from emulator.model import Call, Recognise, Segment
from emulator.results import (
    BETWEEN_DIGITS,
    INITIAL_SILENCE,
    MAX_DIGITS,
    NO_PHRASE,
    NO_SPEECH,
    OK,
    PHRASE_MATCHED,
    PROMPT_FAILED,
    SPEECH_RECOGNISED,
    SPEECH_SERVICE,
    STOP_TONE,
    TONE_MATCHED,
    WRONG_TONE,
    Result,
    of_failure,
)
from emulator.world import World

CONFIDENCE = 0.9


def start(world: World, call: Call, operation: Recognise, ready: tuple[Segment, ...], done: Callable[[], None]) -> None:
    """Play the prompt, if any, then listen; `done` is called once it has ended with its event."""
    operation.started = True
    operation.done = done
    if (failure := world.mischief.failure("recognize")) is not None:
        _end(world, call, operation, "RecognizeFailed", of_failure(failure))
        return
    if not ready:
        _listen(world, call, operation)
        return

    def fault(index: int, _: Result) -> None:
        _end(world, call, operation, "RecognizeFailed", PROMPT_FAILED, {"failedPlaySourceIndex": index})

    if ready[0].fault is None:
        world.emit(call, "PlayStarted", OK, operation.echo)
        _moment(world, call, operation, prompt=True)
    operation.playback = playback.start(
        world,
        ready,
        lambda: call.listeners((operation.target,)),
        call.sounds,
        lambda: _listen(world, call, operation),
        fault,
    )
    if operation.playback.stopped:
        operation.playback = None


def _moment(world: World, call: Call, operation: Recognise, *, prompt: bool) -> None:
    who = call.by_key(operation.target)
    if who is not None and who.phone is not None and not operation.acted:
        operation.acted = world.on_moment(who.phone, "prompt" if prompt else "wait")


def _listen(world: World, call: Call, operation: Recognise) -> None:
    operation.playback = None
    _restart(
        world,
        operation,
        operation.listening.initial_silence,
        lambda: _end(world, call, operation, "RecognizeFailed", INITIAL_SILENCE),
    )
    _moment(world, call, operation, prompt=False)


def _restart(world: World, operation: Recognise, seconds: float, fn: Callable[[], None]) -> None:
    if operation.timer is not None:
        operation.timer.cancel()
    operation.timer = world.clock.call_later(seconds, fn)


def _heed(world: World, operation: Recognise) -> bool:
    """Whether input counts now. During a prompt it does with barge-in alone, and then stops the prompt."""
    if operation.playback is not None:
        if not operation.listening.barge_in:
            return False
        playback.stop(world, operation.playback)
        operation.playback = None
    return True


def tone(world: World, call: Call, operation: Recognise, name: str) -> None:
    """A key was pressed."""
    listening = operation.listening
    if not listening.keys or operation.speech is not None or not _heed(world, operation):
        return
    if listening.by_choice:
        choice = next((one for one in listening.choices if one.tone == name), None)
        if choice is None:
            _end(world, call, operation, "RecognizeFailed", WRONG_TONE)
        else:
            _end(world, call, operation, "RecognizeCompleted", TONE_MATCHED, _choice({"label": choice.label}))
        return
    operation.tones.append(name)
    if name in listening.stop_tones:
        if not world.config.stop_tone_in_result:
            operation.tones.pop()
        _tones(world, call, operation, STOP_TONE)
    elif listening.max_tones is not None and len(operation.tones) >= listening.max_tones:
        _tones(world, call, operation, MAX_DIGITS)
    else:
        _restart(world, operation, listening.between_tones, lambda: _tones(world, call, operation, BETWEEN_DIGITS))


def _tones(world: World, call: Call, operation: Recognise, result: Result) -> None:
    if result is BETWEEN_DIGITS and world.config.inter_digit_outcome == "failed":
        _end(world, call, operation, "RecognizeFailed", result)
        return
    extra: Json = {"recognitionType": "dtmf", "dtmfResult": {"tones": list(operation.tones)}}
    _end(world, call, operation, "RecognizeCompleted", result, extra)


def speech(world: World, call: Call, operation: Recognise, words: str) -> None:
    """Something was said. In `speechOrDtmf` the first kind of input wins, so speech after a key is not heard."""
    if not operation.listening.speech or operation.tones or not _heed(world, operation):
        return
    operation.speech = f"{operation.speech or ''} {words}".strip()
    _restart(world, operation, operation.listening.end_silence, lambda: _spoken(world, call, operation))


def fail_speech(world: World, call: Call, operation: Recognise) -> None:
    """The speech service breaks, whatever was said. Keys alone need none."""
    if operation.listening.speech and operation.playback is None:
        _end(world, call, operation, "RecognizeFailed", SPEECH_SERVICE)


def _spoken(world: World, call: Call, operation: Recognise) -> None:
    words = operation.speech or ""
    if not words:
        _end(world, call, operation, "RecognizeFailed", NO_SPEECH)
    elif operation.listening.by_choice:
        _spoken_choice(world, call, operation, words)
    else:
        extra: Json = {"recognitionType": "speech", "speechResult": {"speech": words, "confidence": CONFIDENCE}}
        _end(world, call, operation, "RecognizeCompleted", SPEECH_RECOGNISED, extra)


def _spoken_choice(world: World, call: Call, operation: Recognise, words: str) -> None:
    said = _plain(words)
    for choice in operation.listening.choices:
        for phrase in choice.phrases:
            if _plain(phrase) == said:
                picked = {"label": choice.label, "recognizedPhrase": phrase.lower(), "confidence": CONFIDENCE}
                _end(world, call, operation, "RecognizeCompleted", PHRASE_MATCHED, _choice(picked))
                return
    _end(world, call, operation, "RecognizeFailed", NO_PHRASE)


def _choice(picked: Json) -> Json:
    return {"recognitionType": "choices", "choiceResult": picked}


def _plain(words: str) -> str:
    """Words without case and punctuation."""
    return " ".join(re.sub(r"[^\w\s]", "", words.casefold()).split())


def _end(world: World, call: Call, operation: Recognise, name: str, result: Result, extra: Json | None = None) -> None:
    if operation.timer is not None:
        operation.timer.cancel()
    world.emit(call, name, result, operation.echo, extra)
    operation.done()
