"""What the engine asks of the rest: a machine that steps, scripts, and someone who watches.

The engine knows neither the language nor the machine's state: a program and a call are values that it hands from one
function to the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from interpreter.journal import Codec
from interpreter.protocol import CallOffered, CallStarted, Effect, Event, Finished, HostAction

P = TypeVar("P")
C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)


class Step(Protocol[C_co]):
    """What the machine answers: the call as it is now, what is to be done, and what was entered (for logs)."""

    @property
    def call(self) -> C_co: ...

    @property
    def effects(self) -> tuple[Effect, ...]: ...

    @property
    def trace(self) -> tuple[object, ...]: ...


@dataclass(frozen=True, slots=True)
class Machine(Generic[P, C]):
    """The pure core: ``begin(call_id)`` gives a new call, ``step(program, call, event)`` moves one, ``calls`` is how a
    call becomes text."""

    begin: Callable[[str], C]
    step: Callable[[P, C, Event], Step[C]]
    calls: Codec[C]


@dataclass(frozen=True, slots=True)
class Script(Generic[P]):
    """One version of a script. ``hash`` is its key: `script_hash` of ``text``."""

    hash: str
    name: str
    text: str
    program: P


class ScriptUnusable(Exception):  # noqa: N818 - says what the script is
    """A stored script's text is not a program for this version of the language, or of the site."""


class Programs(Protocol[P]):
    """The scripts as they are now. A call that began with an older version is served from the text in the store."""

    def for_line(self, called: str) -> Script[P] | None:
        """The current script of the line that was dialled; None when the line has none."""
        ...

    def compile(self, name: str, text: str) -> P:
        """The program of a stored text. Raises `ScriptUnusable`."""
        ...


class EngineStopped(Exception):  # noqa: N818 - a state, not a mistake
    """The engine takes nothing new any more: the process is about to end."""


class UnknownSwitch(LookupError):  # noqa: N818 - says what the switch is
    """No switch of this name is bound."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``parallel`` requests to the host at a time, ``batch`` items a turn, ``at_hand`` calls in memory, ``keep_days``
    days for which an ended call is kept."""

    parallel: int = 100
    batch: int = 512
    at_hand: int = 20_000
    keep_days: float = 30.0


@dataclass(frozen=True, slots=True)
class Gauges:
    """Calls that go on, actions that wait (in flight or not), requests in flight, and for how many seconds the oldest
    of the actions has been waiting (0 when none does)."""

    live: int
    waiting: int
    in_flight: int
    oldest: float = 0.0


OfferResult: TypeAlias = Literal["created", "duplicate", "no_script"]

DropReason: TypeAlias = Literal[
    "unknown_call", "ended_call", "duplicate", "stale_timer", "duplicate_offer", "no_script"
]
"""Why something that came in moved no call. None of them is an error: the service repeats, reorders and is late."""

ActionResult: TypeAlias = Literal["performed", "retried", "refused", "given_up", "gone"]
"""``gone``: the call did not exist any more. ``retried``: it will be tried again."""


class Observer(Protocol):
    """Told what happened, after it is durable, in the order in which it happened. Must be quick; must not raise."""

    def call_started(self, call_id: str, begun: CallOffered | CallStarted, script: str) -> None: ...

    def step_taken(self, call_id: str, event: Event, step: Step[object], micros: float) -> None: ...

    def action_tried(self, call_id: str, action: HostAction, result: ActionResult, attempt: int, why: str) -> None: ...

    def event_dropped(self, call_id: str, reason: DropReason, event: Event) -> None: ...

    def call_ended(self, call_id: str, finished: Finished) -> None: ...

    def trouble(self, call_id: str, what: str, error: BaseException | None) -> None:
        """A fault of ours: a step that raised, a script that does not compile any more, a store that does not answer.
        ``call_id`` is empty when it is about no call in particular."""
        ...


class Unobserved:
    """Nobody watches."""

    def call_started(self, call_id: str, begun: CallOffered | CallStarted, script: str) -> None: ...

    def step_taken(self, call_id: str, event: Event, step: Step[object], micros: float) -> None: ...

    def action_tried(self, call_id: str, action: HostAction, result: ActionResult, attempt: int, why: str) -> None: ...

    def event_dropped(self, call_id: str, reason: DropReason, event: Event) -> None: ...

    def call_ended(self, call_id: str, finished: Finished) -> None: ...

    def trouble(self, call_id: str, what: str, error: BaseException | None) -> None: ...


def script_hash(text: str) -> str:
    """The key of a script's version: SHA-256 of its UTF-8 text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
