"""A contact center in virtual time: callers who come at random and agents who pick up, around the real floor.

The center keeps its own account of who waits, who is idle and since when, and never asks the floor for it. With that it
judges every offer: the caller who has waited longest, the agent who is idle for longest, nobody idle while somebody
waits whom they could take. What breaks one of these raises `DisciplineError`.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.measures import SHORT
from interpreter.routing.protocol import (
    Answered,
    CallOver,
    Cancelled,
    Due,
    Effect,
    Entered,
    Event,
    Person,
    Ring,
    Serves,
    SetTimer,
    SignedIn,
    Skills,
    StopRinging,
)

START = 1_700_000_100.0
"""The beginning of a quarter of an hour."""


class DisciplineError(AssertionError):
    """The floor has done what the discipline of its queues does not allow."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What comes to a queue: calls a second, mean seconds of a talk and of patience (0: without end). ``needs`` are the
    skills that the part ``needing`` of the callers needs."""

    queue: str
    rate: float
    handling: float
    patience: float = 0.0
    needs: Skills = ()
    needing: float = 0.0


@dataclass(frozen=True, slots=True)
class Coming:
    """A caller who is going to come: when, where, for how long they would talk and wait (seconds)."""

    at: float
    call: str
    queue: str
    needs: Skills
    talk: float
    patience: float


@dataclass(frozen=True, slots=True)
class Staff:
    """An agent: queues and skills."""

    name: str
    queues: tuple[str, ...]
    skills: Skills = ()

    def can_take(self, queue: str, needs: Skills) -> bool:
        """Whether the agent may take such a caller."""
        have = dict(self.skills)
        return queue in self.queues and all(have.get(skill, 0) >= level for skill, level in needs)

    def event(self, at: float) -> SignedIn:
        """The agent signs in."""
        return SignedIn(at, self.name, Person(self.name), self.skills, tuple(Serves(each) for each in self.queues))


@dataclass(slots=True)
class Fate:
    """What became of a caller: the seconds of waiting, and whether an agent came. ``estimate`` is the wait that the
    floor expected when the caller had to wait."""

    coming: Coming
    waited: float = 0.0
    answered: bool = False
    waits: bool = False
    estimate: float | None = None


def plan(traffic: Sequence[Traffic], seconds: float, seed: int) -> list[Coming]:
    """Who comes, in order: exponential times between two, as long as a talk takes, as long as somebody has patience."""
    found: list[Coming] = []
    for each in traffic:
        dice = random.Random(f"{seed} {each.queue}")
        at, number = START + dice.expovariate(each.rate), 0
        while at < START + seconds:
            needs = each.needs if dice.random() < each.needing else ()
            talk = dice.expovariate(1 / each.handling)
            patience = dice.expovariate(1 / each.patience) if each.patience else float("inf")
            found.append(Coming(at, f"{each.queue}-{number}", each.queue, needs, talk, patience))
            at, number = at + dice.expovariate(each.rate), number + 1
    return sorted(found, key=lambda coming: (coming.at, coming.call))


@dataclass
class Account:
    """Who waits and who is idle, as the center sees it."""

    staff: dict[str, Staff]
    idle: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, Coming] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    _idle: Counter[tuple[tuple[str, ...], Skills]] = field(default_factory=Counter)
    _waiting: Counter[tuple[str, Skills]] = field(default_factory=Counter)

    def free(self, name: str, since: float) -> None:
        """An agent is idle, since then."""
        self.idle[name] = self.since[name] = since
        self._idle[self.staff[name].queues, self.staff[name].skills] += 1

    def comes(self, coming: Coming) -> None:
        """A caller waits."""
        self.waiting[coming.call] = coming
        self._waiting[coming.queue, coming.needs] += 1

    def goes(self, call: str) -> None:
        """A caller waits no more, or not for somebody else."""
        coming = self.waiting.pop(call)
        self._waiting[coming.queue, coming.needs] -= 1

    def offered(self, call: str, agent: str) -> None:
        """Judge an offer, and take it down. Raises `DisciplineError`."""
        coming, person = self.waiting.get(call), self.staff[agent]
        if coming is None or agent not in self.idle or not person.can_take(coming.queue, coming.needs):
            raise DisciplineError(f"{agent} is offered {call}")
        first = next(each for each in self.waiting.values() if person.can_take(each.queue, each.needs))
        if first.call != call:
            raise DisciplineError(f"{call} goes before {first.call}")
        turn = min(
            (since, name) for name, since in self.idle.items() if self.staff[name].can_take(coming.queue, coming.needs)
        )
        if turn[1] != agent:
            raise DisciplineError(f"{agent} is rung, and {turn[1]} is idle for longer")
        self.goes(call)
        del self.idle[agent]
        self._idle[person.queues, person.skills] -= 1

    def check_nobody_is_kept_waiting(self) -> None:
        """Raises `DisciplineError` if somebody is idle who could take somebody who waits."""
        for (queue, needs), callers in self._waiting.items():
            for (queues, skills), agents in self._idle.items():
                if callers and agents and Staff("", queues, skills).can_take(queue, needs):
                    raise DisciplineError(f"{agents} are idle while {callers} wait for {queue}")


@dataclass
class Center:
    """The center. ``pick_up``: mean seconds until an agent picks up, 0 for at once. ``judge``: whether every offer is
    judged."""

    floor: Floor
    staff: Sequence[Staff]
    coming: Sequence[Coming]
    pick_up: float = 0.0
    judge: bool = True
    seed: int = 0
    fates: dict[str, Fate] = field(default_factory=dict)
    events: int = 0
    now: float = START
    _heap: list[tuple[float, int, Event]] = field(default_factory=list)
    _legs: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The call and the agent of each leg that rings or talks."""
    _talks: dict[str, tuple[str, float]] = field(default_factory=dict)
    """The leg of each call in which somebody talks, and when that ends."""
    _pushed: int = 0

    def __post_init__(self) -> None:
        self.account = Account({each.name: each for each in self.staff})
        self._dice = random.Random(f"phones {self.seed}")

    def run(self) -> None:
        """From the first caller until the last one is gone. Raises `DisciplineError`."""
        for each in self.staff:
            self.account.free(each.name, START)
            self._happen(each.event(START))
        for coming in self.coming:
            self.fates[coming.call] = Fate(coming)
            self._at(coming.at, Entered(coming.at, f"{coming.call}/1", coming.queue, coming.needs))
            if coming.patience < float("inf"):
                self._at(coming.at + coming.patience, CallOver(coming.at + coming.patience, coming.call))
        while self._heap:
            self.now, _, event = heapq.heappop(self._heap)
            if self._is_meant(event):
                self._happen(event)

    def _at(self, at: float, event: Event) -> None:
        self._pushed += 1
        heapq.heappush(self._heap, (at, self._pushed, event))

    def _is_meant(self, event: Event) -> bool:
        """Whether it happens at all; and what the center knows of it before the floor does."""
        match event:
            case Entered():
                self.account.comes(self.fates[event.entry.partition("/")[0]].coming)
            case Due():
                known = self.floor.timers.get(event.timer)
                if known is None or known[0] != event.generation:
                    return False
                if event.timer.startswith("wrap:"):
                    self.account.free(event.timer.split(":")[1], self.now)
            case Answered():
                if event.leg not in self._legs:
                    return False
                self._answered(event.leg)
            case Cancelled():
                agent = self._legs.pop(event.leg)[1]
                self.account.free(agent, self.account.since[agent])  # it was not the agent's doing
            case CallOver():
                return self._over(event.call)
        return True

    def _answered(self, leg: str) -> None:
        call = self._legs[leg][0]
        fate = self.fates[call]
        fate.waited, fate.answered = self.now - fate.coming.at, True
        ends = self.now + fate.coming.talk
        self._talks[call] = leg, ends
        self._at(ends, CallOver(ends, call))

    def _over(self, call: str) -> bool:
        fate = self.fates[call]
        if fate.answered:
            leg, ends = self._talks.get(call, ("", 0.0))
            if self.now != ends:
                return False  # their patience would have ended
            del self._talks[call]
            agent = self._legs.pop(leg)[1]
            if not self.floor.rules_of(fate.coming.queue).wrap_up:
                self.account.free(agent, self.now)
            return True
        fate.waited = self.now - fate.coming.at
        if call in self.account.waiting:
            self.account.goes(call)
        return True

    def _happen(self, event: Event) -> None:
        self.events += 1
        for effect in handle(self.floor, event):
            self._take(effect)
        if isinstance(event, Entered):
            self._note_estimate(event)
        if self.judge:
            self.account.check_nobody_is_kept_waiting()

    def _note_estimate(self, event: Entered) -> None:
        fate = self.fates[event.entry.partition("/")[0]]
        fate.waits = fate.coming.call in self.account.waiting
        if fate.waits:
            floor, place = self.floor, self.floor.waiting.place(event.entry)
            fate.estimate = floor.measures.estimate(event.queue, place, floor.serving(event.queue))

    def _take(self, effect: Effect) -> None:
        match effect:
            case Ring():
                agent = effect.person.address
                self.account.offered(effect.call, agent)
                self._legs[effect.leg] = effect.call, agent
                pause = self._dice.expovariate(1 / self.pick_up) if self.pick_up else 0.0
                picks_up = self.now + min(pause, effect.within - 3)  # nobody lets it ring
                self._at(picks_up, Answered(picks_up, effect.leg))
            case StopRinging():
                self._at(self.now, Cancelled(self.now, effect.leg))
            case SetTimer():
                self._at(effect.due, Due(effect.due, effect.timer, effect.generation))


def check_measures(floor: Floor, fates: Iterable[Fate], queue: str) -> None:
    """Raises `DisciplineError` where the floor counts otherwise than the center does."""
    service = floor.rules_of(queue).service
    mine = [each for each in fates if each.coming.queue == queue]
    lost = [each for each in mine if not each.answered]
    really = [each for each in lost if each.waited >= SHORT]
    expected = {
        "arrived": len(mine),
        "answered": len(mine) - len(lost),
        "in_time": sum(each.answered and each.waited <= service for each in mine),
        "abandoned": len(really),
        "abandoned_in_time": sum(each.waited <= service for each in really),
        "abandoned_short": len(lost) - len(really),
        "overflowed": 0,
    }
    sums = floor.measures.sums(queue, START)
    found = {name: getattr(sums, name) for name in expected}
    waited = sum(each.waited for each in mine)
    if found != expected or abs(sums.waited - waited) > 1e-6 * max(1.0, waited):
        raise DisciplineError(f"{queue}: the floor has counted {found}, {sums.waited} s, not {expected}, {waited} s")


def rules(*queues: str, wrap_up: float = 0.0) -> dict[str, QueueRules]:
    """Queues in the usual way."""
    return {each: QueueRules(each, wrap_up=wrap_up) for each in queues}
