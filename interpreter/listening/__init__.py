"""Recognising speech while it comes: sound in pieces goes in, sentences come out.

The port. What is behind it is an adapter (`interpreter.azure.listening`), or whatever a test gives. What a caller is
expected to say (`phrases`) makes the difference between "bill in" and "billing".
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

__all__ = ["Broke", "Heard", "Listener", "Sound"]


@dataclass(frozen=True, slots=True)
class Heard:
    """Words. ``begins`` and ``seconds`` are on the clock of the sound itself. While a sentence is being said it comes
    again and again and may change; it stays when it is ``final``."""

    text: str
    language: str
    begins: float
    seconds: float
    final: bool = True


@dataclass(frozen=True, slots=True)
class Broke:
    """Nothing is heard any more, and why. Never holds what was said."""

    reason: str


Sound: TypeAlias = Heard | Broke


class Listener(Protocol):
    """Hears one speaker: 16-bit samples, little-endian, 16,000 a second, one channel."""

    async def start(self) -> None:
        """Begin. Whatever is wrong is told as `Broke` by `heard`."""
        ...

    def feed(self, pcm: bytes) -> None:
        """The next piece of sound, of any length. Never waits."""
        ...

    def finish(self) -> None:
        """There is no more sound. What was said is still heard to its end."""
        ...

    def heard(self) -> AsyncIterator[Sound]:
        """What is heard, until all of the sound is, or until `Broke`. To be gone through once."""
        ...

    async def close(self) -> None:
        """Let go of the connection, at whatever moment."""
        ...
