"""How much one web socket may send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from interpreter.ports import Clock

LONGEST_FRAME = 65_536
"""Bytes of a frame. One of 20 ms of audio has about 1,000 (640 bytes of sound at 16 kHz, in base64); one of a
transcript has all words of a sentence with their times."""
FRAMES_A_SECOND = 400.0
"""Twice as many as an unmixed stream has at most: 50 a second of four speakers (wire contract, section 8)."""
BURST = 2_000.0
"""Frames that may come at once, behind a stall of some seconds."""
MOST_MALFORMED = 100
"""Frames that could not be read, after which whoever sends them is no service of ours."""
# Whole frames of bounded length, and nothing that unpacks to more than it was.
WEB_SERVER: Mapping[str, Any] = {
    "ws": "websockets-sansio",
    "ws_max_size": LONGEST_FRAME,
    "ws_per_message_deflate": False,
}
"""For ``uvicorn.Config``."""


@dataclass(slots=True)
class Allowance:
    """A token bucket: `FRAMES_A_SECOND` in the long run, `BURST` at once."""

    clock: Clock
    left: float = BURST
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.clock.now()

    def take(self) -> bool:
        """Whether one more frame may come now."""
        now = self.clock.now()
        self.left = min(BURST, self.left + max(0.0, now - self.at) * FRAMES_A_SECOND)
        self.at = now
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True
