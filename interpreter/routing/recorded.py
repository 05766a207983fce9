"""What is known of a message that a caller leaves; what becomes of it is in `messages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Message:
    """A message that is recorded, or was. ``step`` numbers what the caller is asked; ``begun`` is the time of the tone.
    ``deaf``: there is no speech service."""

    name: str
    call: str
    entry: str
    block: str
    up_to: float
    quiet: float
    stop: str
    transcribe: bool
    review: str
    told: str
    language: str
    caller: str
    at: float
    state: Literal["starting", "recording", "review", "kept"] = "starting"
    recording: str = ""
    step: int = 0
    begun: float = 0.0
    length: float = 0.0
    text: str = ""
    again: int = 0
    deaf: bool = False
    address: str = ""
    fetches: int = 0
