"""A floor with a clock of its own, and short words for what happens to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.protocol import (
    Answered,
    Aside,
    CallOver,
    Due,
    Effect,
    EndAside,
    EndCall,
    Entered,
    Event,
    Invited,
    Join,
    Left,
    NotAnswered,
    People,
    Person,
    Probe,
    Readiness,
    Remove,
    Ring,
    Rung,
    Seen,
    Serves,
    SideOver,
    SignedIn,
    Skills,
    StopRinging,
    Tell,
    Wanted,
    Whisper,
    Who,
    Why,
)
from interpreter.routing.state import Agent, Leg, state_of

LegOrder: TypeAlias = Ring | StopRinging | Probe | Who | Remove | Aside | Whisper | Join | EndAside | EndCall
"""What the host is asked for about people's legs."""
MONDAY = 1_700_000_000.0
HOST = (Ring, StopRinging, Probe, Who, Remove, Aside, Whisper, Join, EndAside, EndCall, Tell)


def floor(*rules: QueueRules) -> Floor:
    """An empty floor."""
    return Floor({each.name: each for each in rules})


@dataclass
class Rig:
    """``out`` is what the host or a call was told by the last thing that happened. An agent's address is its name."""

    floor: Floor = field(default_factory=floor)
    now: float = MONDAY
    out: list[LegOrder | Tell] = field(default_factory=list)

    def send(self, *events: Event) -> list[LegOrder | Tell]:
        """Something happens."""
        self.out = []
        for event in events:
            self._take(handle(self.floor, event))
        return self.out

    def _take(self, effects: Iterable[Effect]) -> None:
        self.out += [each for each in effects if isinstance(each, HOST)]

    def wait(self, seconds: float) -> list[LegOrder | Tell]:
        """Time passes; what is due, happens."""
        self.out, until = [], self.now + seconds
        while self.floor.timers:
            due, name, number = min((due, name, number) for name, (number, due) in self.floor.timers.items())
            if due > until:
                break
            self.now = max(self.now, due)
            self._take(handle(self.floor, Due(self.now, name, number)))
        self.now = until
        return self.out

    # ----------------------------------------------------------------------------------------------------------------
    # What happens

    def agent(
        self, name: str, *queues: str | Serves, skills: Skills = (), order: int = 0, capacity: int = 1
    ) -> list[LegOrder | Tell]:
        """An agent signs in, for ``sales`` unless it is said for what. A moment later something else can happen."""
        serves = tuple(Serves(each) if isinstance(each, str) else each for each in queues or ("sales",))
        out = self.send(SignedIn(self.now, name, Person(name), skills, serves, order, capacity))
        self.now += 1
        return out

    def enter(self, entry: str, queue: str = "sales", **more: object) -> list[LegOrder | Tell]:
        """A caller comes into a queue: ``a`` is the call, and ``a/1`` its entry."""
        return self.send(Entered(self.now, _entry(entry), queue, **more))  # type: ignore[arg-type]

    def left(self, entry: str, hung_up: bool = True) -> list[LegOrder | Tell]:
        """A caller leaves."""
        return self.send(Left(self.now, _entry(entry), hung_up))

    def over(self, call: str) -> list[LegOrder | Tell]:
        """A call ends for everyone."""
        return self.send(CallOver(self.now, call))

    def wants(self, agent: str, state: Readiness) -> list[LegOrder | Tell]:
        """An agent asks to be something."""
        return self.send(Wanted(self.now, agent, state))

    def seen(self, agent: str, offerable: bool) -> list[LegOrder | Tell]:
        """Presence is reported."""
        return self.send(Seen(self.now, agent, offerable))

    def invite(self, entry: str, who: str, **more: object) -> list[LegOrder | Tell]:
        """A call asks for somebody."""
        return self.send(Invited(self.now, _entry(entry), Person(who, "number"), 20.0, **more))  # type: ignore[arg-type]

    def rings(self, who: str) -> list[LegOrder | Tell]:
        """The host has accepted to ring."""
        return self.send(Rung(self.now, self.leg(who).name, f"invitation of {who}"))

    def answer(self, who: str) -> list[LegOrder | Tell]:
        """Somebody is in the call."""
        return self.send(Answered(self.now, self.leg(who).name))

    def refuse(self, who: str, why: Why = "declined") -> list[LegOrder | Tell]:
        """A leg comes to nothing."""
        return self.send(NotAnswered(self.now, self.leg(who).name, why))

    def hang_up_aside(self, who: str) -> list[LegOrder | Tell]:
        """Somebody's own line is over."""
        return self.send(SideOver(self.now, self.leg(who).name))

    def people(self, call: str, sequence: int, *who: str) -> list[LegOrder | Tell]:
        """The host says who is in a call."""
        return self.send(People(self.now, call, who, sequence))

    def hangs_up(self, who: str) -> list[LegOrder | Tell]:
        """Somebody who is in a call leaves it: the host reports who was in it, and who is."""
        call = self.leg(who).call
        last = self.floor.sequences.get(call, 0)
        self.people(call, last + 1, "the caller", who)
        return self.people(call, last + 2, "the caller")

    # ----------------------------------------------------------------------------------------------------------------
    # What is the case

    def leg(self, who: str) -> Leg:
        """The latest leg of somebody."""
        return [leg for leg in self.floor.legs.values() if leg.person.address == who][-1]

    def of(self, agent: str) -> Agent:
        """An agent."""
        return self.floor.agents[agent]

    def state(self, agent: str) -> str:
        """What an agent is doing."""
        return state_of(self.floor, self.of(agent))

    def served(self, agent: str) -> str:
        """The call for which an agent is rung, or in which it is; empty for none."""
        return self.leg(agent).call if self.of(agent).legs else ""

    @property
    def rung(self) -> list[str]:
        """Who is rung by the last thing that happened."""
        return [each.person.address for each in self.out if isinstance(each, Ring | Aside)]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was reported by the last thing that happened, but for places."""
        found = [(each.entry, each.outcome) for each in self.out if isinstance(each, Tell)]
        return [(call.partition("/")[0], outcome) for call, outcome in found if outcome != "position"]

    @property
    def orders(self) -> list[str]:
        """What the host was asked by the last thing that happened, in words like ``Ring ann``."""
        return [_word(each) for each in self.out if not isinstance(each, Tell)]


def _entry(entry: str) -> str:
    return entry if "/" in entry else f"{entry}/1"


def _word(order: LegOrder) -> str:
    kind = type(order).__name__
    match order:
        case Ring() | Aside() | Whisper() | Join():
            return f"{kind} {order.person.address}"
        case EndAside():
            return f"{kind} {order.leg}"
        case _:
            return kind
