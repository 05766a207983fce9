"""Whether somebody speaks: voice activity by loudness, for barge-in.

Twenty milliseconds of sound at a time. A frame is loud when its mean amplitude is well above the noise that this line
has had lately; a voice is there when most of the last frames were loud, and gone after half a second without one. That
tells speech from silence and from steady noise (a fan, a car), not from other sounds as loud and as long as a word: a
cough, a door, music. For interrupting a sentence that may be interrupted this is enough, and it costs microseconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

EVERY = 4
"""Of so many samples one is looked at: for loudness the pitch does not matter."""
LEAST = 300.0
"""Mean amplitude below which nothing is a voice, of 32,768: about -40 dB of full scale."""
ABOVE = 3.0
"""How much louder than the noise a voice is: about 10 dB."""
WINDOW, LOUD = 10, 7
"""Of the last ten frames (200 ms) seven have to be loud: a click is shorter."""
GONE = 25
"""Frames without a loud one after which the voice is gone (500 ms)."""
FASTER, SLOWER = 0.2, 0.002
"""How quickly the idea of the noise follows what is more silent than it, and what is louder."""


def loudness(pcm: bytes) -> float:
    """Mean amplitude of 16-bit samples in the machine's order, which is the service's (little-endian)."""
    samples = memoryview(pcm).cast("h")[::EVERY]
    return sum(map(abs, samples)) / len(samples) if len(samples) else 0.0


@dataclass(slots=True)
class Voice:
    """One speaker."""

    noise: float = LEAST / ABOVE
    speaks: bool = False
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _loud: int = 0
    _silent: int = 0

    def hear(self, level: float) -> bool:
        """The loudness of the next frame. Whether somebody begins to speak with it."""
        loud = level > max(LEAST, self.noise * ABOVE)
        if len(self._recent) == WINDOW:
            self._loud -= self._recent[0]
        self._recent.append(loud)
        self._loud += loud
        self.noise += (level - self.noise) * (FASTER if level < self.noise else SLOWER)
        self._silent = 0 if loud else self._silent + 1
        if self.speaks:
            self.speaks = self._silent < GONE
            return False
        self.speaks = self._loud >= LOUD
        return self.speaks
