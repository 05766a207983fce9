"""What the service did for a host, request by request: what was done twice, and whether it had to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from emulator.rest import Received

MEDIA = ("play", "recognize")
"""Operations whose requests the service cannot recognise when they are repeated."""
ONCE = ("answer", "transferToParticipant", "terminate", "reject")
"""Those that it can: they carry a Repeatability-Request-ID."""

Operation = tuple[str, str]
"""Connection and operation context."""


@dataclass(slots=True)
class Account:
    """Per operation how often it was done, how often it was done but answered with an error, and the most refusals in
    a row."""

    done: Counter[Operation] = field(default_factory=Counter)
    lost: Counter[Operation] = field(default_factory=Counter)
    refusals: Counter[Operation] = field(default_factory=Counter)
    verbs: dict[Operation, str] = field(default_factory=dict)

    @property
    def repeated(self) -> set[Operation]:
        """Prompts that were said more than once."""
        return {key for key, times in self.done.items() if times > 1}


def account(requests: Iterable[Received]) -> Account:
    made = Account()
    running: Counter[Operation] = Counter()
    for request in requests:
        key = (request.connection_id, request.context or request.operation)
        made.verbs[key] = request.operation
        failed = request.status >= 500 or request.status == 429
        running[key] = running[key] + 1 if failed else 0
        made.refusals[key] = max(made.refusals[key], running[key])
        if request.fate == "done":
            made.done[key] += 1
            made.lost[key] += request.status >= 500
    return made
