"""What the host allows for timers, and how long it waits where a script says nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """From ``least`` to ``most`` seconds. ``whole``: the host counts whole seconds."""

    what: str
    least: int
    most: int
    whole: bool = True


# https://learn.microsoft.com/azure/communication-services/concepts/call-automation/recognize-action and the service's
# REST model: initialSilenceTimeoutInSeconds 0 to 300 (20 with speech), interToneTimeoutInSeconds 1 to 60; transfers are
# given up after 60 s (service limits). A first wait of 0 s would hear nobody, so it starts at 1 s here.
KEYS_FIRST = Limit("first within", 1, 300)
SPEECH_FIRST = Limit("first within", 1, 20)
BETWEEN_DIGITS = Limit("between", 1, 60)
RING = Limit("ring", 5, 60, whole=False)

FIRST_DEFAULT, BETWEEN_DEFAULT = 5.0, 3.0
"""Seconds where a script gives no timer."""
