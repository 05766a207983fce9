"""What one turn makes of one call: a draft, which becomes the call's truth when the store has kept it.

Nothing here waits or touches the world. A draft that is not kept (conflict, store down) is thrown away, and the same
items are applied again to whatever the call is then.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Generic, assert_never

from interpreter.engine.live import FINGERPRINT, REMEMBERED, Incoming, LiveCall, Waiting, fingerprint, is_seen, storable
from interpreter.engine.ports import ActionResult, C, DropReason, Machine, Observer, P
from interpreter.engine.retry import delay, patience
from interpreter.journal import PROTOCOL
from interpreter.ports import Performance, Performed, Refused, TryLater
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Answer,
    CallOffered,
    CallStarted,
    ClearTimer,
    Connected,
    Disconnected,
    Effect,
    Event,
    Finished,
    FromSockets,
    HangUp,
    HostAction,
    LineEnded,
    PlayEnded,
    Recognized,
    RecordingChanged,
    Reject,
    Reported,
    Request,
    SetTimer,
    TimerFired,
    ToneHeard,
    TransferAccepted,
    UseLine,
    Withdraw,
)
from interpreter.store import ActionState, CallRow, JournalRow, OutboxRow, ScriptRow, TimerRow, Write

REQUESTS = uuid.UUID("6f0c3b4e-9a1d-5b7c-8f5e-2d4a7b9c1e30")
"""Namespace of our request ids: a request's id follows from call and operation, so that no crash can change it."""

_RESULTS: dict[ActionState, ActionResult] = {
    "done": "performed",
    "gone": "gone",
    "refused": "refused",
    "given_up": "given_up",
}
"""What the observer is told when an action reaches a final state; it is not told of the cancelled ones: never tried."""

SEEN_THROUGH = ("action", "remember", "forget", "count", "notify")
"""Requests that are made although the caller has gone."""

SYSTEM_END, OPERATOR_END, LATE_CONNECTION = "system-end", "operator-end", "late-connection"
"""Operation names of the hang-up (or rejection) of a call that cannot be stepped, of one that the site ends, and of one
that the host connects although it is over for us."""


class Draft(Generic[P, C]):
    """The changes to one call. Its methods apply what came in, in order; `write` says what to keep."""

    def __init__(self, machine: Machine[P, C], observer: Observer, live: LiveCall[P, C], now: float) -> None:
        self.live = live
        self.machine = machine
        self.observer = observer
        self.now = now
        self.state = live.state
        self.status = live.row.status
        self.connection_id = live.row.connection_id
        self.caller = live.row.caller
        self.seen = live.row.seen
        self.events = live.row.events
        self.actions = live.row.actions
        self.updated = live.row.updated
        self.timers = dict(live.timers)
        self.waiting = list(live.waiting)
        self.journal: list[JournalRow] = []
        self.changed: dict[int, OutboxRow] = {}
        self.script: ScriptRow | None = None
        self.returned: set[int] = set()
        """Actions whose performance came back in this turn, whatever it was."""
        self.fired_timers: set[str] = set()
        self.notes: list[Callable[[], None]] = []
        """What the observer is told once the draft is kept."""

    @property
    def call_id(self) -> str:
        return self.live.row.id

    @property
    def ours(self) -> bool:
        """Whether it is a call that we make: nothing has rung here."""
        return not self.live.row.incoming_context

    # ----------------------------------------------------------------------------------------------------------------
    # What comes in

    def begin(self, event: CallOffered | CallStarted, script: ScriptRow) -> None:
        self.script = script
        self.notes.append(partial(self.observer.call_started, self.call_id, event, script.name))
        self._step(event)

    def deliver(self, events: Sequence[Incoming]) -> None:
        for event_id, connection_id, event in events:
            if self.status == "ended":
                if isinstance(event, Disconnected):
                    self._cancel_the_moot()
                elif isinstance(event, Connected) and event.connection and event.connection != self.connection_id:
                    self._enqueue(HangUp(LATE_CONNECTION, event.connection))
                elif isinstance(event, Connected) and connection_id and not self.connection_id:
                    self._let_go(connection_id)
                self.drop("ended_call", event)
                continue
            if event_id:
                mark = fingerprint(event_id)
                if is_seen(self.seen, mark):
                    self.drop("duplicate", event)
                    continue
                self.seen = (self.seen + mark)[-FINGERPRINT * REMEMBERED :]
            if not self.ours:  # each attempt to reach somebody has a connection; the machine says which one counts
                self.connection_id = self.connection_id or connection_id
            self._step(event)

    def fired(self, name: str, generation: int) -> None:
        event = TimerFired(self.now, name, generation)
        timer = self.timers.get(name)
        if timer is None or timer.generation != generation:
            self.drop("stale_timer", event)
            return
        del self.timers[name]
        self.fired_timers.add(name)
        self._step(event)

    def returned_from_host(self, seq: int, result: Performance, since: float) -> None:
        """The host's answer to action ``seq``. ``since``: when this process began to try at all."""
        self.returned.add(seq)
        if isinstance(result, Performed) and not self.ours:
            self.connection_id = self.connection_id or storable(result.connection_id)
        waiting = next((waiting for waiting in self.waiting if waiting.row.seq == seq), None)
        if waiting is None:
            # An event has already proved it, or the call is over; then nobody is to be rung for it any more.
            if self.ours and self.status == "ended" and isinstance(result, Performed) and result.connection_id:
                self._enqueue(HangUp(LATE_CONNECTION, storable(result.connection_id)))
            return
        match result:
            case Performed():
                self._settle(waiting, "done", "")
                if result.reports is not None and self.status == "live":
                    self._step(replace(result.reports, at=self.now))
            case TryLater():
                self._postpone(waiting, result.after, storable(result.reason), since)
            case Refused():
                told = replace(result, code=storable(result.code), reason=storable(result.reason))
                self._refuse(waiting, told, since)

    def resume(self) -> None:
        """Take up the call after a start or a delay. One that cannot go on ends here, not at its next event."""
        if self.live.broken and self.status == "live":
            self._collapse(self.live.broken, None)

    def end(self) -> None:
        """The site ends the call: for its script the line is gone, and everyone is hung up on."""
        if self.status == "live":
            self._part_with(OPERATOR_END)
            self._step(Disconnected(self.now, 0, 0, "ended by the operator"), keep_answer=True)

    def drop(self, reason: DropReason, event: Event) -> None:
        self.notes.append(partial(self.observer.event_dropped, self.call_id, reason, event))

    # ----------------------------------------------------------------------------------------------------------------
    # What goes out

    def write(self) -> Write | None:
        """What is to be kept; None when nothing changed."""
        row = self.live.row
        before = (row.status, row.connection_id, row.caller, row.seen, row.events, row.actions)
        moved = (self.status, self.connection_id, self.caller, self.seen, self.events, self.actions) != before
        if not (moved or self.changed):
            return None
        old = self.live.timers
        return Write(
            call_id=row.id,
            expected=row.version,
            call=self._row() if moved else None,
            script=self.script,
            journal=tuple(self.journal),
            outbox=tuple(self.changed.values()),
            timers_set=tuple(timer for name, timer in self.timers.items() if old.get(name) != timer),
            timers_cleared=tuple(name for name in old if name not in self.timers),
        )

    def _row(self) -> CallRow:
        text = self.live.row.state
        if self.state is not None and (self.state is not self.live.state or not text):
            text = self.machine.calls.encode(self.state)
        return replace(
            self.live.row,
            version=self.live.row.version + 1,
            status=self.status,
            state=text,
            connection_id=self.connection_id,
            caller=self.caller,
            seen=self.seen,
            events=self.events,
            actions=self.actions,
            updated=self.updated,
        )

    # ----------------------------------------------------------------------------------------------------------------
    # One step

    def _step(self, event: Event, *, keep_answer: bool = False) -> None:
        if event.at < self.updated:
            # The wall clock was set back, or the event queued: a call's own time never runs backwards.
            event = replace(event, at=self.updated)
        self.updated = event.at
        self.journal.append(JournalRow(self.events, event.at, PROTOCOL.encode(event)))
        self.events += 1
        self._prove(event)
        live = self.live
        if live.program is None or self.state is None:
            self._collapse(live.broken, None)
            return
        began = perf_counter()
        try:
            step = self.machine.step(live.program, self.state, event)
        except Exception as error:  # noqa: BLE001 - the machine is total: this is a fault of ours, told and survived
            self._collapse("the machine failed", error)
            return
        micros = (perf_counter() - began) * 1e6
        self.state = step.call
        self.notes.append(partial(self.observer.step_taken, self.call_id, event, step, micros))
        for effect in step.effects:
            self._effect(effect)
        if self.status == "ended":
            self.timers.clear()
        if isinstance(event, Disconnected) or self._is_end_of_line(event):
            self._cancel_the_moot(keep_answer=keep_answer)

    def _is_end_of_line(self, event: Event) -> bool:
        """Whether a call of ours has ended that somebody had answered."""
        return isinstance(event, LineEnded) and bool(event.connection) and event.connection == self.connection_id

    def _effect(self, effect: Effect) -> None:
        match effect:
            case SetTimer():
                self.timers[effect.timer] = TimerRow(effect.timer, effect.generation, effect.due)
            case ClearTimer():
                self.timers.pop(effect.timer, None)
            case UseLine():
                self.connection_id, self.caller = storable(effect.connection), storable(effect.party)
            case Finished():
                self.status = "ended"
                self.notes.append(partial(self.observer.call_ended, self.call_id, effect))
            case HangUp() if self.ours and not (effect.connection or self.connection_id):
                pass  # whom we called was never there
            case _:
                self._enqueue(effect)

    def _enqueue(self, action: HostAction) -> None:
        row = OutboxRow(
            seq=self.actions,
            op=action.op,
            action=PROTOCOL.encode(action),
            rid=str(uuid.uuid5(REQUESTS, f"{self.call_id}/{action.op}")),
            first_sent=self.now,
            next_at=self.now,
        )
        self.actions += 1
        self.changed[row.seq] = row
        self.waiting.append(Waiting(row, action))

    def _prove(self, event: Event) -> None:
        """An outcome of an operation shows that the host took its request, and with it all before it."""
        if isinstance(event, FromSockets | ActionRefused | RecordingChanged | Disconnected):
            return
        match event:
            case (
                Connected()
                | LineEnded()
                | PlayEnded()
                | Recognized()
                | ActionFailed()
                | TransferAccepted()
                | Reported()
            ):
                ops = [waiting.row.op for waiting in self.waiting]
                if event.op in ops:
                    for waiting in self.waiting[: ops.index(event.op) + 1]:
                        self._settle(waiting, "done", "")
            case CallOffered() | CallStarted() | ToneHeard() | TimerFired():
                pass
            case _:
                assert_never(event)

    def _settle(self, waiting: Waiting, state: ActionState, error: str) -> None:
        self.waiting.remove(waiting)
        self.changed[waiting.row.seq] = replace(waiting.row, state=state, error=error)
        self._tell(waiting, _RESULTS.get(state), error)

    def _tell(self, waiting: Waiting, result: ActionResult | None, why: str) -> None:
        if result is not None:
            attempt = waiting.row.attempts + 1
            self.notes.append(partial(self.observer.action_tried, self.call_id, waiting.action, result, attempt, why))

    def _postpone(self, waiting: Waiting, after: float, reason: str, since: float) -> None:
        row, action = waiting.row, waiting.action
        attempt = row.attempts + 1
        wait = delay(row.rid, attempt, after)
        # A caller who rings hears the same whether we live or not; everybody else only waits while we do.
        began = row.first_sent if isinstance(action, Answer | Reject) else max(row.first_sent, since)
        if self.now + wait > began + patience(action):
            self._settle(waiting, "given_up", reason)
            if self.status == "live":
                self._step(ActionRefused(self.now, row.op, 0, "unreachable", reason))
            return
        again = replace(row, attempts=attempt, next_at=self.now + wait, error=reason)
        self.waiting[self.waiting.index(waiting)] = Waiting(again, action)
        self.changed[row.seq] = again
        self._tell(waiting, "retried", reason)

    def _refuse(self, waiting: Waiting, refused: Refused, since: float) -> None:
        row = waiting.row
        reason = f"{refused.status} {refused.code}: {refused.reason}"
        if refused.gone and isinstance(waiting.action, HangUp | Reject):
            # What was asked for is so already.
            self._settle(waiting, "gone", reason)
        elif isinstance(waiting.action, HangUp):
            # A wrong key may be put right, and nobody but us ends this call.
            self._postpone(waiting, 0.0, reason, since)
        else:
            self._settle(waiting, "refused", reason)
        if self.status == "ended" or (isinstance(waiting.action, HangUp) and waiting.action.connection):
            return
        if refused.gone:
            self._step(Disconnected(self.now, 404, 0, refused.reason))
        else:
            self._step(ActionRefused(self.now, row.op, refused.status, refused.code, refused.reason))

    # ----------------------------------------------------------------------------------------------------------------
    # Ends

    def _cancel_the_moot(self, *, keep_answer: bool = False) -> None:
        """The line is gone. Its end is seen through, and what is to be kept, or taken back: it may be asked for."""
        for waiting in list(self.waiting):
            action = waiting.action
            keep = isinstance(action, HangUp | Reject | Withdraw) or (keep_answer and isinstance(action, Answer))
            keep = keep or (isinstance(action, Request) and action.verb in SEEN_THROUGH)
            if not keep:
                self._settle(waiting, "cancelled", "the call is over")

    def _let_go(self, connection_id: str) -> None:
        """End a connection of which nobody knew: its answer was refused or given up, and yet somebody is there."""
        self.connection_id = connection_id
        if not any(isinstance(waiting.action, HangUp) for waiting in self.waiting):
            self._enqueue(HangUp(LATE_CONNECTION))

    def _part_with(self, op: str) -> None:
        """Nobody is left on the line, or ringing. An answer is seen through: only it says what to hang up on."""
        self._cancel_the_moot(keep_answer=True)
        if any(isinstance(waiting.action, HangUp | Reject) for waiting in self.waiting):
            return
        if self.connection_id or (self.waiting and not self.ours):
            self._enqueue(HangUp(op))
        elif not self.ours:
            self._enqueue(Reject(op, "none"))

    def _collapse(self, what: str, error: Exception | None) -> None:
        """End a call that cannot be stepped: the caller is not left in silence for ever."""
        self._part_with(SYSTEM_END)
        self.status = "ended"
        self.timers.clear()
        finished = Finished("failed", "", "", self.updated)
        self.notes.append(partial(self.observer.trouble, self.call_id, what, error))
        self.notes.append(partial(self.observer.call_ended, self.call_id, finished))
