"""A whole call on a virtual clock. `call` plays the telephone service, `world` everything else that is asked."""

from interpreter.simulate.call import (
    AUDIO,
    CENTER,
    KEY_GAP,
    RINGS,
    WORD,
    Line,
    Simulation,
    TransferEnd,
    heard,
    prompt_seconds,
)
from interpreter.simulate.world import GIVEN_VERBS, SILENT, Given, Memory, World

__all__ = [
    "AUDIO",
    "CENTER",
    "GIVEN_VERBS",
    "KEY_GAP",
    "RINGS",
    "SILENT",
    "WORD",
    "Given",
    "Line",
    "Memory",
    "Simulation",
    "TransferEnd",
    "World",
    "heard",
    "prompt_seconds",
]
