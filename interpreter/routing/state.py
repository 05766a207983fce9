"""What the floor knows: agents, callers, guests, and the legs on which people come into calls."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from interpreter.protocol import Value
from interpreter.routing.measures import Measures
from interpreter.routing.pools import Class, Free, Key, Profile, Waiting, serves
from interpreter.routing.protocol import (
    Detail,
    Effect,
    Person,
    QueueRules,
    Readiness,
    SetTimer,
    Skills,
    Strategy,
    Tell,
    Why,
)
from interpreter.routing.protocol.facts import Fact
from interpreter.routing.recorded import Message

STRICT = 86_400.0
"""Seconds of waiting that a point of priority is worth where nothing grows: more than anybody waits."""
CAPPED = 1e9
"""Seconds: more than any rank is worth. Who has reached the highest priority comes before all who have not."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """How a caller's priority grows: by a point every ``step`` seconds (`STRICT` and more: not at all), to ``most`` at
    the highest, 0 for no limit."""

    priority: float = 5.0
    step: float = STRICT
    most: float = 0.0

    @property
    def top(self) -> float:
        """The highest priority that it reaches; infinite without a limit."""
        if self.step >= STRICT:
            return self.priority
        return max(self.most, self.priority) if self.most else math.inf

    def points(self, waited: float) -> float:
        """The priority after so many seconds."""
        grown = waited / self.step if self.step < STRICT else 0.0
        return min(self.top, self.priority + grown)

    def rank(self, at: float) -> float:
        """Where somebody who came at this time stands among those who are alike: the smaller rank goes first. It never
        changes, until the priority does not grow any more."""
        return at - self.priority * self.step

    def capped(self, at: float) -> float:
        """The rank from then on: by arrival."""
        return at - CAPPED - self.top * STRICT

    def due(self, at: float) -> float:
        """When the priority grows no more, for somebody who came at this time; infinite where it never grew, or grows
        without end."""
        return at + (self.top - self.priority) * self.step if self.step < STRICT else math.inf


Place: TypeAlias = tuple[float, float, Skills, Ageing]
"""Rank, arrival, needs and priority."""
AgentState: TypeAlias = Literal[
    "offline", "available", "reserved", "ringing", "talking", "wrap-up", "not ready", "unknown"
]
LegState: TypeAlias = Literal["ringing", "whispering", "joining", "stopping", "in", "removing"]


@dataclass(slots=True)
class Agent:
    """An agent. ``wanted`` is what it asks to be, ``since`` since when it is idle (epoch seconds). ``legs`` are the
    calls on which it is or to which it is rung, ``wraps`` how many ended calls are being wrapped up. ``back`` is why no
    call may be offered for a while though the agent is there; ``lost``: nobody knows whether it is in a call;
    ``silent``: its desktop gives no sign of life, and nobody knows whether it is there. ``returns``: as in
    `SignedIn`. ``visits``: calls in which it is, or to which it is rung, as somebody's expert or as a supervisor."""

    name: str
    person: Person
    profile: Profile
    order: int = 0
    capacity: int = 1
    wanted: Readiness = "offline"
    reason: str = ""
    since: float = 0.0
    changed: float = 0.0
    calls: int = 0
    failures: int = 0
    legs: tuple[str, ...] = ()
    wraps: int = 0
    back: str = ""
    elsewhere: str = ""
    lost: bool = False
    silent: bool = False
    returns: float = 0.0
    visits: int = 0
    wrapping: tuple[tuple[str, str, float], ...] = ()
    """What is being wrapped up: the leg, its queue, and since when."""

    @property
    def can_take(self) -> bool:
        """Whether a call may be offered."""
        free = len(self.legs) + self.wraps + self.visits < self.capacity
        return free and self.wanted == "available" and not (self.back or self.elsewhere or self.lost or self.silent)

    @property
    def keys(self) -> dict[Strategy, Key]:
        """Where the agent stands in the order of each strategy."""
        return {
            "longest idle": (self.since, self.name),
            "fewest calls": (float(self.calls), self.name),
            "most skilled": (-float(sum(level for _, level in self.profile.skills)), self.name),
            "fixed order": (float(self.order), self.name),
        }

    @property
    def staffs(self) -> bool:
        """Whether a caller may hope for this agent."""
        return self.wanted != "offline" and not (self.lost or self.silent)


@dataclass(slots=True)
class Caller:
    """A caller in a queue. ``rank`` orders callers, ``at`` is the arrival. ``legs`` are the agents who are rung for it
    (several only where all are), ``declined`` those who have not taken it; ``connected`` is the leg of the one who
    has."""

    entry: str
    queue: str
    needs: Skills
    relaxes: tuple[tuple[float, str, int], ...]
    rank: float
    at: float
    ring: float
    legs: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    connected: str = ""
    told: int = 0
    number: str = ""
    music: str = ""
    language: str = "en-US"
    admitted: str = ""
    """The move by which an agent is letting this caller in."""
    ageing: Ageing = field(default_factory=Ageing)

    def turn(self, now: float) -> tuple[float, float, str]:
        """Whose turn it is among callers of several queues: the smaller goes first. Points of priority are compared,
        for a rank says something only beside those of callers whose priority grows alike."""
        return -self.ageing.points(now - self.at), self.at, self.entry

    @property
    def wanted(self) -> Class:
        """The class to which the caller belongs."""
        return self.queue, self.needs


@dataclass(slots=True)
class Guest:
    """Somebody whom a call has asked for."""

    entry: str
    leg: str
    stays: bool


@dataclass(slots=True)
class Promise:
    """A promise to call somebody back. ``entry`` is its place in line, ``asked`` what the call asked with. ``tried``:
    how often the customer was called; ``agent`` and ``customer`` are the legs of the attempt that goes on."""

    entry: str
    asked: str
    queue: str
    number: str
    person: Person
    ring: float
    attempts: int
    every: float
    windows: tuple[tuple[float, float], ...]
    language: str
    called: str
    needs: Skills
    rank: float
    at: float
    made: float
    tried: int = 0
    agent: str = ""
    customer: str = ""
    kept: bool = False
    ageing: Ageing = field(default_factory=Ageing)


@dataclass(slots=True)
class Leg:
    """One person on the way into a call, in it, or on the way out. ``aside``: on a line of their own, ``joins``: asked
    to be moved from there. ``rung``: when the host has accepted to ring, or may have. ``why``: why it is being stopped.
    ``seen``: the host has reported the person among those in the call. ``asked``: a question where it is is open;
    ``probes`` were not answered. ``queue``: that of the caller or of the promise for whom it began. ``reports``: how
    many reports of the people in the call were known when it began."""

    name: str
    call: str
    entry: str
    person: Person
    agent: str = ""
    aside: bool = False
    joins: bool = False
    state: LegState = "ringing"
    at: float = 0.0
    ring: float = 0.0
    rung: float = 0.0
    answered: float = 0.0
    probes: int = 0
    asked: bool = False
    why: Why | Literal["", "missed", "revoked"] = ""
    seen: bool = False
    reports: int = -1
    visitor: str = ""
    invitation: str = ""
    connection: str = ""
    wrap_up: float = 0.0
    whisper: str = ""
    attempt: int = 1
    """How often the whisper was said."""
    language: str = "en-US"
    queue: str = ""
    part: Literal["", "callback", "customer", "expert", "supervisor"] = ""
    """Of a promise to call back: the agent's line, which becomes the conversation, and the customer's. ``expert``:
    somebody whom an agent has asked into the call, ``supervisor``: who listens there."""
    muted: bool = False
    tone: bool = False
    """A soft tone is owed to those in the call: from now on this supervisor is heard."""
    unholds: bool = False
    """Once this expert is there, the caller is taken off hold."""
    heir: bool = False
    """The agent has left: the caller is with this expert, and the call's script goes on when they leave."""
    looked: float = 0.0
    """When it was asked for the last time whether who talks is still there."""
    risen: bool = False
    """It had come to nothing, and that was told, before it was answered after all."""


@dataclass(slots=True)
class Party:
    """The caller of a call in which others may be: when the caller has left it, it is over for everybody. ``seen``: the
    host has reported this address among those in the call."""

    call: str
    address: str
    seen: bool = False


@dataclass
class Floor:
    """Everything that is known. ``done`` is what the present event leads to; ``queued`` and ``freed`` are for whom a
    partner is looked for at its end."""

    rules: dict[str, QueueRules] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    guests: dict[str, Guest] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    of_call: dict[str, set[str]] = field(default_factory=dict)
    """Entries and legs of each call."""
    parties: dict[str, Party] = field(default_factory=dict)
    """The callers of these calls."""
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    """The places of those who have left a queue to do something else, by call and queue."""
    promises: dict[str, Promise] = field(default_factory=dict)
    """Promises to call back, by their entries."""
    messages: dict[str, Message] = field(default_factory=dict)
    briefs: dict[str, tuple[tuple[str, Value], ...]] = field(default_factory=dict)
    """What is shown to whoever takes a call."""
    held: set[str] = field(default_factory=set)
    """Calls whose caller is on hold."""
    talks: dict[str, Detail] = field(default_factory=dict)
    """The last talk of each call that goes on."""
    notices: list[tuple[Literal["accepted", "there", "lost", "left"], Leg]] = field(default_factory=list)
    """What has happened to the legs of promises by the present event."""
    past: dict[str, Leg] = field(default_factory=dict)
    """The latest legs that came to nothing: should one of them be answered after all, it is taken out again."""
    sequences: dict[str, int] = field(default_factory=dict)
    waiting: Waiting = field(default_factory=Waiting)
    free: Free = field(default_factory=Free)
    staff: dict[Profile, int] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    """When each waiting caller came."""
    refused: dict[str, set[str]] = field(default_factory=dict)
    """The callers that each agent has not taken."""
    measures: Measures = field(default_factory=Measures)
    timers: dict[str, tuple[int, float]] = field(default_factory=dict)
    numbers: int = 0
    latest: float = 0.0
    """The latest time of an event (epoch seconds). Times do not always rise: two processes have two clocks, and what
    the store did not take at first is appended later."""
    done: list[Effect] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    """What has come to its end by the present event, for whoever counts."""
    queued: list[str] = field(default_factory=list)
    freed: list[str] = field(default_factory=list)

    def number(self) -> int:
        """A number that never repeats."""
        self.numbers += 1
        return self.numbers

    def timer(self, name: str, due: float) -> None:
        """Set or replace a timer."""
        number = self.number()
        self.timers[name] = number, due
        self.done.append(SetTimer(name, number, due))

    def clear(self, *names: str) -> None:
        """Forget timers."""
        for name in names:
            self.timers.pop(name, None)

    def tell(self, entry: str, outcome: str, *values: tuple[str, Value]) -> None:
        """Report to a call. A promise is nobody's call: nothing is told to it."""
        if entry not in self.promises:
            self.done.append(Tell(entry, outcome, values))

    def rules_of(self, queue: str) -> QueueRules:
        """How a queue works; one that nobody has described works in the usual way."""
        return self.rules.get(queue) or QueueRules(queue)

    def serves(self, call: str, address: str) -> None:
        """The caller of a call, as the host reports it."""
        if address and call not in self.parties:
            self.parties[call] = Party(call, address.lower())

    def belongs(self, call: str, name: str) -> None:
        """A leg or an entry belongs to a call."""
        self.of_call.setdefault(call, set()).add(name)

    def forget(self, call: str, name: str) -> None:
        """A leg or an entry is no more."""
        known = self.of_call.get(call)
        if known is not None:
            known.discard(name)
            if not known:
                del self.of_call[call]
                self.parties.pop(call, None)

    def legs_of(self, call: str) -> Iterator[Leg]:
        """The legs of a call, in the order in which they began."""
        names = self.of_call.get(call, ())
        return iter(sorted((self.legs[n] for n in names if n in self.legs), key=lambda leg: (leg.at, leg.name)))

    def serving(self, queue: str) -> float:
        """Agents who work for a queue: those who are signed in for it, shared among the queues of their profile."""
        shares = ((count, profile) for profile, count in self.staff.items())
        return sum(n / len(p.queues) for n, p in shares if any(each.queue == queue for each in p.queues))

    def is_staffed(self, caller: Caller) -> bool:
        """Whether anybody is signed in who could take a caller, now or once its needs are relaxed."""
        needs = dict(caller.needs)
        for _, skill, level in caller.relaxes:
            needs[skill] = min(level, needs.get(skill, level))
        wanted: Class = (caller.queue, tuple(sorted((skill, level) for skill, level in needs.items() if level)))
        return any(serves(profile, wanted) for profile in self.staff)


def call_of(entry: str) -> str:
    """The call that has asked."""
    return entry.partition("/")[0]


def state_of(floor: Floor, agent: Agent) -> AgentState:
    """What an agent is doing, in one word."""
    if agent.lost:
        return "unknown"
    legs = [floor.legs[name] for name in agent.legs]
    if any(leg.state in ("in", "removing") for leg in legs):
        return "talking"
    if legs:
        return "ringing" if any(leg.invitation or leg.connection for leg in legs) else "reserved"
    if agent.silent:
        return "unknown"
    return "wrap-up" if agent.wraps else agent.wanted
