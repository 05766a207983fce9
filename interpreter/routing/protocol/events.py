"""What happens to callers, agents and their legs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interpreter.protocol import Value
from interpreter.routing.protocol.values import Person, Readiness, Serves, Skills, Why


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An agent is there, with skills and a routing profile. ``order`` is the place where order is fixed, ``capacity``
    how many calls at a time. ``returns``: seconds after which an agent who has missed a call is offered others again, 0
    for not before the agent says so: who has no desktop cannot."""

    at: float
    agent: str
    person: Person
    skills: Skills = ()
    queues: tuple[Serves, ...] = ()
    order: int = 0
    capacity: int = 1
    returns: float = 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent asks to be: taken over at once, or when the present call ends. Ends a wrap-up, too."""

    at: float
    agent: str
    state: Readiness
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an agent from elsewhere (Teams presence): whether calls may be offered. A hint, never a lock."""

    at: float
    agent: str
    offerable: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A caller comes into a queue. ``needs`` are skills with their least levels, ``relaxes`` what becomes of them after
    so many seconds (level 0: not needed any more). ``limit``: callers that may wait, 0 for any number.
    ``longest_estimate``: seconds of expected waiting beyond which the queue is full, 0 for any. ``head_start``: the
    seconds of waiting that a point of priority is worth, a day and more where it does not grow; ``most``: the priority
    up to which it grows, 0 for no limit. ``caller``: whose place it is, should it come back. ``who``:
    the caller's address, as in `People`."""

    at: float
    entry: str
    queue: str
    needs: Skills = ()
    relaxes: tuple[tuple[float, str, int], ...] = ()
    priority: float = 5.0
    head_start: float = 86_400.0
    limit: int = 0
    longest_estimate: float = 0.0
    ring: float = 0.0
    caller: str = ""
    who: str = ""
    music: str = ""
    """The recording that the caller hears in the queue, and on hold (the script's name for it)."""
    language: str = "en-US"
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Invited:
    """A call asks for somebody: an expert, or the target of a transfer who hears ``whisper`` and accepts by a key."""

    at: float
    entry: str
    person: Person
    ring: float
    whisper: str = ""
    language: str = "en-US"
    stays: bool = True
    """Whether the call's script goes on when this person has left: an expert. Else the caller is in their hands."""
    who: str = ""
    """The caller's address, as in `People`."""
    shown: str = ""
    """The number that this person sees (E.164), where the script says so."""
    objection: str = ""
    """Why this person is not to be called; empty when they may be."""
    outcome: Literal["not allowed", "declined"] = "not allowed"
    """What the call is told where there is an objection."""


@dataclass(frozen=True, slots=True)
class CallBack:
    """A call asks for a promise to call ``person`` back in the place that it has in a queue. ``windows`` are the times
    at which that may be done (epoch seconds, none for any time), ``attempts`` how often, ``every`` so many seconds.
    ``called`` is the line that was dialled, which calls back. ``dialable``: the site may call this number."""

    at: float
    entry: str
    queue: str
    number: str
    person: Person
    ring: float = 25.0
    attempts: int = 1
    every: float = 900.0
    windows: tuple[tuple[float, float], ...] = ()
    language: str = "en-US"
    called: str = ""
    dialable: bool = True


@dataclass(frozen=True, slots=True)
class CallBackWithdrawn:
    """The site takes a promise to call somebody back from line. ``call`` is the one in which it would be kept."""

    at: float
    call: str


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """A call asks to record a message after a tone. ``up_to`` and ``quiet`` are seconds; ``quiet`` 0: silence does not
    end it. ``stop`` is the key that does, ``review`` the question whether to send it. ``told`` is who is told of it."""

    at: float
    entry: str
    name: str
    up_to: float = 180.0
    quiet: float = 0.0
    stop: str = ""
    transcribe: bool = False
    review: str = ""
    told: str = ""
    language: str = "en-US"
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """The state of a message's recording: ``recording`` is the host's name for it."""

    at: float
    message: str
    state: Literal["accepted", "active", "inactive", "failed"]
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Listened:
    """The end of `Listen`: what was heard. ``step`` is the operation's name."""

    at: float
    step: str
    heard: Literal["speech", "key", "silence", "cancelled", "failed"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class FileReady:
    """The host has the file of a recording, at an address."""

    at: float
    recording: str
    address: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message's file is in our keeping, or could not be brought there."""

    at: float
    message: str
    done: bool
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Briefed:
    """What is shown to whoever takes this call, in the script's own words."""

    at: float
    call: str
    lines: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a caller has answered after a talk: it belongs to the agent who has left last."""

    at: float
    call: str
    survey: str
    answers: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class AgentAsks:
    """What an agent who talks wants: the caller on hold or back, somebody else in the call (``consult``: the caller is
    on hold until the two have talked; ``add``: all three talk), somebody taken out of it again, the caller handed over
    (``transfer``: to ``person``, the agent leaves at once), or to leave the call. ``call``: which one, where the agent
    may be in several; empty for the only one."""

    at: float
    agent: str
    what: Literal["hold", "unhold", "consult", "add", "drop", "transfer", "leave", "admit"]
    person: Person | None = None
    ring: float = 30.0
    call: str = ""
    unhold: Literal["automatically", "by agent"] = "by agent"
    caller: str = ""
    """Of ``admit``: the call in which the caller waits who is let in."""
    """Who takes the caller off hold when the one who is consulted is there."""


@dataclass(frozen=True, slots=True)
class Declines:
    """An agent does not take a caller who is offered: before the phone is picked up, or while it whispers."""

    at: float
    agent: str
    leg: str


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of an agent's desktop. Without another within ``lease`` seconds (0: none is to be expected) nobody
    knows whether the agent is there."""

    at: float
    agent: str
    lease: float


@dataclass(frozen=True, slots=True)
class Watch:
    """A supervisor comes into a call: muted (``monitor``), or to be heard (``barge``); or leaves it. ``tone``: whoever
    comes to be heard is announced by a soft tone."""

    at: float
    supervisor: str
    person: Person
    call: str
    how: Literal["monitor", "barge", "leave"]
    tone: bool = False


@dataclass(frozen=True, slots=True)
class NotHeld:
    """The host has not put the caller on hold: with music, or (``silent``) without."""

    at: float
    call: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Unmuted:
    """The host does not mute somebody who was to be muted."""

    at: float
    leg: str


@dataclass(frozen=True, slots=True)
class Left:
    """What was asked for is not wanted any more: by hanging up, by a key, or because it has waited long enough."""

    at: float
    entry: str
    hung_up: bool


@dataclass(frozen=True, slots=True)
class CallOver:
    """The host reports that a call has ended for everyone."""

    at: float
    call: str


@dataclass(frozen=True, slots=True)
class Rung:
    """The host rings; ``invitation`` is its name for that, ``connection`` that of an own call. Neither: perhaps not."""

    at: float
    leg: str
    invitation: str = ""
    connection: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The host reports that the leg is in the call."""

    at: float
    leg: str


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The host reports that the leg came to nothing."""

    at: float
    leg: str
    why: Why = "no answer"


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The host reports that it has stopped ringing; or, ``done`` being false, that it was too late for that."""

    at: float
    leg: str
    done: bool = True


@dataclass(frozen=True, slots=True)
class Probed:
    """The answer to `Probe`: whether the leg is in the call; ``None`` when the host did not say."""

    at: float
    leg: str
    present: bool | None


@dataclass(frozen=True, slots=True)
class Removed:
    """The leg is out of the call: its person has left, or was removed."""

    at: float
    leg: str


@dataclass(frozen=True, slots=True)
class People:
    """Who is in a call, by the host's raw ids. ``sequence`` grows with each of these reports of a call."""

    at: float
    call: str
    addresses: tuple[str, ...]
    sequence: int


@dataclass(frozen=True, slots=True)
class SideUp:
    """Somebody who is called on a line of their own has answered there."""

    at: float
    leg: str
    connection: str


@dataclass(frozen=True, slots=True)
class SideOver:
    """The line of somebody who was called on their own is over."""

    at: float
    leg: str


@dataclass(frozen=True, slots=True)
class Keyed:
    """What somebody pressed after a whisper; empty for silence and whatever else is no key. ``attempt``: after which of
    the times that it was said."""

    at: float
    leg: str
    key: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Look:
    """Are those who talk still there? What the host reports may be lost."""

    at: float


@dataclass(frozen=True, slots=True)
class There:
    """The answer to `Who`: the raw ids of all who are in a call, none where it is no more. ``look``: as there."""

    at: float
    call: str
    addresses: tuple[str, ...]
    look: float


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that the floor has set is due."""

    at: float
    timer: str
    generation: int


Event: TypeAlias = (
    SignedIn | Wanted | Seen | Entered | Invited | CallBack | CallBackWithdrawn | Left | CallOver
    | Rung | Answered | NotAnswered | Cancelled | Probed | Removed | People | SideUp | SideOver | Keyed | Due
    | TakeMessage | Recording | Listened | FileReady | Fetched | Briefed | Surveyed
    | Look | There | AgentAsks | Watch | Unmuted | NotHeld | Declines | Beat
)  # fmt: skip
