"""Whether a pause of a recording has held, from three witnesses: our own requests and the host's reports of the
recording's state (by our clock), the pauses that the host writes beside the file (by its clock), and the length of the
file itself.

The file has the time in which it was recorded, and no other. So the host's pauses and the length say when it was
recorded, and no such stretch may lie in a time that was confirmed to be a pause.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

TOLERANCE = 0.5
"""Seconds by which our clock and the host's may differ. How long a report takes to us is on the safe side: a pause
begins before we hear of it, and ends after we have asked for that."""

Said: TypeAlias = Literal["pause", "go on", "active", "inactive"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something was asked of the host (``pause``; ``go on`` stands for resume, start and stop), or it reported a state.
    Epoch seconds."""

    at: float
    said: Said


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause as we know it: asked for, confirmed by the host, and called off. ``confirmed`` is ``None`` for one that
    never was, ``until`` for one that lasted to the end of the recording. Epoch seconds."""

    asked: float
    confirmed: float | None = None
    until: float | None = None


def pauses_of(moments: Iterable[Moment]) -> tuple[Pause, ...]:
    """The pauses of a recording, from what was asked and reported. At equal times what was asked for comes first."""
    found: list[Pause] = []
    open_pause: Pause | None = None
    for moment in sorted(moments, key=lambda each: (each.at, each.said in ("active", "inactive"))):
        match moment.said:
            case "pause" if open_pause is None:
                open_pause = Pause(moment.at)
            case "inactive" if open_pause is not None and open_pause.confirmed is None:
                open_pause = Pause(open_pause.asked, moment.at)
            case "go on" if open_pause is not None:
                found.append(Pause(open_pause.asked, open_pause.confirmed, moment.at))
                open_pause = None
            case _:
                pass
    return (*found, *((open_pause,) if open_pause is not None else ()))


def stretches(started: float, seconds: float, pauses: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """When it was recorded: a file of so many seconds that begins at ``started``, with the host's pauses in between,
    each from a time on and so many seconds long. Epoch seconds."""
    found: list[tuple[float, float]] = []
    at, left = started, seconds
    for begins, lasts in sorted(pauses):
        length = min(max(begins - at, 0.0), left)
        if length > 0:
            found.append((at, at + length))
            left -= length
        at = max(at, begins + lasts)
    if left > 0:
        found.append((at, at + left))
    return tuple(found)


def held(pauses: Iterable[Pause], recorded: Sequence[tuple[float, float]]) -> bool | None:
    """Whether nothing was recorded in any time that was confirmed to be a pause. ``None`` where that cannot be told:
    there was no such time, or it was too short for two clocks."""
    told: bool | None = None
    unsure = False
    for pause in pauses:
        if pause.confirmed is None:
            continue
        begin, end = pause.confirmed + TOLERANCE, (pause.until or math.inf) - TOLERANCE
        if any(max(start, begin) < min(stop, end) for start, stop in recorded):
            return False
        unsure = unsure or end <= begin
        told = True
    return None if unsure else told
