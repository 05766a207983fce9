"""The host's recogniser: what a key or a sentence does to the question that is being asked.

The definition of time is that of the scenarios: the first-input timer starts when the prompt ends or is interrupted
without complete input; the between-digits timer starts after each digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from interpreter.protocol import SECRET_MARK, ActionFailed, Event, Play, Recognize, Recognized
from interpreter.simulate.transcript import Line


@dataclass(slots=True)
class Media:
    """The prompt or question that the host is busy with. ``lines`` are those of the transcript, with their own ends.
    ``number`` counts the inputs: what was planned before the last one does not hold any more."""

    effect: Play | Recognize
    started: float
    ends: float
    lines: list[Line]
    tones: str = ""
    number: int = 0

    @property
    def listens(self) -> bool:
        return isinstance(self.effect, Recognize)

    @property
    def is_secret(self) -> bool:
        """Whether what is entered now is nobody's business."""
        return self.effect.op.endswith(SECRET_MARK)

    def hears_speech(self) -> bool:
        return isinstance(self.effect, Recognize) and self.effect.kind != "tones"


def silence(effect: Recognize, since: float) -> ActionFailed:
    """No input in time."""
    return ActionFailed(since + effect.first, effect.op, 400, 8510, "initial silence")


def key(media: Media, effect: Recognize, pressed: str, now: float) -> Event:
    """What comes of a key: the end of the question, or the time-out behind it (``at`` is later than ``now``)."""
    match effect.kind:
        case "choices":
            found = next((choice for choice in effect.choices if choice.tone == pressed), None)
            if found is None:
                return ActionFailed(now, effect.op, 500, 8534, "incorrect tone")
            return Recognized(now, effect.op, 200, 8533, label=found.label)
        case "tones":
            return _digit(media, effect, pressed, now)
        case "speech_or_tones" if effect.max_tones > 1:
            return _digit(media, effect, pressed, now)
        case "speech_or_tones":
            return Recognized(now, effect.op, 200, 8531, tones=pressed)
        case _:
            assert_never(effect.kind)


def _digit(media: Media, effect: Recognize, pressed: str, now: float) -> Event:
    if pressed in effect.stop_tones:
        return Recognized(now, effect.op, 200, 8514, tones=media.tones)
    media.tones += pressed
    if len(media.tones) >= effect.max_tones:
        return Recognized(now, effect.op, 200, 8531, tones=media.tones)
    media.number += 1
    return Recognized(now + effect.between, effect.op, 400, 8532, tones=media.tones)


def spoken(effect: Recognize, text: str, now: float) -> Event:
    """What comes of a sentence."""
    if effect.kind == "speech_or_tones":
        return Recognized(now, effect.op, 200, 8569, speech=text)
    said = _words(text)
    for choice in effect.choices:
        if any(_words(phrase) == said for phrase in choice.phrases):
            return Recognized(now, effect.op, 200, 8545, label=choice.label)
    return ActionFailed(now, effect.op, 400, 8547, "no option matched")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
