"""Writing the call detail records of legs.

A record is an order of the log, so it is known for as long as it is not written: over a crash, too. It is the only
order that is never given up, whatever goes wrong. A call is not kept waiting by that, and neither is anything else: the
records of a call are in a lane of their own. A record that was written and whose end did not get into the log is
written once more, in its own place.
"""

from __future__ import annotations

import json
import logging

from interpreter.floor.hands import Outcome
from interpreter.floor.observing import Observer
from interpreter.floor.values import plain
from interpreter.routing.protocol import Detail
from interpreter.store import StoreUnavailable
from interpreter.store.floor_log import DetailRow, FloorLog

log = logging.getLogger(__name__)

SOON = 1.0
"""Seconds after which a record is written again at the earliest; the pauses grow from there."""


class Records:
    """Writes records into the store."""

    def __init__(self, store: FloorLog, observer: Observer) -> None:
        self._store, self._observer = store, observer

    async def keep(self, record: Detail, at: float, attempt: int) -> Outcome:
        """Write one; ``at`` is when its leg was over (epoch seconds), ``attempt`` counts from 1. A failure says when to
        try again, and is told."""
        try:
            text = json.dumps({name: plain(value) for name, value in record.values})
            await self._store.keep_details([DetailRow(record.call, record.leg, at, text)])
        except Exception as error:  # noqa: BLE001 - a fault of ours is no reason to lose a record: a later version writes it
            self._tell(record, attempt, error)
            return Outcome(after=SOON, reason=str(error) or repr(error))
        return Outcome()

    def _tell(self, record: Detail, attempt: int, error: Exception) -> None:
        self._observer.record_failed()
        if attempt & (attempt - 1):
            return  # the first, second, fourth, eighth … try is told: an outage must not bury its own beginning
        # A store that is away says so with every turn, and the place in our code explains nothing.
        trace = None if isinstance(error, StoreUnavailable) else error
        log.error(
            "the record of leg %s of call %s could not be written (try %d) and is kept until it is: %s",
            record.leg, record.call, attempt, error, exc_info=trace,
        )  # fmt: skip
