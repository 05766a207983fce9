"""What crosses the border between the machine and the world: events in, effects out.

Frozen, plain values: text, numbers, tuples. No type of the telephony SDK and no node of the language appears here, so a
journal of events can be stored, replayed on another version and compared.

Rules that hold for all of it:

- Every event carries ``at``, seconds since the Unix epoch. It is the only clock that the machine knows.
- Every effect that starts something on the host carries ``op``, the operation's name, unique within its call and stable
  under replay. The host echoes it (``operationContext``); an event whose ``op`` is not awaited any more changes
  nothing.
- Names are the script's names (``front_desk``, ``hold_music``). Only the adapter knows which number or file they mean.
- Tones are one character each: ``0``-``9``, ``*``, ``#``, ``A``-``D``.
- A secret never crosses the border in clear text. The operation in which it is given has a name that ends in
  `SECRET_MARK`; whoever receives the host's answer puts a `Secret` in its place before anything is kept or logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

# --------------------------------------------------------------------------------------------------------------------
# Values


@dataclass(frozen=True, slots=True)
class Money:
    """An amount. ``amount`` is decimal text with the currency's own number of places (``35.00``); ``currency`` is a
    code of ISO 4217."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date: ``iso`` is ``2026-11-26``."""

    iso: str


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time on the clock, in minutes after midnight (0 to 1439)."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration."""

    value: float


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Named values, as a look-up gives them."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """What a caller entered in confidence. ``ref`` names it in the vault of this process; the rest is all that may be
    known of it.

    ``last`` are the last four digits of something as long as a card number (12 digits or more), else empty.
    ``luhn``: its check digit fits (ISO/IEC 7812-1). ``ahead``: read as ``MMYY`` it is this month or a later one.
    """

    ref: str
    length: int
    last: str = ""
    luhn: bool = False
    ahead: bool = False


Value: TypeAlias = str | float | bool | Money | Day | TimeOfDay | Seconds | Items | Record | Secret | None
"""``None`` is a value that is not there. A telephone number is E.164 text."""

SECRET_MARK = ".secret"
"""The end of the name of an operation in which a secret is given."""

# --------------------------------------------------------------------------------------------------------------------
# Events: what happened


@dataclass(frozen=True, slots=True)
class CallOffered:
    """A call rings. The first event of every inbound call.

    ``caller`` is E.164 text or ``""`` when withheld; ``called`` is what was dialled: E.164 or a resource account's id.
    ``switches`` is the state of every bound switch at this moment: a switch takes effect for the next call.
    """

    at: float
    caller: str
    called: str
    switches: tuple[tuple[str, bool], ...] = ()
    caller_name: str = ""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call that we make ourselves begins. The first event of every outbound call; nobody is on the line yet.

    ``arguments`` are the parameters of its flow, ``switches`` as in `CallOffered`.
    """

    at: float
    arguments: tuple[tuple[str, Value], ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Connected:
    """The host reports that the call is established."""

    at: float
    op: str


@dataclass(frozen=True, slots=True)
class PlayEnded:
    """Everything that a `Play` asked for was heard."""

    at: float
    op: str


@dataclass(frozen=True, slots=True)
class Recognized:
    """A `Recognize` ended with input. One of ``tones``, ``label`` or ``speech`` says what it was.

    ``code`` and ``sub_code`` are the host's own (8531 most digits reached, 8514 stop tone, 8532 between-digits
    timeout, 8533 option by key, 8545 option by phrase, 8569 speech). A stop tone is not among ``tones``.
    """

    at: float
    op: str
    code: int
    sub_code: int
    tones: str = ""
    label: str = ""
    speech: str = ""
    secret: Secret | None = None
    """Stands for ``tones`` where the operation's name ends in `SECRET_MARK`."""


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """An operation ended without success: `Play`, `Recognize`, `Transfer`, `Answer`, `StartTones` or `CancelMedia`.

    ``tones`` holds digits collected before a between-digits timeout when the host reports them with the failure.
    ``code``/``sub_code`` are the host's; ``reason`` is its text, for a person only.
    """

    at: float
    op: str
    code: int
    sub_code: int
    reason: str = ""
    tones: str = ""
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class ActionRefused:
    """The host did not accept the request at all (an HTTP error that repeating does not cure).

    ``status`` is the HTTP status, ``code`` the error body's code, ``0`` for the status when it could not be reached.
    """

    at: float
    op: str
    status: int
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """One key, from the continuous tone recognition that runs beside prompts. ``sequence`` grows within a call."""

    at: float
    sequence: int
    tone: str


@dataclass(frozen=True, slots=True)
class TransferAccepted:
    """The target took the call; the caller has left our line."""

    at: float
    op: str


@dataclass(frozen=True, slots=True)
class Reported:
    """Something became of a `Request`: an outcome of its verb, with the values that it brought.

    Some verbs report more than once (a queue: ``position``, ``connected``, ``answered``); the machine knows which of a
    verb's outcomes are its end. ``reason`` is for a person only, and never holds a value.
    """

    at: float
    op: str
    outcome: str
    values: tuple[tuple[str, Value], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The call is over on the host. Absorbing: nothing that comes later changes the call."""

    at: float
    code: int
    sub_code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that the machine set is due. ``timer`` is its name, ``generation`` what it was set with."""

    at: float
    timer: str
    generation: int


Event: TypeAlias = (
    CallOffered
    | CallStarted
    | Connected
    | PlayEnded
    | Recognized
    | ActionFailed
    | ActionRefused
    | ToneHeard
    | TransferAccepted
    | Reported
    | Disconnected
    | TimerFired
)

# --------------------------------------------------------------------------------------------------------------------
# Effects: what is to be done


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
    """Take the call."""

    op: str


@dataclass(frozen=True, slots=True)
class Reject:
    """Do not take the call: the caller hears busy or is refused."""

    op: str
    reason: Literal["none", "busy", "forbidden"]


@dataclass(frozen=True, slots=True)
class Play:
    """Let the caller hear ``prompts`` in order. Ends in `PlayEnded` or `ActionFailed`.

    ``loop``: again and again until it is cancelled or something else is played; then it never ends by itself.
    """

    op: str
    prompts: tuple[Prompt, ...]
    language: str
    voice: str = ""
    loop: bool = False


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
    """End the call for everyone."""

    op: str


Verb: TypeAlias = Literal[
    "lookup", "check", "action", "remember", "recall", "forget", "count",
    "queue", "voicemail", "callback", "consult", "pay", "dial", "transfer",
    "record", "transcribe", "stream", "brief", "notify", "tones",
]  # fmt: skip
"""What can be asked for beside media and blind transfers. The first line is the site's own (data and memory), the
others are parts of a contact center."""


@dataclass(frozen=True, slots=True)
class Request:
    """Ask another part of the house for something. Ends in `Reported` or `ActionRefused`.

    ``name`` is the script's name of the thing: ``crm.by_phone``, the queue, the counter, or what to do with a
    recording (``start``, ``pause``, ``resume``, ``stop``). ``arguments`` are named values in the order of the script.
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
    of a request that was taken back."""

    op: str
    request: str


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

Effect: TypeAlias = HostAction | SetTimer | ClearTimer | Finished
