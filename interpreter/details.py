"""Call detail records: one of every call that has ended, and one of every leg. Rows of the store, and JSON lines.

The record of a leg is kept by the floor. That of a call follows from what the store has of it anyway (its row, its
journal, its actions), so it is made when somebody asks, and is as old or as new as the call. Of what callers have said,
pressed or entered there is nothing in either.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from interpreter.journal import CALLS, PROTOCOL, JournalError
from interpreter.protocol import ActionRefused, Connected, Reported, Request, Withdraw
from interpreter.store import CallRow, Store
from interpreter.store.floor_log import DetailRow
from interpreter.store.reading import EndedCall
from interpreter.telemetry import masked

log = logging.getLogger(__name__)

Of: TypeAlias = Literal["all", "call", "leg"]
"""Which records."""
TOGETHER = 64
"""Calls whose journals are read at a time."""
_TELLING = tuple(f'{{"$":"{each.__name__}"' for each in (Connected, Reported, ActionRefused, Request, Withdraw))
"""How the texts begin that say something of a call's way through queues: the others need not be decoded."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which records are asked for: those of calls and legs that were over at ``since`` or later and before ``before``
    (epoch seconds), at most ``limit``, of one ``call`` or of all. ``whole_numbers``: callers' numbers are not
    masked."""

    since: float = 0.0
    before: float = math.inf
    call: str = ""
    of: Of = "all"
    limit: int = 2**31
    whole_numbers: bool = False


@dataclass(slots=True)
class Stay:
    """A stay in a queue, from ``entered`` (epoch seconds) on. ``outcome``: `answered`; `abandoned`, by hanging up;
    `left`, by a key or because the script does not wait for longer; or why the queue did not take or keep the caller.
    Seconds."""

    queue: str
    entered: float
    outcome: str = ""
    waited: float = 0.0
    talked: float = 0.0


def of_call(past: EndedCall, *, whole_numbers: bool = False) -> dict[str, Any]:
    """What is told of a call. Times are epoch seconds. Raises `JournalError` for one that was written by a newer
    version."""
    row, moments = past.row, sorted(_moments(past), key=lambda moment: moment[0])
    call = CALLS.decode(row.state) if row.state else None
    known = stays(moments, row.updated)
    return {
        "kind": "call",
        "call": row.id,
        "caller": row.caller if whole_numbers else masked(row.caller),
        "called": row.called,
        "script": past.script,
        "version": row.script[:12],
        "began": row.began,
        "answered": next((at for at, what in moments if isinstance(what, Connected)), None),
        "ended": row.updated,
        "seconds": round(row.updated - row.began, 3),
        # A call that could not be stepped any more has no end of its own.
        "ending": (call.ending if call is not None else None) or "failed",
        "result": call.result if call is not None else "",
        "block": call.block if call is not None else "",
        "language": call.language if call is not None else "",
        "sentiment": call.heard_sentiment if call is not None else "",
        "topic": call.heard_topic if call is not None else "",
        "waited": round(sum(stay.waited for stay in known), 3),
        "talked": round(sum(stay.talked for stay in known), 3),
        "queues": [asdict(stay) for stay in known],
    }


def stays(moments: Iterable[tuple[float, object]], ended: float) -> tuple[Stay, ...]:
    """The stays of a call in queues, from what was asked for and what happened, in order."""
    found: dict[str, Stay] = {}
    talks: dict[str, float] = {}

    def over(op: str, outcome: str, at: float) -> None:
        stay = found.get(op)
        if stay is not None and not stay.outcome:
            stay.outcome = "answered" if op in talks else outcome
            stay.waited = round(talks.get(op, at) - stay.entered, 3)
            stay.talked = round(at - talks[op], 3) if op in talks else 0.0

    for at, what in moments:
        match what:
            case Request(verb="queue"):
                found[what.op] = Stay(what.name, at)
            case Withdraw():
                over(what.request, "abandoned" if what.hung_up else "left", at)
            case Reported(outcome="connected") if what.op in found:
                talks.setdefault(what.op, at)
            case Reported() if what.outcome != "position":
                over(what.op, what.outcome, at)
            case ActionRefused():
                over(what.op, "failed", at)
            case _:
                pass
    for op in found:
        over(op, "failed", ended)
    return tuple(found.values())


def _moments(past: EndedCall) -> Iterator[tuple[float, object]]:
    """What was asked for and what happened, each with its time; what was asked for comes first where that is equal."""
    for at, text in past.actions:
        if text.startswith(_TELLING):
            yield at, PROTOCOL.decode(text)
    for text in past.events:
        if text.startswith(_TELLING):
            event = PROTOCOL.decode(text)
            assert isinstance(event, Connected | Reported | ActionRefused)
            yield event.at, event


def of_leg(row: DetailRow) -> dict[str, Any]:
    """What is told of a leg."""
    told: dict[str, Any] = json.loads(row.text)
    return told


def in_order(legs: Iterable[DetailRow], calls: Iterable[EndedCall], window: Window) -> list[dict[str, Any]]:
    """Records, the oldest first. A call that cannot be read is told in the log, and is no reason to tell nothing of
    others."""
    found = [(row.at, of_leg(row)) for row in legs]
    for past in calls:
        try:
            found.append((past.row.updated, of_call(past, whole_numbers=window.whole_numbers)))
        except JournalError as error:
            log.error("the record of call %s cannot be made: %s", past.row.id, error)
    return [each for _, each in sorted(found, key=lambda pair: pair[0])[: window.limit]]


def lines(records: Iterable[dict[str, Any]]) -> str:
    """Records as lines of JSON."""
    return "".join(f"{json.dumps(each)}\n" for each in records)


async def records(store: Store, window: Window) -> list[dict[str, Any]]:
    """The records of a window, the oldest first. Raises `StoreUnavailable`."""
    legs: tuple[DetailRow, ...] = ()
    calls: list[EndedCall] = []
    if window.of != "call":
        legs = await store.floor.details(window.since, window.limit, window.before, window.call)
    if window.of != "leg":
        rows = await _ended(store, window)
        for first in range(0, len(rows), TOGETHER):
            # Not all at once: calls that go on wait for the same store.
            calls += await asyncio.gather(*(_past(store, row) for row in rows[first : first + TOGETHER]))
    return in_order(legs, calls, window)


async def _ended(store: Store, window: Window) -> list[CallRow]:
    if window.call:
        found = (await store.load([window.call])).get(window.call)
        rows: Sequence[CallRow] = [found.call] if found is not None and found.call.status == "ended" else []
    else:
        rows = await store.ended(window.since, window.limit)
    return [row for row in rows if window.since <= row.updated < window.before]


async def _past(store: Store, row: CallRow) -> EndedCall:
    script, actions, events = await asyncio.gather(
        store.script(row.script), store.outbox(row.id), store.journal(row.id)
    )
    name = script.name if script is not None else ""
    asked = tuple((each.first_sent, each.action) for each in actions)
    return EndedCall(row, name, asked, tuple(each.event for each in events))


def epoch(text: str) -> float:
    """A time as people and tools write it, as epoch seconds: those themselves, or ISO 8601, in UTC where it does not
    say in which zone. Raises `ValueError`."""
    try:
        seconds = float(text)
    except ValueError:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
    if not math.isfinite(seconds):
        raise ValueError("no time")
    return seconds
