"""A whole call on a virtual clock. `host` plays the telephone service, `world` what the site's data and memory answer,
`call` the people."""

from interpreter.simulate.call import KEY_GAP, Simulation, heard
from interpreter.simulate.host import RINGS, Faults
from interpreter.simulate.people import CENTER, TransferEnd
from interpreter.simulate.transcript import AUDIO, WORD, Line, prompt_seconds
from interpreter.simulate.world import GIVEN_VERBS, SILENT, Given, Memory, World

__all__ = [
    "AUDIO",
    "CENTER",
    "GIVEN_VERBS",
    "KEY_GAP",
    "RINGS",
    "SILENT",
    "WORD",
    "Faults",
    "Given",
    "Line",
    "Memory",
    "Simulation",
    "TransferEnd",
    "World",
    "heard",
    "prompt_seconds",
]
