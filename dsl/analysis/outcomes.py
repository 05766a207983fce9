"""The closed outcome sets: the one table that the linter, the machine and the manual read.

Every verb ends in exactly one outcome of its set, and a script must say where each of them goes. The few that need not
be routed say what happens without a route.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast import (
    Block,
    Callback,
    Collect,
    Consult,
    CountUp,
    Dial,
    Do,
    Hours,
    Lookup,
    Menu,
    Notify,
    Pay,
    Queue,
    Recall,
    RecordCall,
    Statement,
    Step,
    StreamAudio,
    Survey,
    TranscribeCall,
    Transfer,
    Voicemail,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way in which a verb ends, in the words of a script. ``default`` says what happens where it is not routed; it is
    empty for those that must be."""

    name: str
    meaning: str
    default: str = ""


_NEXT = "the step goes on"

COLLECT = (
    Outcome("accepted", "the caller gave what was asked for"),
    Outcome("unchecked", "a check of the input could not be made", "`on system error`"),
)

TRANSFER = (
    Outcome("answered", "the target took the call; the caller has left this line"),
    Outcome("no answer", "it rang and nobody answered"),
    Outcome("busy", "the target is in another call"),
    Outcome("declined", "the target refused the call"),
    Outcome("failed", "the call could not be put through: wrong number, no permission, network or host"),
)

TO_CALLEE = (
    *TRANSFER[:-1],
    Outcome("not allowed", "the site does not let this number be called, or the host does not let this line call it"),
    TRANSFER[-1],
)

QUEUE = (
    Outcome("answered", "an agent took the call and has left it again"),
    Outcome("waited", "the caller has waited as long as the line says, such as `waited 10m`"),
    Outcome("no agents", "nobody who could take the call is signed in, or the last one has left"),
    Outcome("full", "as many callers wait as the queue takes, or the wait would be too long"),
    Outcome("failed", "the queue does not work"),
)

VOICEMAIL = (
    Outcome("saved", "there is a message"),
    Outcome("empty", "nothing was said, or less than two seconds of it"),
    Outcome("failed", "the message could not be recorded or kept"),
)

CALLBACK = (
    Outcome("scheduled", "the caller will be called"),
    Outcome("invalid number", "the number cannot be called"),
    Outcome("already scheduled", "somebody with this number waits for a call already"),
    Outcome("not available", "no calls are promised now: too many, or too late in the day"),
    Outcome("failed", "the promise could not be kept in writing"),
)

CONSULT = (
    Outcome("joined", "the expert was there, and has left again"),
    Outcome("declined", "the expert refused"),
    Outcome("no answer", "the expert did not answer"),
    Outcome("not allowed", "the expert cannot be called: no licence, not federated, do not disturb"),
    Outcome("failed", "the call to the expert could not be made"),
)

PAY = (
    Outcome("paid", "the money is there; the record has its `reference`"),
    Outcome("declined", "the card was refused"),
    Outcome("cancelled", "the payment was called off before it was made"),
    Outcome("unknown", "nobody knows whether it was made; it is never tried again by itself"),
    Outcome("failed", "the payment could not be tried"),
)

SURVEY = (
    Outcome("done", "at least one question was answered"),
    Outcome("skipped", "none was"),
)

DIAL = (
    Outcome("answered", "somebody, or a machine, took the call"),
    Outcome("no answer", "it rang and nobody answered"),
    Outcome("busy", "the line is in another call"),
    Outcome("invalid", "the number does not exist or may not be called"),
    Outcome("failed", "the call could not be made"),
)

LOOKUP = (
    Outcome("found", "the values are there"),
    Outcome("not found", "there is no such entry"),
    Outcome("failed", "no answer in time, an error, or an answer of the wrong shape"),
)

ACTION = (
    Outcome("done", "it was done"),
    Outcome("failed", "it was not, or nobody knows; it is not tried again by itself"),
)

COUNT = (
    Outcome("counted", "one was added, and the counter is below its limit"),
    Outcome("reached", "the counter is at its limit"),
    Outcome("failed", "the counter could not be kept", "`on system error`"),
)

RECALL = (
    Outcome("found", "an earlier call has kept a value"),
    Outcome("not found", "none has, or it is too old"),
    Outcome("failed", "it could not be looked up"),
)

RECORD = (
    Outcome("started", "it is as asked for", _NEXT),
    Outcome("refused", "somebody has not agreed, or the host does not allow it", _NEXT),
    Outcome("failed", "the host could not do it", _NEXT),
)

NOTIFY = (
    Outcome("sent", "the message is on its way", _NEXT),
    Outcome("failed", "it could not be sent", _NEXT),
)

HOURS = (
    Outcome("open", "the time is inside the opening hours"),
    Outcome("holiday", "the day is one of the named holidays"),
    Outcome("closed", "none of the others"),
)

EMERGENCY = Outcome("emergency", "the emergency switch of these hours is on; tested before anything else")

VERBS: dict[str, tuple[Outcome, ...]] = {
    "collect": COLLECT,
    "lookup": LOOKUP,
    "do": ACTION,
    "count": COUNT,
    "recall": RECALL,
    "when hours": HOURS,
    "transfer": TRANSFER,
    "transfer to callee": TO_CALLEE,
    "queue": QUEUE,
    "voicemail": VOICEMAIL,
    "callback": CALLBACK,
    "consult": CONSULT,
    "pay": PAY,
    "survey": SURVEY,
    "dial": DIAL,
    "record call": RECORD,
    "transcribe call": RECORD,
    "stream audio": RECORD,
    "notify": NOTIFY,
}
"""The sets that do not depend on a declaration. A menu's outcomes are its own options and ``after N tries``; those of
``run`` are what the sub-flow ``gives``."""

_BLOCKS: dict[type[Block], str] = {
    Collect: "collect",
    Transfer: "transfer",
    Queue: "queue",
    Voicemail: "voicemail",
    Callback: "callback",
    Consult: "consult",
    Pay: "pay",
    Survey: "survey",
    Dial: "dial",
}

_STATEMENTS: dict[type[Statement], str] = {
    Lookup: "lookup",
    Do: "do",
    CountUp: "count",
    Recall: "recall",
    RecordCall: "record call",
    TranscribeCall: "transcribe call",
    StreamAudio: "stream audio",
    Notify: "notify",
}


def verb_of(node: Block | Statement) -> str | None:
    """The verb of `VERBS` that a block or a statement is; ``None`` where its outcomes are its own affair."""
    if isinstance(node, Step | Menu):
        return None
    return _BLOCKS.get(type(node)) or _STATEMENTS.get(type(node))  # type: ignore[arg-type]


def outcomes_of(node: Block | Statement, verb: str) -> tuple[Outcome, ...]:
    """The closed set of a block or a statement of this verb."""
    return TO_CALLEE if isinstance(node, Transfer) and node.is_to_callee else VERBS[verb]


def hours_outcomes(hours: Hours | None) -> tuple[Outcome, ...]:
    """What ``when hours`` can give: the fixed three, ``emergency`` and each named break where the hours have them."""
    if hours is None:
        return HOURS
    breaks = dict.fromkeys(pause.name.text for pause in hours.breaks)
    named = tuple(Outcome(name, f"inside the break `{name}`") for name in breaks)
    return (*((EMERGENCY,) if hours.emergency else ()), HOURS[0], HOURS[1], *named, HOURS[2])
