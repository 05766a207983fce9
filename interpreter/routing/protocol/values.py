"""What events and effects of the floor are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Strategy: TypeAlias = Literal["longest idle", "fewest calls", "most skilled", "fixed order", "ring all"]
Skills: TypeAlias = tuple[tuple[str, int], ...]
"""Skills with their levels, each once."""
Kind: TypeAlias = Literal["agent", "teams_user", "number", "acs_user"]
"""What sort of identity somebody has: it decides how the host is asked for them."""
Readiness: TypeAlias = Literal["available", "not ready", "offline"]
Why: TypeAlias = Literal["declined", "busy", "no answer", "not allowed", "invalid", "failed", "cancelled"]
"""Why a leg came to nothing. ``cancelled``: the host has stopped ringing by itself, as it does when the call ends."""


@dataclass(frozen=True, slots=True)
class QueueRules:
    """How a queue offers its callers. ``ring``, ``wrap_up`` and ``service`` are seconds; ``service`` is the time within
    which a caller should be answered. ``whisper`` is what an agent hears before the caller is joined, if anything."""

    name: str
    strategy: Strategy = "longest idle"
    ring: float = 20.0
    wrap_up: float = 0.0
    service: float = 20.0
    whisper: str = ""
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class Serves:
    """A queue of an agent's routing profile. A smaller ``priority`` is served first, whoever waits elsewhere; callers
    come to this agent only when they have waited ``delay`` seconds."""

    queue: str
    priority: int = 1
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be brought into a call: ``address`` is the host's raw id, which it also reports."""

    address: str
    kind: Kind = "agent"


class Objection(NamedTuple):
    """Why somebody is not rung: the outcome for whoever asks, and the reason in words."""

    outcome: Literal["not allowed", "declined"]
    reason: str
