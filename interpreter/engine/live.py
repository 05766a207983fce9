"""A call as the engine holds it, and what it remembers of the events that came in."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeAlias

from interpreter.engine.ports import C, P
from interpreter.protocol import Event, HostAction
from interpreter.store import CallRow, OutboxRow, TimerRow

Incoming: TypeAlias = tuple[str, str, Event]
"""An event from the host: its id (empty when it has none), the host's connection id (empty when unknown), the event."""

FINGERPRINT = 8
REMEMBERED = 64
"""How many event ids a call remembers. A repetition that comes later than that is still fenced by the machine, which
awaits one operation at a time."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An action that waits in the outbox, with its decoded form."""

    row: OutboxRow
    action: HostAction


@dataclass(slots=True)
class LiveCall(Generic[P, C]):
    """A call as the engine holds it: what is in the store, decoded. ``broken`` says why it cannot be stepped."""

    row: CallRow
    program: P | None
    state: C | None
    timers: dict[str, TimerRow]
    waiting: tuple[Waiting, ...]
    broken: str = ""


def fingerprint(event_id: str) -> bytes:
    return blake2b(event_id.encode("utf-8", "surrogatepass"), digest_size=FINGERPRINT).digest()


def is_seen(seen: bytes, mark: bytes) -> bool:
    at = seen.find(mark)
    while at > 0 and at % FINGERPRINT:
        at = seen.find(mark, at + 1)
    return at >= 0


def storable(text: str) -> str:
    """Text from outside as every store can keep it: JSON may carry halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
