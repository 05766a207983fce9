"""The state of one call: plain, frozen values, small enough to be stored on every step.

It is a cache. The journal of events is the truth, and running it again through `step` gives this state back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.protocol import Effect, Ending
from interpreter.values import Value


@dataclass(frozen=True, slots=True)
class Way:
    """Where to go: a block, an end with a result, or an end without one."""

    kind: Literal["block", "finish", "hang_up"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on in a step, at this statement."""

    block: str
    statement: int


After: TypeAlias = Way | Continue


@dataclass(frozen=True, slots=True)
class Waiting:
    """The one thing that the call waits for. ``then`` is what comes after a prompt."""

    kind: Literal["answer", "prompt", "input", "transfer"]
    op: str
    then: After | None = None
    interruptible: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in a menu or a collect. Leaving and coming back starts a new one, with new counters.

    ``tries`` counts silences and wrong inputs together. ``prefix`` are digits typed ahead of a collect's own prompt.
    """

    block: str
    tries: int = 0
    silences: int = 0
    wrong: int = 0
    repeats: int = 0
    speech_failures: int = 0
    keys_only: bool = False
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """Everything that is known of a call.

    ``block`` is where the caller is, or was when it ended. ``gone`` says that the caller does not hear us any more:
    handed over or hung up. ``heard`` are keys from the continuous recognition that no block has taken yet, in order,
    ``owed`` the keys that another recognition has already given us and that are still to be reported (`keys`).
    ``armed`` are the timers that are set, with their generation. ``ringing`` are transfers given up by a timer of
    ours, which may still be answered late.
    """

    call_id: str
    phase: Literal["new", "ringing", "live", "ended"] = "new"
    block: str = ""
    waiting: Waiting | None = None
    visit: Visit | None = None
    caller: str = ""
    caller_name: str = ""
    called: str = ""
    variables: tuple[tuple[str, Value], ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()
    started: float = 0.0
    ops: int = 0
    timers: int = 0
    armed: tuple[tuple[str, int], ...] = ()
    errors: int = 0
    gone: bool = False
    ending: Ending | None = None
    result: str = ""
    heard: tuple[tuple[int, str], ...] = ()
    owed: str = ""
    tones_seen: tuple[int, ...] = ()
    ringing: tuple[tuple[str, str], ...] = ()

    @property
    def finished(self) -> bool:
        return self.phase == "ended"


@dataclass(frozen=True, slots=True)
class Trace:
    """What the machine did, for logs, transcripts and coverage. ``offset`` points into the script's text, -1 for none.

    ``kind``: ``entered`` a block, ``took`` an outcome, ``error`` for a system error, ``ignored`` for an event
    without effect.
    """

    kind: Literal["entered", "took", "error", "ignored"]
    block: str
    detail: str = ""
    offset: int = -1


@dataclass(frozen=True, slots=True)
class Step:
    """The answer to an event: the call as it is now, and what is to be done, in order."""

    call: Call
    effects: tuple[Effect, ...] = ()
    trace: tuple[Trace, ...] = ()


def begin(call_id: str) -> Call:
    """A call before its first event."""
    return Call(call_id)
