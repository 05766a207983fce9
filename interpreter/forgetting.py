"""The observer of a server that holds what callers enter in confidence."""

from __future__ import annotations

from collections.abc import Callable

from interpreter.engine import Step
from interpreter.protocol import Event, Finished
from interpreter.telemetry import Metrics, Trace, Watcher
from interpreter.vault import Vault


class Forgetting(Watcher):
    """The observer that also lets go of what a caller has entered in confidence, once the call is over. ``stepped`` is
    told of each call as it is after a step."""

    def __init__(
        self, vault: Vault, metrics: Metrics, trace: Trace | None, stepped: Callable[[str, object], None]
    ) -> None:
        super().__init__(metrics, trace)
        self._vault, self._stepped = vault, stepped

    def step_taken(self, call_id: str, event: Event, step: Step[object], micros: float) -> None:
        # First: what must not be heard any more must not be, whatever else goes wrong.
        self._stepped(call_id, step.call)
        super().step_taken(call_id, event, step, micros)

    def call_ended(self, call_id: str, finished: Finished) -> None:
        self._vault.forget(call_id)
        super().call_ended(call_id, finished)
