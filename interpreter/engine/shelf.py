"""The calls at hand: loaded from the store and decoded, with the program that each began with.

A write-through cache. The store is the truth; a call that is not at hand is loaded, one in conflict is put away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Generic

from interpreter.engine.live import LiveCall, Waiting
from interpreter.engine.ports import C, Machine, P, Programs, Script, ScriptUnusable
from interpreter.journal import PROTOCOL, JournalError, decode_event, fold
from interpreter.protocol import HostAction
from interpreter.store import OutboxRow, Store, StoredCall

log = logging.getLogger(__name__)

VERSIONS = 64
"""How many script versions stay compiled beside those that calls at hand hold themselves."""


class Shelf(Generic[P, C]):
    def __init__(self, store: Store, programs: Programs[P], machine: Machine[P, C], size: int) -> None:
        self._store = store
        self._programs = programs
        self._machine = machine
        self._size = size
        self._calls: dict[str, LiveCall[P, C]] = {}
        self._compiled: dict[str, P] = {}

    def get(self, call_id: str) -> LiveCall[P, C] | None:
        return self._calls.get(call_id)

    def put(self, live: LiveCall[P, C]) -> None:
        """Keep at hand, as the one used last."""
        self._calls.pop(live.row.id, None)
        self._calls[live.row.id] = live

    def put_away(self, call_id: str) -> None:
        self._calls.pop(call_id, None)

    def trim(self, is_busy: Callable[[str], bool]) -> None:
        """Put away the calls that were not used for longest, down to the size; busy ones stay."""
        excess = len(self._calls) - self._size
        if excess <= 0:
            return
        oldest = (call_id for call_id in self._calls if not is_busy(call_id))
        for call_id in list(islice(oldest, excess)):
            del self._calls[call_id]

    def current(self, called: str) -> Script[P] | None:
        """The script that a new call on this line begins with."""
        script = self._programs.for_line(called)
        if script is not None:
            self.remember(script)
        return script

    def remember(self, script: Script[P]) -> None:
        """Keep a script compiled: a call begins with it."""
        self._remember(script.hash, script.program)

    async def fetch(self, call_ids: Iterable[str]) -> list[LiveCall[P, C]]:
        """Bring to hand what exists of ``call_ids`` and is not there. Returns what was brought."""
        missing = [call_id for call_id in call_ids if call_id not in self._calls]
        if not missing:
            return []
        brought = [await self._decoded(stored) for stored in (await self._store.load(missing)).values()]
        self._calls.update((live.row.id, live) for live in brought)
        return brought

    async def _decoded(self, stored: StoredCall) -> LiveCall[P, C]:
        row = stored.call
        live: LiveCall[P, C] = LiveCall(
            row=row,
            program=None,
            state=None,
            timers={timer.name: timer for timer in stored.timers},
            waiting=(),
        )
        try:
            live.waiting = tuple(_waiting(row) for row in stored.waiting)
        except JournalError as error:
            live.broken = f"cannot go on: {error}"
            return live
        if row.status == "ended":
            return live  # never stepped again: neither program nor state is needed
        try:
            live.program = await self._program(row.script)
            live.state = await self._state(live.program, stored)
        except (ScriptUnusable, JournalError) as error:
            live.broken = f"cannot go on: {error}"
        return live

    async def _program(self, script_hash: str) -> P:
        program = self._compiled.get(script_hash)
        if program is None:
            script = await self._store.script(script_hash)
            if script is None:
                raise ScriptUnusable(f"script {script_hash} is not in the store")
            program = self._programs.compile(script.name, script.text)
        self._remember(script_hash, program)
        return program

    def _remember(self, script_hash: str, program: P) -> None:
        self._compiled.pop(script_hash, None)
        self._compiled[script_hash] = program
        if len(self._compiled) > VERSIONS:
            del self._compiled[next(iter(self._compiled))]

    async def _state(self, program: P, stored: StoredCall) -> C:
        try:
            return self._machine.calls.decode(stored.call.state)
        except JournalError as error:
            # The journal is the truth, the state only a shorter way to it.
            log.warning("call %s: state is replayed from its journal: %s", stored.call.id, error)
        rows = await self._store.journal(stored.call.id)
        events = [decode_event(row.event) for row in rows]
        begun = self._machine.begin(stored.call.id)
        try:
            steps = fold(self._machine.step, program, begun, events)
        except Exception as error:
            raise JournalError(f"the journal does not replay: {error}") from error
        return steps[-1].call if steps else begun


def _waiting(row: OutboxRow) -> Waiting:
    action = PROTOCOL.decode(row.action)
    if not isinstance(action, HostAction):
        raise JournalError(f"{type(action).__name__} is not an action")
    return Waiting(row, action)
