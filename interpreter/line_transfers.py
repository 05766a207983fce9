"""What has become of transfers that the host makes on the caller's own line: those of a script, without `accept`.

The host says it in more than one way: that the target has taken the call, that it has not, or only that the caller is
gone. A script that waits for a shorter time than the host goes on before that. So each transfer is remembered until the
first of these, and counted once. One that was asked for before this process began is known by its acceptance only.
"""

from __future__ import annotations

from typing import get_args

from prometheus_client import Counter

from interpreter.engine import Step
from interpreter.machine.results import CANCELLED, TRANSFERRED, transfer_outcome
from interpreter.machine.state import Trace
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Disconnected,
    Event,
    TimerFired,
    Transfer,
    TransferAccepted,
)
from interpreter.routing.protocol.facts import Offered

LINE = "line"
"""The label ``kind`` of these transfers."""


class LineTransfers:
    """Counts them."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        for outcome in get_args(Offered):
            counter.labels(LINE, outcome)
        self._asked: dict[str, dict[str, Offered]] = {}
        """By call and operation, those without an end; and what it was if nobody says anything any more."""

    def step_taken(self, call_id: str, event: Event, step: Step[object]) -> None:
        """A call was moved."""
        asked = self._asked.get(call_id, {})
        if asked:
            self._of_known(call_id, asked, event, step)
        elif isinstance(event, TransferAccepted) and not _is_ignored(step):
            self._count("accepted")
        for effect in step.effects:
            if isinstance(effect, Transfer):
                self._asked.setdefault(call_id, {})[effect.op] = "revoked"

    def _of_known(self, call_id: str, asked: dict[str, Offered], event: Event, step: Step[object]) -> None:
        match event:
            case TransferAccepted() if event.op in asked:
                self._over(asked, event.op, "accepted")
            case ActionFailed() if event.op in asked:
                self._over(asked, event.op, _outcome(event))
            case ActionRefused() if event.op in asked:
                self._over(asked, event.op, "failed")
            case TimerFired() if event.timer in ("ring", "watch") and not _is_ignored(step):
                # The script goes on. The host may still say something, even that it has come about.
                for op in [op for op, outcome in asked.items() if outcome == "revoked"]:
                    asked[op] = "expired"
            case Disconnected():
                if event.sub_code == TRANSFERRED:
                    self._over(asked, next(reversed(asked)), "accepted")
                self.call_ended(call_id)
            case _:
                pass
        if not asked:
            self._asked.pop(call_id, None)

    def call_ended(self, call_id: str) -> None:
        """A call is over: nobody says anything any more."""
        for outcome in self._asked.pop(call_id, {}).values():
            self._count(outcome)

    def _over(self, asked: dict[str, Offered], op: str, outcome: Offered) -> None:
        del asked[op]
        self._count(outcome)

    def _count(self, outcome: Offered) -> None:
        self._counter.labels(LINE, outcome).inc()


def _is_ignored(step: Step[object]) -> bool:
    return any(isinstance(each, Trace) and each.kind == "ignored" for each in step.trace)


def _outcome(event: ActionFailed) -> Offered:
    if event.sub_code in CANCELLED:
        return "revoked"
    outcome = transfer_outcome(event)
    return "expired" if outcome == "no answer" else outcome
