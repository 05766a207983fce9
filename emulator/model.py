"""What exists in the emulated world: phones, ringing offers, calls, and the media operations of a call.

Theory of operation. A *phone* is what a person holds; it dials a line or is rung as a target. A dialled line makes an
*offer*, announced by Event Grid. Answering the offer makes a *call*: the connection that the host controls, with its
participants, its queue of media operations, its invitations and its pending transfer. Everything here is plain state;
the modules named after topics change it, from REST requests, from phones and from timers, all on one event loop.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.clock import Handle
from emulator.identifiers import Identifier, Json
from emulator.results import Result

PhoneState = Literal["ringing", "connected", "ended"]
Role = Literal["caller", "target"]
EntryKind = Literal[
    "dialled",
    "rang",
    "connected",
    "heard",
    "pressed",
    "spoke",
    "tones",
    "held",
    "resumed",
    "muted",
    "unmuted",
    "knocked",
    "transferred",
    "ended",
]
FeedName = Literal["transcription", "audio"]
CallState = Literal["connecting", "connected", "disconnected"]
Moment = Literal["ring", "play", "prompt", "wait", "transfer"]
"""When a planned caller may act: ringing, a play begins, a recognition's prompt begins, it waits, a transfer rings."""
When = Moment | Literal["answer"]
"""What a plan may wait for: a moment, or that the call is answered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a phone's transcript. `t` and `end` are epoch seconds of the emulator's clock; `end` is None for
    what takes no time and for a prompt still being heard."""

    t: float
    kind: EntryKind
    text: str = ""
    end: float | None = None
    interrupted: bool = False

    def to_json(self) -> Json:
        return {"t": self.t, "kind": self.kind, "text": self.text, "end": self.end, "interrupted": self.interrupted}


@dataclass(frozen=True, slots=True)
class Action:
    """What a planned caller does. `when` is the moment it waits for; `after` the seconds from that moment."""

    do: Literal["press", "speak", "silent", "hang_up"]
    text: str = ""
    when: When | None = None
    after: float | None = None


@dataclass(slots=True, eq=False)
class Phone:
    """One telephone in one call. `ended_by` is `caller`, `target`, `host`, `service`, or empty while it lasts.

    A caller who was transferred stays `connected`, now to `transferred_to`, until one of the two hangs up."""

    id: str
    me: Identifier
    other: Identifier
    role: Role
    state: PhoneState = "ringing"
    connection_id: str | None = None
    offer: str | None = None
    ring: str | None = None
    calling: str | None = None
    """The ring of a redirect that this caller waits for."""
    bridged_to: str | None = None
    """The phone at the other end once the host has left."""
    conference: str | None = None
    """The call that several phones go on with since the application has left it."""
    transferred_to: str | None = None
    ended_by: str = ""
    end_reason: str = ""
    context: Json = field(default_factory=dict)
    callee: Identifier | None = None
    """Whom this phone calls on behalf of the line that it has dialled."""
    plan: deque[Action] = field(default_factory=deque)
    transcript: list[Entry] = field(default_factory=list)

    @property
    def finished(self) -> bool:
        """Whether the host has done with this phone: the call ended or was passed on."""
        return self.state == "ended" or self.transferred_to is not None

    def to_json(self) -> Json:
        return {
            "id": self.id,
            "role": self.role,
            "me": self.me.label,
            "other": self.other.label,
            "state": self.state,
            "connectionId": self.connection_id,
            "transferredTo": self.transferred_to,
            "endedBy": self.ended_by,
            "endReason": self.end_reason,
            "finished": self.finished,
            "context": self.context,
        }


@dataclass(frozen=True, slots=True)
class Echo:
    """What a request wants back with its outcome: its context when it carried one, and where the outcome goes."""

    operation_context: str | None = None
    callback_uri: str | None = None


class OfferState(enum.Enum):
    RINGING = "ringing"
    ANSWERED = "answered"
    REJECTED = "rejected"
    REDIRECTED = "redirected"
    GONE = "gone"


@dataclass(slots=True, eq=False)
class Offer:
    """A call that rings at a line, waiting for answer, reject or redirect."""

    token: str
    phone: Phone
    to: Identifier
    correlation_id: str
    server_call_id: str
    number: str
    state: OfferState = OfferState.RINGING
    timer: Handle | None = None
    on_answer: Callable[[], None] | None = None
    """Instead of a fresh leg: what an answer means to the transfer that led here."""
    on_refuse: Callable[[Result], None] | None = None


@dataclass(slots=True, eq=False)
class Ring:
    """A target that is being called, by create, add or transfer."""

    id: str
    phone: Phone
    on_accept: Callable[[], None]
    on_fail: Callable[[Result], None]
    timer: Handle | None = None
    behaviour: Handle | None = None


@dataclass(slots=True, eq=False)
class Participant:
    """A party of a call; the application itself has no phone."""

    who: Identifier
    phone: Phone | None = None
    muted: bool = False
    on_hold: bool = False
    hold: Playback | None = None
    hold_echo: Echo = field(default_factory=Echo)

    def to_json(self) -> Json:
        return {"identifier": self.who.to_json(), "isMuted": self.muted, "isOnHold": self.on_hold}


@dataclass(frozen=True, slots=True)
class Segment:
    """One play source: what is heard, for how long, or how it fails. `uri` is a file still to be fetched."""

    text: str
    seconds: float
    fault: Result | None = None
    uri: str | None = None


@dataclass(slots=True, eq=False)
class Sound:
    """What could be heard in a call: a prompt of the application (`who` is empty), words or a key of a participant.
    `end` is None while it goes on."""

    t: float
    kind: Literal["prompt", "speech", "keys"]
    who: str
    text: str
    end: float | None = None


@dataclass(slots=True, eq=False)
class Playback:
    """Segments on their way into the ears of phones. `sounds` is the call's, when a recording would hear it too."""

    segments: tuple[Segment, ...]
    phones: Callable[[], tuple[Phone, ...]]
    sounds: list[Sound] | None
    on_done: Callable[[], None]
    on_fault: Callable[[int, Result], None]
    loop: bool = False
    index: int = 0
    handle: Handle | None = None
    heard: list[tuple[Phone, int]] = field(default_factory=list)
    sound: Sound | None = None
    stopped: bool = False


@dataclass(slots=True, eq=False)
class Play:
    """A play operation. Empty `targets` means everyone: the main leg."""

    echo: Echo
    segments: tuple[Segment, ...]
    targets: tuple[str, ...] = ()
    loop: bool = False
    playback: Playback | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    phrases: tuple[str, ...]
    tone: str | None


@dataclass(frozen=True, slots=True)
class Listening:
    """What a recognition accepts. Times are in seconds."""

    keys: bool
    speech: bool
    barge_in: bool
    initial_silence: float
    between_tones: float
    end_silence: float
    max_tones: int | None = None
    stop_tones: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    by_choice: bool = False


@dataclass(slots=True, eq=False)
class Recognise:
    """A recognise operation. It is in its prompt while `playback` is set, else it listens."""

    echo: Echo
    segments: tuple[Segment, ...]
    target: str
    listening: Listening
    playback: Playback | None = None
    started: bool = False
    done: Callable[[], None] = lambda: None
    tones: list[str] = field(default_factory=list)
    speech: str | None = None
    timer: Handle | None = None
    acted: bool = False
    """Whether the caller's plan has spent an item on this recognition."""


@dataclass(slots=True, eq=False)
class SendTones:
    """Tones on their way to one participant."""

    echo: Echo
    tones: tuple[str, ...]
    target: str
    timer: Handle | None = None


Operation = Play | Recognise | SendTones


@dataclass(slots=True, eq=False)
class Feed:
    """Transcript or audio of a call on its way to a web socket of the application: what was agreed on, and how it
    stands. `since` is when the connection was made, `stopped` that the application wants it no more."""

    name: FeedName
    url: str
    at_once: bool = False
    locale: str = ""
    intermediate: bool = False
    unmixed: bool = False
    rate: int = 16_000
    keys: bool = False
    bidirectional: bool = False
    state: Literal["inactive", "connecting", "active"] = "inactive"
    subscription: str = ""
    echo: Echo = field(default_factory=Echo)
    since: float = 0.0
    stopped: bool = False
    loud_until: float = 0.0
    got: float = 0.0
    """Seconds of sound that the application has sent back."""
    playing_until: float = 0.0
    heard: list[tuple[Phone, int]] = field(default_factory=list)
    sound: Sound | None = None


@dataclass(slots=True, eq=False)
class Invitation:
    """An add-participant that rings."""

    id: str
    who: Identifier
    echo: Echo
    ring: Ring | None = None


@dataclass(slots=True, eq=False)
class Transfer:
    """A transfer that rings."""

    transferee: Identifier
    target: Identifier
    echo: Echo
    ring: Ring | None = None
    offer: Callable[[], None] | None = None
    """How to stop ringing when the target is a line of the emulator itself."""


@dataclass(slots=True, eq=False)
class Call:
    """A call connection, as the host knows it."""

    id: str
    server_call_id: str
    correlation_id: str
    callback_uri: str
    echo: Echo
    version: str
    source: Identifier
    targets: tuple[Identifier, ...]
    app: Identifier
    tpe: bool = False
    state: CallState = "connecting"
    answered_by: Json | None = None
    source_number: str | None = None
    display_name: str = ""
    inbound: bool = False
    participants: list[Participant] = field(default_factory=list)
    sequence: int = 0
    main: deque[Operation] = field(default_factory=deque)
    sub: list[Operation] = field(default_factory=list)
    continuous: dict[str, Echo] = field(default_factory=dict)
    continuous_count: int = 0
    invitations: dict[str, Invitation] = field(default_factory=dict)
    used_invitations: set[str] = field(default_factory=set)
    transfer: Transfer | None = None
    rings: list[Ring] = field(default_factory=list)
    sounds: list[Sound] = field(default_factory=list)
    feeds: dict[FeedName, Feed] = field(default_factory=dict)
    last_event: tuple[str, dict[str, Any]] | None = None

    def remotes(self) -> list[Participant]:
        """Everyone but the application."""
        return [one for one in self.participants if one.phone is not None]

    def listeners(self, targets: tuple[str, ...] = ()) -> tuple[Phone, ...]:
        """The phones that hear a prompt: everyone but who is on hold, or those named."""
        return tuple(
            one.phone
            for one in self.participants
            if one.phone is not None and (one.who.key in targets if targets else not one.on_hold)
        )

    def find(self, who: Identifier) -> Participant | None:
        return next((one for one in self.participants if one.who.key == who.key), None)

    def by_key(self, key: str) -> Participant | None:
        return next((one for one in self.participants if one.who.key == key), None)

    def by_phone(self, phone: Phone) -> Participant | None:
        return next((one for one in self.participants if one.phone is phone), None)
