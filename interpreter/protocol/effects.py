"""Effects: what is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.protocol.values import Value


@dataclass(frozen=True, slots=True)
class SayText:
    """Text to be spoken, complete: everything interpolated. ``ssml``: it is markup. ``language`` and ``voice`` where
    they differ from those of the whole effect."""

    text: str
    language: str = ""
    voice: str = ""
    ssml: bool = False


@dataclass(frozen=True, slots=True)
class PlayAudio:
    """A recording, by the script's name for it."""

    name: str


Prompt: TypeAlias = SayText | PlayAudio


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a menu as the host's recogniser sees it: ``label`` comes back in `Recognized`."""

    label: str
    tone: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Take the call. ``transcribes`` is the language of a transcript that the script may ask for later, empty for none;
    ``streams`` that it may ask for the call's audio: the host has to know of both from the beginning."""

    op: str
    transcribes: str = ""
    streams: bool = False


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not take the call: the caller hears busy or is refused."""

    op: str
    reason: Literal["none", "busy", "forbidden"]


@dataclass(frozen=True, slots=True)
class Play:
    """Let the caller hear ``prompts`` in order. Ends in `PlayEnded` or `ActionFailed`.

    ``loop``: again and again until it is cancelled or interrupted; then it never ends by itself. ``interrupts``: at
    once, in the place of whatever plays; else it waits for the end of that.
    """

    op: str
    prompts: tuple[Prompt, ...]
    language: str
    voice: str = ""
    loop: bool = False
    interrupts: bool = False


@dataclass(frozen=True, slots=True)
class Recognize:
    """Let the caller hear ``prompts``, then listen. Ends in `Recognized` or `ActionFailed`.

    ``kind``: ``tones`` collects up to ``max_tones``; ``choices`` matches one of ``choices`` by key or whole phrase;
    ``speech_or_tones`` gives back the words heard, or one key.

    ``barge_in``: input during the prompts stops them and counts. ``first`` seconds from the end of the prompts (or
    from an interruption without complete input) to the first input; ``between`` seconds from one digit to the next.
    """

    op: str
    kind: Literal["tones", "choices", "speech_or_tones"]
    prompts: tuple[Prompt, ...]
    barge_in: bool
    first: float
    between: float
    max_tones: int
    stop_tones: str
    choices: tuple[Choice, ...]
    language: str
    voice: str = ""


@dataclass(frozen=True, slots=True)
class StartTones:
    """Report every key from now on as `ToneHeard`, also while prompts play."""

    op: str


@dataclass(frozen=True, slots=True)
class StopTones:
    """Report keys no more."""

    op: str


@dataclass(frozen=True, slots=True)
class CancelMedia:
    """Stop whatever plays or listens."""

    op: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Hand the caller to ``name``, which the site binds to a ``kind`` of target.

    ``caller_id`` is the script's name of the number to show, ``""`` for the site's own rule. Ends in
    `TransferAccepted` or `ActionFailed`.
    """

    op: str
    kind: Literal["number", "teams_user", "teams_app", "agent"]
    name: str
    caller_id: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call for everyone. ``connection``: not the call, but this connection of the host, by which somebody was
    to be reached for it."""

    op: str
    connection: str = ""


Verb: TypeAlias = Literal[
    "lookup", "check", "action", "remember", "recall", "forget", "count", "understanding",
    "queue", "voicemail", "callback", "consult", "pay", "dial", "transfer",
    "record", "transcribe", "stream", "brief", "notify", "tones", "survey",
]  # fmt: skip
"""What can be asked for beside media and blind transfers. The first line is the site's own (data, memory,
understanding), the others are parts of a contact center."""


ATTACHED = "attached_"
"""What the names of those lines of a ``brief`` begin with that go along as headers."""


@dataclass(frozen=True, slots=True)
class Request:
    """Ask another part of the house for something. Ends in `Reported` or `ActionRefused`.

    ``name`` is the script's name of the thing: ``crm.by_phone``, the queue, the counter, or what to do with a
    recording (``start``, ``pause``, ``resume``, ``stop``), a transcript (``start``, ``update``, ``stop``) or the audio
    (``start``, ``stop``). ``arguments`` are named values in the order of the script.
    ``expects`` is what the answer must hold: names with their types, as the script writes them (``text``, ``list of
    text``). ``within`` is how many seconds it may take; 0 for no limit of its own.
    """

    op: str
    verb: Verb
    name: str
    arguments: tuple[tuple[str, Value], ...] = ()
    expects: tuple[tuple[str, str], ...] = ()
    within: float = 0.0


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a `Request` back: leave the queue, stop ringing. ``request`` is its operation's name. Nothing is reported
    of a request that was taken back. ``hung_up``: because the caller has."""

    op: str
    request: str
    hung_up: bool = False


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `TimerFired` at ``due`` (seconds since the epoch). A timer of the same name is replaced."""

    timer: str
    generation: int
    due: float


@dataclass(frozen=True, slots=True)
class ClearTimer:
    """Forget the timer, if it is set."""

    timer: str


@dataclass(frozen=True, slots=True)
class UseLine:
    """Somebody whom we have called is there: from now on the call's line is this ``connection`` of the host, and
    ``party`` (E.164) is at its other end."""

    connection: str
    party: str


Ending: TypeAlias = Literal["transferred", "hung_up", "abandoned", "failed", "rejected"]
"""How a call ended. ``hung_up``: by the script. ``abandoned``: by the caller. ``failed``: by us, after a spoken apology
where the host still let us speak. A result name chosen by the script goes beside it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The call's one and only end: how, with which result of the script, and in which block the caller was."""

    ending: Ending
    result: str
    block: str
    at: float


HostAction: TypeAlias = (
    Answer | Reject | Play | Recognize | StartTones | StopTones | CancelMedia | Transfer | Request | Withdraw | HangUp
)
"""Effects that are requests to the host, performed in order within a call."""

Effect: TypeAlias = HostAction | SetTimer | ClearTimer | UseLine | Finished
