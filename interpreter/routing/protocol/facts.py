"""What has come to its end on the floor, for whoever counts. A fact changes nothing, and is no order.

The words are those of the field: a caller is *offered* to a queue, *answered* or *abandoned*; an *offer* rings an
agent for a caller; handling is talk and wrap-up. Every beginning has one end: the callers who came are those who have
gone and those who wait. Durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Gone: TypeAlias = Literal["answered", "abandoned", "abandoned short", "left", "full", "no agents"]
"""``abandoned``: hung up while waiting; ``abandoned short``: so soon that it was no real call. ``left``: by a key, or
because the script does not wait any longer."""
Offered: TypeAlias = Literal["accepted", "declined", "expired", "busy", "revoked", "failed"]
"""What has become of ringing somebody. ``expired``: the field's ring no answer. ``revoked``: not wanted any more."""
Promised: TypeAlias = Literal[
    "scheduled", "invalid number", "already scheduled", "not available", "kept", "not reached", "closed", "withdrawn"
]
"""Of a promise to call back: whether it was made; and what has become of one that was. ``closed``: there is no more
time for it."""


@dataclass(frozen=True, slots=True)
class CallerCame:
    """A caller has come into a queue, or to one that is full or without staff. Who comes back has come twice."""

    queue: str


@dataclass(frozen=True, slots=True)
class CallerGone:
    """A caller waits no more. ``waited`` is counted from the arrival, ``in_time`` by the queue's service time."""

    queue: str
    outcome: Gone
    waited: float
    in_time: bool


@dataclass(frozen=True, slots=True)
class OfferOver:
    """An agent was rung for a caller, or for a promise to call back."""

    queue: str
    outcome: Offered
    rang: float


@dataclass(frozen=True, slots=True)
class TalkOver:
    """An agent of a queue has talked with a caller, or with a customer who was called back."""

    queue: str
    seconds: float


@dataclass(frozen=True, slots=True)
class WrapUpOver:
    """An agent is done with what is to be done after a talk."""

    queue: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SetAside:
    """No calls are offered to an agent any more who has not asked for that. ``missed``: let one ring; ``unreachable``:
    could not be rung several times in a row; ``lost``: nobody knows whether they are in a call; ``silent``: their
    desktop gives no sign of life."""

    why: Literal["missed", "unreachable", "lost", "silent"]


@dataclass(frozen=True, slots=True)
class CallbackIs:
    """A promise to call back was made, refused, kept or broken. ``in_time``: kept, counted from the caller's arrival,
    within the queue's service time."""

    queue: str
    outcome: Promised
    in_time: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRung:
    """An attempt to call a customer back."""

    queue: str
    outcome: Offered


@dataclass(frozen=True, slots=True)
class MessageOver:
    """A caller was asked for a message. ``withdrawn``: the script has gone on before its end."""

    outcome: Literal["saved", "empty", "failed", "withdrawn"]


@dataclass(frozen=True, slots=True)
class FileOver:
    """The file of a message has come, is late, or has not come at all. One that is late comes or is lost after that."""

    outcome: Literal["stored", "late", "lost"]


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A caller was to be handed over: by the script to somebody who accepts by a key, or by an agent, who has talked
    with the other one first (``warm``) or not (``blind``)."""

    kind: Literal["script", "warm", "blind"]
    outcome: Offered


@dataclass(frozen=True, slots=True)
class Consulted:
    """Somebody was asked into a call by its script or by its agent."""

    by: Literal["script", "agent"]
    outcome: Offered


Fact: TypeAlias = (
    CallerCame | CallerGone | OfferOver | TalkOver | WrapUpOver | SetAside | CallbackIs | CustomerRung
    | MessageOver | FileOver | HandedOver | Consulted
)  # fmt: skip
