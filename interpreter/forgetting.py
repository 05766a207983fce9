"""The observer of a server that holds what callers enter in confidence."""

from __future__ import annotations

from interpreter.protocol import Finished
from interpreter.telemetry import Metrics, Trace, Watcher
from interpreter.vault import Vault


class Forgetting(Watcher):
    """The observer that also lets go of what a caller has entered in confidence, once the call is over."""

    def __init__(self, vault: Vault, metrics: Metrics, trace: Trace | None) -> None:
        super().__init__(metrics, trace)
        self._vault = vault

    def call_ended(self, call_id: str, finished: Finished) -> None:
        self._vault.forget(call_id)
        super().call_ended(call_id, finished)
