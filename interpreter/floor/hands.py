"""Who performs what the floor orders: one side of the border that adapters stand on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from interpreter.ports import Request
from interpreter.routing.protocol import (
    Aside,
    Event,
    Give,
    HostOrder,
    Join,
    Keyed,
    NotAnswered,
    Order,
    Probe,
    Probed,
    Recording,
    Ring,
    Rung,
    StartRecording,
    Whisper,
)
from interpreter.routing.state import Leg

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the host said to an order: what has happened by that (now, whatever its time says), or, ``after`` being set,
    that it is to be tried again after so many seconds. ``reason``: why it was not, or is not, done."""

    events: tuple[Event, ...] = ()
    after: float | None = None
    reason: str = ""


class Hands(Protocol):
    """Performs the floor's orders. Never raises for what the host answers."""

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        """``leg`` is what is known of the order's leg now; ``None`` when it is no more."""
        ...


Tellers: TypeAlias = Callable[[Give, Request], Awaitable[Outcome]]
"""Tells people something that no call waits to hear."""


async def tell_nobody(order: Give, request: Request) -> Outcome:
    """Nobody is to be told: it is logged."""
    log.warning("%s: %s (nobody is told of it)", order.what, order.to)
    return Outcome()


class NoHands:
    """For a host that knows nothing of other people's legs: nobody can be brought into a call."""

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        """Refuse, in a way that leaves nobody waiting."""
        match order:
            case StartRecording():
                return Outcome((Recording(0.0, order.message, "failed"),), reason="this host records nothing")
            case Ring() | Aside() | Join():
                return Outcome((NotAnswered(0.0, order.leg, "failed"),), reason="this host brings nobody into calls")
            case _:
                return Outcome()


def in_doubt(order: Order) -> tuple[Event, ...]:
    """What is known of an order that was given up: nothing, and certainly not that it was not performed."""
    match order:
        case Ring() | Aside():
            return (Rung(0.0, order.leg),)
        case Probe():
            return (Probed(0.0, order.leg, None),)
        case Whisper() if order.asks:
            return (Keyed(0.0, order.leg, attempt=order.attempt),)
        case _:
            return ()
