"""What has become of a call that the site makes: its attempts, read from what the store has of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from interpreter.journal import PROTOCOL
from interpreter.protocol import ActionRefused, CallStarted, Connected, HangUp, LineEnded, Reported, Request
from interpreter.store import JournalRow, OutboxRow, TimerRow

AttemptState = Literal["asked", "ringing", "later", "answered", "no answer", "busy", "invalid", "failed"]


class Attempt(BaseModel):
    """An attempt to reach somebody."""

    at: float
    state: AttemptState = Field(description="`later`: not at this hour. `asked`: nothing is known of it yet.")
    reason: str = Field(description="Why it came to nothing, for a person.")


class OutboundView(BaseModel):
    """A call that the site makes. ``next_attempt``: when it is tried (again), where it waits for that."""

    attempts: list[Attempt]
    next_attempt: float | None


def outbound_view(
    journal: Sequence[JournalRow], outbox: Sequence[OutboxRow], timers: Sequence[TimerRow]
) -> OutboundView | None:
    """What has become of it; ``None`` for a call that came in. Raises `JournalError`."""
    events = [PROTOCOL.decode(row.event) for row in journal]
    if not events or not isinstance(events[0], CallStarted):
        return None
    found: dict[str, Attempt] = {}
    cut: set[str] = set()
    for row in outbox:
        action = PROTOCOL.decode(row.action)
        if isinstance(action, HangUp):
            cut.add(action.connection)
        elif isinstance(action, Request) and action.verb == "dial":
            found[row.op] = Attempt(at=row.first_sent, state="asked", reason=row.error)
    for event in events:
        attempt = found.get(getattr(event, "op", ""))
        if attempt is None:
            continue
        match event:
            case Reported(outcome="ringing") if attempt.state == "asked":
                attempt.state = "ringing"
            case Reported(outcome="later" | "invalid" as outcome):
                attempt.state, attempt.reason = outcome, event.reason
            case Connected():
                attempt.state = "answered"
            case LineEnded(connection=connection) if attempt.state == "ringing" and connection in cut:
                attempt.state, attempt.reason = "no answer", "it was rung no longer"
            case LineEnded() if attempt.state in ("asked", "ringing"):
                attempt.state, attempt.reason = event.why, f"{event.code}/{event.sub_code} {event.reason}".strip()
            case ActionRefused():
                attempt.state, attempt.reason = "failed", f"{event.status} {event.code} {event.reason}".strip()
            case _:
                pass
    waits = [timer.due for timer in timers if timer.name in ("again", "start")]
    return OutboundView(attempts=list(found.values()), next_attempt=min(waits, default=None))
