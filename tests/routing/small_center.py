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
    Who,
)
from interpreter.routing.state import Caller, call_of

ORDERS = (Ring, StopRinging, Probe, Who, Remove, Aside, Whisper, Join, EndAside, EndCall)
ODD = ("order is late", "answer is lost", "report is late", "report comes twice", "report is lost")
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
    late: int = 4
    """How often time may pass to the next thing that is due while something is late. Four are enough for the end of
    ringing, here and at the host, and for two questions; without a limit there would be no end of questions."""


@dataclass(slots=True)
class Center:
    """``coming``: the calls that have not come yet, in order. ``fates``: what was told to each of the others."""

    floor: Floor
    coming: list[str]
    budget: Budget
    phones: Phones = field(default_factory=Phones)
    now: float = MONDAY
    fates: dict[str, str] = field(default_factory=dict)
    strange: str = ""
    """What is odd about the next thing that it can be said of."""
    held: list[LegOrder | Event] = field(default_factory=list)
    """Orders and reports that are late."""
    stuck: set[str] = field(default_factory=set)
    """Calls with an order that is late."""
    places: bool = False
    """Whether callers are told their places: nothing follows from it."""
    trail: list[Move] = field(default_factory=list)

    # ----------------------------------------------------------------------------------------------------------------
    # Moves

    def moves(self) -> Iterator[Move]:
        """Everything that can happen next. Where nothing odd happens, an order is executed at once, and so is what is
        reported of it."""
        if self.coming:
            yield "enter", self.coming[0]
        for call, fate in self.fates.items():
            if call not in self.phones.over:
                yield "hang up", call
                if fate == "waits" and self.budget.leaves:
                    yield "quit", call
        for move in self.phones.people():
            if self.budget.declines or not self._declines(move):
                yield move
        if self.budget.returns:
            yield from (("ready", each.name) for each in self.floor.agents.values() if each.wanted == "not ready")
        if self.budget.odd and not self.strange:
            yield from (("next", what) for what in ODD)
        yield from (("release", str(number)) for number in range(len(self.held)))
        if self._next() is not None and (self.budget.late or not self.held):
            yield "time", ""

    def _declines(self, move: Move) -> bool:
        what, whom = move
        return what in ("decline", "refuse") or (what == "leave" and self.phones.phones[whom].state == "aside")

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
            case "next":
                self.budget.odd -= 1
                self.strange = whom
                return
            case "release":
                self._release(self.held.pop(int(whom)))
            case "time":
                self.budget.late -= bool(self.held)
                self._pass_time()
            case _:
                self._hear(self.phones.play(move, self.now))
        self._settle()
        self.check()

    def _release(self, kept: LegOrder | Event) -> None:
        """What was held back happens now."""
        if isinstance(kept, ORDERS):
            self.stuck.discard(kept.call)
            self.phones.lanes.setdefault(kept.call, []).insert(0, kept)
        else:
            self._hear(kept)

    def _settle(self) -> None:
        """Orders are executed and reports arrive, but for what is odd."""
        while True:
            lane = next((call for call in self.phones.lanes if call not in self.stuck), None)
            if lane is not None:
                self._execute(lane)
            elif self.phones.mail:
                self._arrives(self.phones.mail.pop(0))
            else:
                return

    def _execute(self, call: str) -> None:
        if self.strange == "order is late":
            order = self.phones.lanes[call].pop(0)
            if not self.phones.lanes[call]:
                del self.phones.lanes[call]
            self.strange = ""
            self.stuck.add(call)  # what comes behind it waits for it
            self.held.append(order)
            return
        self.phones.play(("execute", call), self.now)
        answer = self.phones.answers.pop(call, None)
        if answer is not None and self.strange == "answer is lost" and isinstance(answer, Probed | Rung):
            self.strange = ""
            answer = Probed(self.now, answer.leg, None) if isinstance(answer, Probed) else Rung(self.now, answer.leg)
        self._hear(answer)

    def _arrives(self, event: Event) -> None:
        match self.strange:
            case "report is late":
                self.strange = ""
                self.held.append(event)
                return
            case "report comes twice":
                self.strange = ""
                self.held.append(event)
            case "report is lost" if isinstance(event, CAN_BE_LOST):
                self.strange = ""
                return
            case _:
                pass
        self._hear(event)

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

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way."""
        return self.phones.is_quiet and not self.held

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
            if len(inside) > 1 and not (self._rings_all() and not self.is_quiet):
                raise BrokenError(f"{call} has {' and '.join(inside)}")
        if self.is_quiet:
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
