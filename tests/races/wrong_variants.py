"""The wrong variants of the offer machine, each as a patch of the right one: the race has to notice them.

They are those that were measured on another engine, with rows and locks. Where this one has no rows to lock, the
nearest thing stands for it: a worker that decides on what it knows itself, before the log has said what is the case.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import PropertyMock, patch

from race_rig import Race

from interpreter.floor import ledger
from interpreter.routing import floor as floor_module
from interpreter.routing import legs, moving
from interpreter.routing.protocol import Due, StopRinging
from interpreter.routing.state import Floor, Leg
from interpreter.store.sqlite_floor import SqliteFloorLog

Variant = Callable[[], AbstractContextManager[None]]


@contextmanager
def freed_when_it_has_rung_long_enough() -> Iterator[None]:
    """The obvious one: agent and caller are free when the ring time is over, and ringing is stopped meanwhile."""

    def ring_due(floor: Floor, name: str, at: float) -> None:
        leg = floor.legs.get(name)
        if leg is not None and leg.state == "ringing":
            floor.done.append(StopRinging(leg.name, leg.call))
            leg.why = "declined"  # and is offered the next caller at once
            moving.over(floor, leg, at)

    with patch.object(legs, "ring_due", ring_due):
        yield


@contextmanager
def freed_when_nothing_is_confirmed() -> Iterator[None]:
    """Nothing was heard of the end of ringing: then it will have ended."""

    def confirm_due(floor: Floor, name: str, at: float) -> None:
        leg = floor.legs.get(name)
        if leg is not None and leg.state in ("stopping", "removing"):
            leg.why = "declined"
            moving.over(floor, leg, at)

    def stop(floor: Floor, leg: Leg, at: float, why: Any) -> None:
        leg.state, leg.why = "stopping", leg.why or why
        floor.clear(f"ring:{leg.name}")
        floor.done.append(StopRinging(leg.name, leg.call))
        floor.timer(f"confirm:{leg.name}", at + moving.CONFIRM)

    with patch.object(legs, "confirm_due", confirm_due), patch.object(moving, "stop", stop):
        yield


@contextmanager
def another_request_id_every_time() -> Iterator[None]:
    """The host cannot recognise a request that comes again."""
    new = PropertyMock(side_effect=lambda: str(uuid.uuid4()))
    with patch.object(ledger.Pending, "request_id", new):
        yield


@contextmanager
def late_answers_are_taken_as_they_come() -> Iterator[None]:
    """Nobody asks whether somebody still waits for this leg."""
    with patch.object(legs, "_is_wanted", lambda floor, leg: True):
        yield


@contextmanager
def orders_of_one_call_overtake_each_other() -> Iterator[None]:
    """Each order has a lane of its own."""
    add = ledger.Ledger._add

    def alone(self: ledger.Ledger, name: str, order: Any, row: Any) -> ledger.Pending:
        pending = add(self, name, order, row)
        lane = self.lanes[pending.lane]
        lane.remove(name)
        if not lane:
            del self.lanes[pending.lane]
        own = ledger.Pending(name, f"{pending.lane} {name}", order, row.at, row.by)
        self.pending[name] = own
        self.lanes.setdefault(own.lane, type(lane)()).append(name)
        return own

    with patch.object(ledger.Ledger, "_add", alone):
        yield


@contextmanager
def everybody_decides_alone() -> Iterator[None]:
    """In the place of "no row locks": a worker hears of what others have appended only when time has passed."""
    read = SqliteFloorLog.read
    append = SqliteFloorLog.append
    latest = ""

    async def appended(self: SqliteFloorLog, at: float, by: str, texts: Any) -> int:
        nonlocal latest
        latest = by
        return await append(self, at, by, texts)

    async def mine(self: SqliteFloorLog, after: int, limit: int = 10_000) -> Any:
        rows = await read(self, after, limit)
        return tuple(row for row in rows if row.by == latest or "SignedIn" in row.text)

    with patch.object(SqliteFloorLog, "read", mine), patch.object(SqliteFloorLog, "append", appended):
        yield


@contextmanager
def reports_that_come_again_are_heard_again() -> Iterator[None]:
    """The inbox of calls without its memory: what two workers report, or one after a restart, counts twice."""
    with patch.object(Race, "knows", lambda self, event_id: False):
        yield


@contextmanager
def timers_without_generations() -> Iterator[None]:
    """In the place of the wrong lock order of timers: a timer that was replaced, or forgotten, still does its work."""
    due = floor_module._due

    def any_due(floor: Floor, event: Due) -> None:
        number = floor.timers.get(event.timer, (event.generation, event.at))[0]
        floor.timers[event.timer] = number, event.at
        due(floor, Due(event.at, event.timer, number))

    with patch.object(floor_module, "_due", any_due):
        yield


VARIANTS: dict[str, Variant] = {
    each.__name__: each
    for each in (
        freed_when_it_has_rung_long_enough,
        freed_when_nothing_is_confirmed,
        another_request_id_every_time,
        late_answers_are_taken_as_they_come,
        orders_of_one_call_overtake_each_other,
        everybody_decides_alone,
        reports_that_come_again_are_heard_again,
    )
}
HARMLESS: dict[str, Variant] = {"timers_without_generations": timers_without_generations}
"""Names of legs never repeat, and a question asked too early is only a question: nothing hangs on this guard. Nor
does it on reports of the host that come twice, of which every run has some."""
