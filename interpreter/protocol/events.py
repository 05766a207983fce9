"""Events: what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.protocol.values import Secret, Value


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
    attached: tuple[tuple[str, Value], ...] = ()
    """What came with the call, by the site's names: texts of headers, which the machine reads as the types that the
    script declares. A value that is no text is taken as it is."""
    callee: str = ""
    """Whom an agent calls on behalf of the line: E.164 text. Empty for every other call."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call that we make ourselves begins. The first event of every outbound call; nobody is on the line yet.

    ``arguments`` are the parameters of its flow, ``switches`` as in `CallOffered`. ``called`` is the line that it is
    made from, as in `CallOffered`. Nobody is called before ``not_before`` (epoch seconds).
    """

    at: float
    arguments: tuple[tuple[str, Value], ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()
    called: str = ""
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Connected:
    """The host reports that the call is established. ``connection`` is the host's own name for it, where the call is
    one that we make: each attempt to reach somebody has one of its own."""

    at: float
    op: str
    connection: str = ""


@dataclass(frozen=True, slots=True)
class LineEnded:
    """An attempt to reach somebody (``op``) is over: before it was answered, which is what ``why`` is about, or after.

    ``connection`` is the host's own name for the attempt; ``code`` and ``sub_code`` are its own, ``reason`` is its
    text, for a person only. The host tells of an attempt that failed twice, in either order.
    """

    at: float
    op: str
    connection: str
    code: int
    sub_code: int
    why: Literal["no answer", "busy", "invalid", "failed"]
    reason: str = ""


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
class RecordingChanged:
    """The host reports what has become of the call's recording: it runs (``active``), it does not (``inactive``: paused
    or stopped), or it did not come about. ``recording`` is the host's own name for it; the codes and ``reason`` say why
    it did not, where the host says so."""

    at: float
    recording: str
    state: Literal["active", "inactive", "failed"]
    code: int = 0
    sub_code: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody was heard to say something, while the script has the call transcribed. ``who`` is ``caller``, or the
    host's raw id of somebody else (an agent). ``language`` is the locale of the transcript."""

    at: float
    who: str
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class VoiceHeard:
    """The caller begins to speak, by the audio that the host streams to us. Told only while something is said that may
    be interrupted."""

    at: float


@dataclass(frozen=True, slots=True)
class Assessed:
    """What is made of what was said so far: the mood of the caller, and what the call is about (empty: nobody can
    say)."""

    at: float
    sentiment: Literal["", "positive", "neutral", "negative", "mixed"]
    topic: str


@dataclass(frozen=True, slots=True)
class PlayStreams:
    """A `Play` that we send into the call ourselves, over its web socket: nobody will report its end. It will have been
    heard in ``seconds``, unless it is cancelled."""

    at: float
    op: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SocketBroke:
    """A web socket of the call, over which the host sends its transcript or its audio, has broken. ``reason`` is for a
    person only."""

    at: float
    feed: Literal["transcription", "audio"]
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


FromSockets: TypeAlias = Utterance | VoiceHeard | Assessed | PlayStreams | SocketBroke
"""What web sockets of a call tell of it. No operation is proved or ended by any of them."""

Event: TypeAlias = (
    CallOffered
    | CallStarted
    | Connected
    | LineEnded
    | PlayEnded
    | Recognized
    | ActionFailed
    | ActionRefused
    | ToneHeard
    | TransferAccepted
    | Reported
    | RecordingChanged
    | FromSockets
    | Disconnected
    | TimerFired
)
