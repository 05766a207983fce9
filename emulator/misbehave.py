"""Faults that a host must survive: drawn by chance from a seed, or scripted one by one."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

CallbackFault = Literal[
    "duplicate",
    "delay",
    "reorder",
    "drop",
    "bad_token",
    "expired_token",
    "foreign_token",
    "unknown_event",
    "late_event",
]
RestFault = Literal["throttle", "fail_before", "fail_after"]
GridFault = Literal["duplicate_incoming"]
RaceFault = Literal["answer_before_cancel", "answer_after_cancel"]
FaultKind = CallbackFault | RestFault | GridFault | RaceFault

CALLBACK_FAULTS: tuple[CallbackFault, ...] = (
    "duplicate",
    "delay",
    "reorder",
    "drop",
    "bad_token",
    "expired_token",
    "foreign_token",
    "unknown_event",
    "late_event",
)
REST_FAULTS: tuple[RestFault, ...] = ("throttle", "fail_before", "fail_after")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, used up by the first event or request that it matches.

    `match` is the event's short name (`PlayCompleted`) or the request's operation (`play`, `answer`,
    `transferToParticipant`); empty matches anything. A token fault matches `socket`, too: a connection with a forged
    token is tried before the genuine one."""

    kind: FaultKind
    match: str = ""


FailingOperation = Literal[
    "play",
    "recognize",
    "answer",
    "addParticipant",
    "moveHere",
    "startRecording",
    "pauseRecording",
    "resumeRecording",
    "startTranscription",
    "stopTranscription",
    "startMediaStreaming",
    "stopMediaStreaming",
]


@dataclass(frozen=True, slots=True)
class Failure:
    """An operation that the service accepts and then fails, used up by the first one: the real service fails so when
    its speech, its storage or its network do. Codes are those of the event (500/8512, 401/8565, 487/10004, ...)."""

    operation: FailingOperation
    code: int = 500
    sub_code: int = 9999
    message: str = "Unknown internal server error."


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """How the service misbehaves: a chance between 0 and 1 for every event or request, and scripted faults first.

    A token fault sends a forged copy *before* the genuine event, so that a host which refuses it loses nothing and a
    host which believes it is seen to. `late_event` repeats a call's last outcome under a new id after CallDisconnected.
    """

    seed: int = 0
    duplicate: float = 0.0
    delay: float = 0.0
    delay_seconds: float = 2.0
    reorder: float = 0.0
    drop: float = 0.0
    bad_token: float = 0.0
    expired_token: float = 0.0
    foreign_token: float = 0.0
    unknown_event: float = 0.0
    late_event: float = 0.0
    duplicate_incoming: float = 0.0
    """Of any event of Event Grid: `match` may be IncomingCall or RecordingFileStatusUpdated."""
    answer_before_cancel: float = 0.0
    """Who is invited answers while cancelAddParticipant is being accepted, which fails then as too late."""
    answer_after_cancel: float = 0.0
    """The same, with the event of the failed cancel before that of the answer."""
    throttle: float = 0.0
    retry_after_seconds: int = 1
    """Sent with a 429; clients wait this long in real time."""
    fail_before: float = 0.0
    """500 without doing the action."""
    fail_after: float = 0.0
    """500 although the action was done."""
    faults: tuple[Fault, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(slots=True)
class Mischief:
    """The running state of a `Misbehaviour`: its dice and the scripted faults that are left."""

    plan: Misbehaviour
    dice: random.Random = field(init=False)
    left: list[Fault] = field(init=False)
    failures: list[Failure] = field(init=False)

    def __post_init__(self) -> None:
        self.failures = list(self.plan.failures)
        self.dice = random.Random(self.plan.seed)
        self.left = list(self.plan.faults)

    def strikes(self, kind: FaultKind, name: str) -> bool:
        """Whether this fault befalls the event or request of that name; a scripted fault is used up by it."""
        for fault in self.left:
            if fault.kind == kind and fault.match in ("", name):
                self.left.remove(fault)
                return True
        chance: float = getattr(self.plan, kind)
        return chance > 0 and self.dice.random() < chance

    def failure(self, operation: str) -> Failure | None:
        """The failure that befalls an operation, which is used up by it."""
        for failure in self.failures:
            if failure.operation == operation:
                self.failures.remove(failure)
                return failure
        return None

    def callback(self, name: str) -> frozenset[CallbackFault]:
        """The faults that befall one callback event."""
        # Nothing is late before the last event.
        kinds = (kind for kind in CALLBACK_FAULTS if kind != "late_event" or name == "CallDisconnected")
        return frozenset(kind for kind in kinds if self.strikes(kind, name))

    def rest(self, operation: str) -> RestFault | None:
        """The fault that befalls one request, at most one."""
        return next((kind for kind in REST_FAULTS if self.strikes(kind, operation)), None)
