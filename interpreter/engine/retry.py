"""How long and how often an action is tried."""

from __future__ import annotations

import zlib
from typing import assert_never

from interpreter.protocol import (
    Answer,
    CancelMedia,
    HangUp,
    HostAction,
    Play,
    Recognize,
    Reject,
    Request,
    StartTones,
    StopTones,
    Transfer,
    Withdraw,
)

REACHING = 300.0
"""How long we try to have the host call somebody: nobody hears us wait."""

RING = 30.0
"""An incoming call rings for 30 seconds (wire contract, section 0, fact 5); later nobody is there to be answered."""

SILENCE = 10.0
"""What a caller is left to wait in silence for a prompt before the script is told that it failed."""

PERSISTENCE = 900.0
"""How long we try to end a call: nobody else will."""

FIRST_DELAY = 0.25
LONGEST_DELAY = 8.0


def patience(action: HostAction) -> float:
    """Seconds after which an action that does not get through is given up."""
    match action:
        case Answer() | Reject():
            return RING
        case Request(verb="dial"):
            return REACHING
        case Play() | Recognize() | StartTones() | StopTones() | CancelMedia() | Transfer() | Request() | Withdraw():
            return SILENCE
        case HangUp():
            return PERSISTENCE
        case _:
            assert_never(action)


def delay(rid: str, attempt: int, after: float) -> float:
    """Seconds to wait after the failed try number ``attempt``: doubling, spread over half of it, and never less than
    the host's own wish ``after``.

    The spread comes from the request's id, not from chance: it parts the calls that failed together, and a run can be
    repeated exactly.
    """
    longest = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempt - 1, 16))
    spread = zlib.crc32(f"{rid}/{attempt}".encode()) / 2**32
    return max(after, longest * (0.5 + 0.5 * spread))
