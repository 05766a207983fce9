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
    """Where to go: a block, an end with a result or without one, out of a sub-flow, or back to where a key was
    pressed."""

    kind: Literal["block", "finish", "hang_up", "give", "back"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Continue:
    """Go on in a step, at this statement; of one that is done in parts, at this part."""

    block: str
    statement: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """Leave a step's statement, or the block itself where ``statement`` is -1, by one of its outcomes."""

    block: str
    statement: int
    name: str


After: TypeAlias = Way | Continue | Outcome

Purpose: TypeAlias = Literal["", "statement", "check", "count", "pause", "understanding"]
"""What a `Request` is waited for: a statement of a step, a check or a counter of a collect, the pause of a recording
before a secret, or the meaning of a sentence in a menu."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The one thing that the call waits for. ``then`` is what comes after a prompt, or the statement that asked.

    ``filler`` is the operation of the sentence that plays while something is waited for; ``filler_ends`` when it will
    have been said. ``told`` is the outcome of what came while it was said."""

    kind: Literal["answer", "prompt", "input", "transfer", "request", "silence", "center", "start"]
    op: str
    then: After | None = None
    interruptible: bool = False
    purpose: Purpose = ""
    filler: str = ""
    filler_ends: float = 0.0
    told: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A sub-flow that runs: the step and the statement that it comes back to."""

    block: str
    statement: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay in a menu or a collect. Leaving and coming back starts a new one, with new counters.

    ``tries`` counts silences, wrong inputs and failed checks together; ``failed`` the failures of each check by its
    name. ``prefix`` are digits typed ahead of a collect's own prompt. ``check`` is the check that is being made,
    ``confirming`` that the caller is asked whether the value is right. ``cause`` is why it will be asked again, while a
    shared counter is being kept (``counting`` are those still to be kept). ``meaning`` is what a menu believes to have
    understood, while it asks whether that is right.
    """

    block: str
    tries: int = 0
    silences: int = 0
    wrong: int = 0
    repeats: int = 0
    speech_failures: int = 0
    keys_only: bool = False
    prefix: str = ""
    failed: tuple[tuple[str, int], ...] = ()
    check: int = 0
    confirming: bool = False
    cause: str = ""
    counting: tuple[str, ...] = ()
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """What the host sends out of a call over a web socket: its transcript, or its audio. ``op`` is the operation by
    which it was last started (``asked``) or stopped. It runs for certain when it is ``on``, and for certain not when it
    is ``off``; between the two the host has not answered yet. ``doubt``: it was started before the host had confirmed
    that it had stopped, so that a refusal does not mean that it is off."""

    state: Literal["off", "starting", "on", "stopping"] = "off"
    op: str = ""
    asked: bool = False
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Everything that is known of a call.

    ``block`` is where the caller is, or was when it ended. ``gone`` says that the caller does not hear us any more:
    handed over or hung up. ``heard`` are keys from the continuous recognition that no block has taken yet, in order,
    ``owed`` the keys that another recognition has already given us and that are still to be reported (`keys`).
    ``armed`` are the timers that are set, with their generation. ``ringing`` are transfers given up by a timer of
    ours, which may still be answered late.

    ``language`` is what the call speaks, empty for the flow's own. ``frames`` are the sub-flows that run, the innermost
    last. ``back`` is where a key that holds anywhere was pressed. ``counters`` are the counters of this call, and the
    last known states of those that calls share. ``recording`` is what was last asked for, by the operation of which it
    was asked (``recording_op``); ``recording_id`` is the host's name for the recording; ``transcribing`` and
    ``streaming`` are what the script wants, ``transcript`` and ``audio`` what the host does about it;
    ``heard_sentiment`` and ``heard_topic`` what is made of what was said; ``paused`` says
    that the machine itself has paused them all, ``set_aside`` that it has stopped the recording for a
    message. ``line`` is the attempt to call somebody that was answered, where the call is one of ours. ``center`` is
    what the block of a contact center keeps while the caller is in it.
    """

    call_id: str
    phase: Literal["new", "ringing", "live", "ended"] = "new"
    block: str = ""
    waiting: Waiting | None = None
    visit: Visit | None = None
    caller: str = ""
    caller_name: str = ""
    callee: str = ""
    """Whom the caller, an agent, calls on behalf of the line: E.164 text. Empty for every other call."""
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
    language: str = ""
    frames: tuple[Frame, ...] = ()
    back: str = ""
    counters: tuple[tuple[str, float], ...] = ()
    recording: Literal["", "on", "paused"] = ""
    recording_op: str = ""
    recording_id: str = ""
    transcribing: bool = False
    streaming: bool = False
    transcript: Feed = Feed()
    audio: Feed = Feed()
    heard_sentiment: str = ""
    heard_topic: str = ""
    paused: bool = False
    set_aside: bool = False
    line: str = ""
    center: tuple[tuple[str, Value], ...] = ()

    @property
    def finished(self) -> bool:
        return self.phase == "ended"


TraceKind: TypeAlias = Literal["entered", "took", "edge", "error", "ignored"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What the machine did, for logs, transcripts and coverage. ``offset`` points into the script's text, -1 for none.

    ``kind``: ``entered`` a block, ``took`` an outcome, ``error`` for a system error, ``ignored`` for an event
    without effect. ``edge`` says more exactly than ``took`` what was done: by which of an option's keys or by a phrase,
    which silence it was, that a condition did not hold.
    """

    kind: TraceKind
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
