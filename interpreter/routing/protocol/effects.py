"""What is to be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.protocol import Value
from interpreter.routing.protocol.values import Person


@dataclass(frozen=True, slots=True)
class Ring:
    """Call somebody into a call, for ``within`` seconds at the longest. Ends in `Answered` or `NotAnswered`."""

    leg: str
    call: str
    person: Person
    within: float


@dataclass(frozen=True, slots=True)
class StopRinging:
    """Stop that. Nobody is free before it is confirmed."""

    leg: str
    call: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask whether somebody is in the call."""

    leg: str
    call: str
    person: Person


@dataclass(frozen=True, slots=True)
class Who:
    """Ask who is in a call in which people talk. ``look``: the time of the `Look`. Ends in `There`, or in nothing."""

    call: str
    look: float


@dataclass(frozen=True, slots=True)
class Remove:
    """Take somebody out of a call."""

    leg: str
    call: str
    person: Person


@dataclass(frozen=True, slots=True)
class Aside:
    """Call somebody on a line of their own, where the caller hears nothing of them. Ends in `SideUp` or `SideOver`.
    ``shown``: the number that they see (E.164), empty for the site's own."""

    leg: str
    call: str
    person: Person
    within: float
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Whisper:
    """Say something to somebody on their own line, and take a key. Ends in `Keyed` with this ``attempt``. Without
    ``asks`` nothing is taken, and nothing is reported."""

    leg: str
    call: str
    person: Person
    text: str
    language: str
    asks: bool = True
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Join:
    """Move somebody from their own line into the call. Ends in `Answered` or `NotAnswered`."""

    leg: str
    call: str
    person: Person


@dataclass(frozen=True, slots=True)
class Admit:
    """Move the caller of the call ``origin`` into this one. Ends in `Answered` or `NotAnswered`."""

    leg: str
    call: str
    origin: str


@dataclass(frozen=True, slots=True)
class EndAside:
    """End somebody's own line. Ends in `SideOver`."""

    leg: str
    call: str


@dataclass(frozen=True, slots=True)
class EndCall:
    """Hang up on everyone: nobody is left alone on a line."""

    call: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Report to the call what has become of its request, with the values that it brings."""

    entry: str
    outcome: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Put the caller on hold: nobody hears the caller, and the caller hears nobody, but ``music`` (the script's name of
    a recording, empty for silence). Where that does not come about, `NotHeld` is reported."""

    call: str
    music: str = ""


@dataclass(frozen=True, slots=True)
class Unhold:
    """Take the caller off hold."""

    call: str


@dataclass(frozen=True, slots=True)
class Say:
    """Let the caller alone hear a sentence, also on hold: there in the place of the music, which goes on behind it."""

    call: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody in the call is not heard any more. The host knows no way back; the person's own client does."""

    leg: str
    call: str
    person: Person


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record a call from now on. Ends in `Recording`."""

    message: str
    call: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Record it no more."""

    message: str
    call: str
    recording: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Let the caller hear ``text`` (empty: a tone; ``.``: nothing) and listen: for speech, until there is silence for
    ``quiet`` seconds, or for a key. ``first``: the seconds to the beginning of it. Ends in `Listened`."""

    step: str
    call: str
    text: str
    language: str
    first: float
    quiet: float
    speech: bool


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop whatever plays or listens in a call."""

    call: str


@dataclass(frozen=True, slots=True)
class Chime:
    """Let everybody in a call hear a soft tone: somebody has joined it."""

    call: str


@dataclass(frozen=True, slots=True)
class Beep:
    """Let the caller alone hear a soft tone: the longest message is almost full."""

    call: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring a message's file into our keeping. Ends in `Fetched`."""

    message: str
    call: str
    address: str
    about: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """A call detail record of a leg: kept in the place of an earlier one of the same leg."""

    call: str
    leg: str
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Give:
    """Tell people something that no call waits to hear: who is told is the site's affair. ``what`` is the occasion."""

    call: str
    what: Literal["callback not reached", "voicemail saved", "voicemail late", "voicemail lost", "message"]
    to: str
    values: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `Due` at ``due``. A timer of the same name is replaced."""

    timer: str
    generation: int
    due: float


HostOrder: TypeAlias = (
    Ring | StopRinging | Probe | Who | Remove | Aside | Whisper | Join | Admit | EndAside | EndCall
    | Hold | Unhold | Say | Mute | StartRecording | StopRecording | Listen | Hush | Chime | Beep | Fetch
)  # fmt: skip
"""What the host is asked for: in order within a call."""

Order: TypeAlias = HostOrder | Give | Detail

Effect: TypeAlias = Order | Tell | SetTimer
