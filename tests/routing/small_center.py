"""A small contact center: the floor, the telephones, the callers, and what must never be.

A move is a caller's, an agent's, a telephone's, the host's, or time's. What is odd (a report that is lost or comes
twice, a question that is not answered, time that passes while something is on its way) is limited by a budget, so that
a walk through everything that can happen comes to an end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from floor_rig import MONDAY, LegOrder
from phones import Move, Phone, Phones

from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.pools import serves
from interpreter.routing.protocol import (
    Aside,
    CallOver,
    Cancelled,
    Due,
    EndAside,
    EndCall,
    Entered,
    Event,
    Join,
    Left,
    NotAnswered,
    Person,
    Probe,
    Probed,
    Remove,
    Removed,
    Ring,
    Rung,
    Serves,
    SideOver,
    SignedIn,
    StopRinging,
    Tell,
    Wanted,
    Whisper,
)
from interpreter.routing.state import Caller, call_of

ORDERS = (Ring, StopRinging, Probe, Remove, Aside, Whisper, Join, EndAside, EndCall)
CAN_BE_LOST = (Cancelled, NotAnswered, Removed, SideOver)
"""Confirmations: what is lost of the rest is reported by who is in the call."""


class BrokenError(AssertionError):
    """Something is the case that must never be."""


@dataclass(slots=True)
class Budget:
    """How often something may still happen."""

    odd: int = 1
    declines: int = 1
    returns: int = 0
    """Agents who miss a call and are ready again."""
    leaves: int = 0
    """Callers who leave the queue, but not the call."""


@dataclass(slots=True)
class Center:
    """``coming``: the calls that have not come yet, in order. ``fates``: what was told to each of the others."""

    floor: Floor
    coming: list[str]
    budget: Budget
    phones: Phones = field(default_factory=Phones)
    now: float = MONDAY
    fates: dict[str, str] = field(default_factory=dict)
    places: bool = False
    """Whether callers are told their places: nothing follows from it."""
    trail: list[Move] = field(default_factory=list)

    # ----------------------------------------------------------------------------------------------------------------
    # Moves

    def moves(self) -> Iterator[Move]:
        """Everything that can happen next."""
        if self.coming:
            yield "enter", self.coming[0]
        for call, fate in self.fates.items():
            if call not in self.phones.over:
                yield "hang up", call
                if fate == "waits" and self.budget.leaves:
                    yield "quit", call
        for move in self.phones.moves():
            if self.budget.declines or not self._declines(move):
                yield move
        if self.budget.returns:
            yield from (("ready", each.name) for each in self.floor.agents.values() if each.wanted == "not ready")
        yield from self._odd()
        if self._next() is not None and self.phones.is_quiet:
            yield "time", ""

    def _declines(self, move: Move) -> bool:
        what, whom = move
        return what in ("decline", "refuse") or (what == "leave" and self.phones.phones[whom].state == "aside")

    def _odd(self) -> Iterator[Move]:
        if not self.budget.odd:
            return
        for number, event in enumerate(self.phones.mail):
            yield "twice", str(number)
            if isinstance(event, CAN_BE_LOST):
                yield "lose", str(number)
        for call, answer in self.phones.answers.items():
            if isinstance(answer, Probed | Rung):
                yield "doubt", call
        if self._next() is not None and not self.phones.is_quiet:
            yield "stall", ""

    def _next(self) -> tuple[float, str] | None:
        """What is due next: a timer of the floor, or the end of ringing."""
        timers = ((due, f"timer {name}") for name, (_, due) in self.floor.timers.items())
        ends = ((each.until, f"phone {leg}") for leg, each in self.phones.phones.items() if each.state == "ringing")
        return min((*timers, *ends), default=None)

    def play(self, move: Move) -> None:
        """Something happens. Raises `BrokenError` when it must not."""
        self.trail.append(move)
        what, whom = move
        if self._declines(move):
            self.budget.declines -= 1
        match what:
            case "enter":
                self.coming.remove(whom)
                self.fates[whom] = "waits"
                self._happen(Entered(self.now, f"{whom}/1", "sales"))
            case "quit":
                self.budget.leaves -= 1
                self._end(whom)
                self._happen(Left(self.now, f"{whom}/1", hung_up=False))
            case "ready":
                self.budget.returns -= 1
                self._happen(Wanted(self.now, whom, "available"))
            case "twice" | "lose" | "doubt" | "stall":
                self.budget.odd -= 1
                self._play_odd(what, whom)
            case "time":
                self._pass_time()
            case _:
                self._hear(self.phones.play(move, self.now))
        self.check()

    def _play_odd(self, what: str, whom: str) -> None:
        phones = self.phones
        match what:
            case "twice":
                self._hear(phones.mail[int(whom)])
            case "lose":
                del phones.mail[int(whom)]
            case "stall":
                self._pass_time()
            case _:
                answer = phones.answers.pop(whom)
                assert isinstance(answer, Probed | Rung)
                self._hear(
                    Probed(self.now, answer.leg, None) if isinstance(answer, Probed) else Rung(self.now, answer.leg)
                )

    def _pass_time(self) -> None:
        found = self._next()
        assert found is not None
        self.now, name = max(self.now, found[0]), found[1]
        kind, _, rest = name.partition(" ")
        if kind == "phone":
            self._hear(self.phones.play(("expire", rest), self.now))
        else:
            self._happen(Due(self.now, rest, self.floor.timers[rest][0]))

    def _hear(self, event: Event | None) -> None:
        if event is not None:
            if isinstance(event, CallOver) and self.fates.get(event.call) == "waits":
                self._end(event.call)
            self._happen(replace(event, at=self.now))

    def _happen(self, event: Event) -> None:
        """The floor hears of something, and does something about it."""
        before = dict(self.floor.timers)
        for effect in handle(self.floor, event):
            if isinstance(effect, ORDERS):
                self._order(effect)
            elif isinstance(effect, Tell):
                self._told(effect)
        if not self.places:
            self.floor.clear(*[name for name in self.floor.timers if name.startswith("place") and name not in before])

    def _order(self, order: LegOrder) -> None:
        self.phones.take(order)
        if isinstance(order, Ring | Aside):
            self._check_turn(order)

    def _told(self, told: Tell) -> None:
        call = call_of(told.entry)
        fate = self.fates.get(call, "")
        match told.outcome:
            case "connected" if fate == "waits":
                self.fates[call] = "talks"
            case "answered" if fate == "talks":
                self._end(call)
            case "no agents" | "full" if fate == "waits":
                self._end(call)
            case "position":
                pass
            case _:
                raise BrokenError(f"{call}, which {fate or 'never came'}, is told {told.outcome}")

    def _end(self, call: str) -> None:
        if self.fates[call] == "has ended":
            raise BrokenError(f"{call} ends twice")
        self.fates[call] = "has ended"

    # ----------------------------------------------------------------------------------------------------------------
    # What must never be

    def _check_turn(self, order: Ring | Aside) -> None:
        """Nobody with an earlier place waits for the same agent."""
        leg = self.floor.legs.get(order.leg)
        caller = self.floor.callers.get(leg.entry) if leg is not None else None
        if leg is None or caller is None:
            raise BrokenError(f"{order.person.address} is rung for nobody")
        for entry in self.floor.waiting.classes:
            other = self.floor.callers[entry]
            if self._may_take(leg.agent, other) and other.rank < caller.rank:
                raise BrokenError(f"{caller.entry} goes before {entry}")

    def _may_take(self, agent: str, caller: Caller) -> bool:
        profile = self.floor.agents[agent].profile
        return agent not in caller.declined and serves(profile, caller.wanted) is not None

    def check(self) -> None:
        """What is true at every moment."""
        for agent in self.floor.agents.values():
            busy = self.phones.busy(agent.name)
            if len(busy) > agent.capacity:
                raise BrokenError(f"{agent.name} is rung for, or in, {' and '.join(each.call for each in busy)}")
            waiting = (self.floor.callers[entry] for entry in self.floor.waiting.classes)
            if agent.can_take and any(self._may_take(agent.name, caller) for caller in waiting):
                raise BrokenError(f"{agent.name} is free and somebody waits")
        for call in self.fates:
            inside = self.phones.inside(call)
            if len(inside) > 1 and not (self._rings_all() and not self.phones.is_quiet):
                raise BrokenError(f"{call} has {' and '.join(inside)}")
        if self.phones.is_quiet:
            self._check_quiet()

    def _rings_all(self) -> bool:
        return self.floor.rules_of("sales").strategy == "ring all"

    def _check_quiet(self) -> None:
        """What is true when nothing is on its way: the floor and the telephones are of one mind."""
        for phone in self.phones.phones.values():
            if phone.busy and phone.leg not in self.floor.legs:
                raise BrokenError(f"{phone.who} is {phone.state} for {phone.call}, and nobody knows")
        for leg in self.floor.legs.values():
            known: Phone | None = self.phones.phones.get(leg.name)
            if leg.state == "in" and (known is None or known.state != "in"):
                raise BrokenError(f"{leg.person.address} is thought to talk to {leg.call}")
            if leg.state != "in" and not {f"ring:{leg.name}", f"confirm:{leg.name}"} & set(self.floor.timers):
                raise BrokenError(f"{leg.person.address} would be {leg.state} for {leg.call} for ever")

    def check_end(self) -> None:
        """What is true when nothing can happen any more."""
        for call, fate in self.fates.items():
            if fate != "has ended":
                raise BrokenError(f"{call} {fate} for ever")
        if self.floor.legs or self.floor.callers or self.coming:
            raise BrokenError(f"{', '.join([*self.floor.legs, *self.floor.callers, *self.coming])} stay behind")


def center(calls: str, agents: str, budget: Budget, rules: QueueRules | None = None) -> Center:
    """A center for these calls and agents, each named by a letter."""
    found = Center(Floor({"sales": rules or QueueRules("sales")}), list(calls), budget)
    for number, name in enumerate(agents):
        handle(found.floor, SignedIn(MONDAY - 100 + number, name, Person(name), (), (Serves("sales"),)))
    return found
