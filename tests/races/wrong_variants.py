"""The wrong variants of the offer machine, each as a patch of the right one: the race has to notice them.

They are those that were measured on another engine, with rows and locks. Where this one has nothing of the kind, the
nearest thing stands for it, and its docstring says so. Nothing else of the floor is touched, and nothing of the race.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any
from unittest.mock import PropertyMock, patch

from interpreter.engine import live
from interpreter.floor import Floors, ledger
from interpreter.routing import floor as floor_module
from interpreter.routing import legs, moving
from interpreter.routing.protocol import Due, StopRinging
from interpreter.routing.state import Floor
from interpreter.store.floor_log import LogRow

Variant = Callable[[], AbstractContextManager[None]]


@contextmanager
def freed_when_it_has_rung_long_enough() -> Iterator[None]:
    """The obvious one: agent and caller are free when the ring time is over, and ringing is stopped meanwhile."""

    def ring_due(floor: Floor, name: str, at: float) -> None:
        leg = floor.legs.get(name)
        if leg is not None and leg.state == "ringing":
            floor.done.append(StopRinging(leg.name, leg.call))
            leg.why = "missed"
            moving.over(floor, leg, at)

    with patch.object(legs, "ring_due", ring_due):
        yield


@contextmanager
def freed_when_nothing_is_confirmed() -> Iterator[None]:
    """Nothing was heard of the end of ringing in time: then it will have ended."""
    confirm_due = legs.confirm_due

    def freed(floor: Floor, name: str, at: float) -> None:
        leg = floor.legs.get(name)
        if leg is not None and leg.state == "stopping":
            moving.over(floor, leg, at)
        else:
            confirm_due(floor, name, at)

    with patch.object(legs, "confirm_due", freed):
        yield


@contextmanager
def another_request_id_every_time() -> Iterator[None]:
    """The host cannot recognise a request that comes again."""
    numbers = count()
    new = PropertyMock(side_effect=lambda: str(uuid.uuid5(ledger.REQUESTS, f"another {next(numbers)}")))
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
def decided_before_it_is_in_the_log() -> Iterator[None]:
    """In the place of "no row locks": a worker folds what it has to append first, as if nobody had appended anything
    meanwhile, and appends it then. There are no rows of offers here whose locks could be left out."""

    async def turn(self: Floors) -> None:
        while self._inbox:
            taken = list(self._inbox)
            self._inbox.clear()
            texts = [ledger.ENTRIES.encode(entry) for group, _ in taken for entry in group]
            for text in texts:
                _, timers = self._fold(LogRow(self._ledger.n + 1, self._clock.now(), self._name, text))
                for timer in timers:
                    self._set(timer)
            await self._log.append(self._clock.now(), self._name, texts)
            await self._catch_up()
            for _, reply in taken:
                if reply is not None and not reply.done():
                    reply.set_result(None)

    with patch.object(Floors, "_turn", turn):
        yield


@contextmanager
def calls_forget_what_they_have_heard() -> Iterator[None]:
    """The inbox of calls without its memory. What the host reports of legs may come twice, and does so in every race:
    the floor asks for states, and a second time has no meaning. What the floor tells a call counts each time."""
    with patch.object(live, "is_seen", lambda seen, mark: False):
        yield


@contextmanager
def timers_without_generations() -> Iterator[None]:
    """In the place of the first draft, in which timers were locked before calls: a timer that was replaced or forgotten
    still does its work. Here nothing is locked, and that guard is what is left to get wrong about timers."""
    due = floor_module._due

    def any_due(floor: Floor, event: Due) -> None:
        floor.timers[event.timer] = event.generation, event.at
        due(floor, event)

    def fire(self: Floors) -> int:
        now = self._clock.now()
        taken = self._agenda.take_due(now)
        for _, what in taken:
            if isinstance(what, str):
                self._advance(what)
            else:
                self._put((Due(now, what.timer, what.generation),), None)
        return len(taken)

    with patch.object(floor_module, "_due", any_due), patch.object(Floors, "_fire", fire):
        yield


VARIANTS: dict[str, Variant] = {
    each.__name__: each
    for each in (
        freed_when_it_has_rung_long_enough,
        freed_when_nothing_is_confirmed,
        another_request_id_every_time,
        late_answers_are_taken_as_they_come,
        orders_of_one_call_overtake_each_other,
        decided_before_it_is_in_the_log,
        calls_forget_what_they_have_heard,
        timers_without_generations,
    )
}
