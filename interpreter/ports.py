"""What the engine asks of the world, as plain protocols: a host that performs actions, and a clock.

The engine decides nothing about telephony and the adapters decide nothing about calls; these few types are all that
they say to each other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from interpreter.protocol import Event, HostAction


class Clock(Protocol):
    """Where the time comes from: the system's in production, a variable in tests."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        return time.time()


@dataclass(frozen=True, slots=True)
class Line:
    """One call as the host knows it.

    ``call_id`` is ours and part of the callback address; ``connection_id`` is the host's and empty until it has
    answered; ``incoming_context`` is the opaque ticket with which a ringing call is answered or rejected.
    """

    call_id: str
    shard: int
    connection_id: str
    incoming_context: str
    caller: str
    called: str


@dataclass(frozen=True, slots=True)
class Request:
    """Identity of a request across repetitions, for the host's own duplicate detection.

    ``request_id`` is a UUID and ``first_sent`` the time (epoch seconds) of the first try: both stay the same on every
    repetition, as the OASIS Repeatable Requests headers want it. ``attempt`` counts from 1.
    """

    request_id: str
    first_sent: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Performed:
    """The host accepted the request. ``connection_id`` is set when it names the call's connection (answer), or that by
    which somebody is rung (dial). ``reports`` is what the host would have reported later, where it is known at once and
    no report comes; its time is the engine's."""

    connection_id: str = ""
    reports: Event | None = None


@dataclass(frozen=True, slots=True)
class TryLater:
    """The host is throttled, unreachable or broken for now. ``after`` seconds is its own wish, ``0.0`` for none."""

    after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The host will not do it; repeating does not help. ``gone``: the call itself does not exist any more."""

    status: int
    code: str
    reason: str
    gone: bool = False


Performance: TypeAlias = Performed | TryLater | Refused


class Host(Protocol):
    """Performs one action on one call. Never raises for what the service answers; programming errors do raise."""

    async def perform(self, line: Line, action: HostAction, request: Request) -> Performance: ...

    async def close(self) -> None: ...
