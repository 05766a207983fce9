"""Eight processes that share one log in the real store, a host that is slow, repeats and reorders, and time.

A step is one thing that happens: somebody comes, hangs up, picks up or declines; an agent comes or goes; the host
executes a request or answers one; a report arrives at some worker, perhaps twice, perhaps late; time passes; a worker
is killed and another one takes its place. What is under way in a worker waits for as long as the dice say: longer than
every time-out, too (a *stall*).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from floor_rig import MONDAY
from phones import Phones

from interpreter.floor import Floors, Outcome
from interpreter.ports import Request
from interpreter.protocol import Event as CallEvent
from interpreter.routing import QueueRules
from interpreter.routing.protocol import Entered, Event, HostOrder, Left, Person, Readiness, Serves, SignedIn, Wanted
from interpreter.routing.state import Leg
from interpreter.store import StoreUnavailable
from interpreter.store.sqlite import SqliteStore

WORKERS, AGENTS = 8, 4
STALLS = (5.0, 12.0, 35.0, 90.0)
"""Seconds of a stall: up to longer than a lease, ringing, and what is waited for confirmations."""


class Clock:
    """Time that only the dice move."""

    def __init__(self) -> None:
        self.time = MONDAY

    def now(self) -> float:
        return self.time


@dataclass
class Pending:
    """A request of a worker that the host has not answered. ``answer`` is set once it is executed."""

    worker: str
    order: HostOrder
    request: Request
    reply: asyncio.Future[Outcome]
    executed: bool = False
    answer: Event | None = None


@dataclass
class Race:
    """Everything at once. ``faults`` are what was found wrong."""

    store: SqliteStore
    dice: random.Random
    stalls: bool = True
    rules: QueueRules = field(default_factory=lambda: QueueRules("sales"))
    clock: Clock = field(default_factory=Clock)
    phones: Phones = field(default_factory=Phones)
    workers: dict[str, Floors] = field(default_factory=dict)
    requests: list[Pending] = field(default_factory=list)
    done: dict[str, Event | None] = field(default_factory=dict)
    """The host's answers by the requests' ids: a request that comes again is answered as before."""
    told: dict[str, list[str]] = field(default_factory=dict)
    kills: int = 0
    calls: int = 0
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    """Calls whose caller has left the queue for something else."""

    async def begin(self) -> None:
        """Start the workers; agents sign in."""
        for number in range(WORKERS):
            await self._start(f"w{number}")
        people = [SignedIn(MONDAY, f"a{n}", Person(f"a{n}"), (), (Serves("sales"),)) for n in range(AGENTS)]
        await self._post("w0", *people)

    async def _start(self, name: str) -> None:
        async def deliver(call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None:
            for event_id, _, event in events:
                if not self.knows(event_id):
                    self.told.setdefault(call, []).append(getattr(event, "outcome", ""))
            if self.dice.random() < 0.05:
                raise StoreUnavailable("kept, and nobody heard of it")

        hands, rules = Hands(self, name), {"sales": self.rules}
        self.workers[name] = Floors(self.store.floor, hands, self.clock, rules, deliver, name=name, alone=False)
        await self.workers[name].start()

    def knows(self, event_id: str) -> bool:
        """Whether a call has heard this before: its inbox recognises what comes again."""
        known = event_id in self.seen
        self.seen.add(event_id)
        return known

    async def _post(self, worker: str, *events: Event) -> None:
        await self.workers[worker].post(*(replace(each, at=self.clock.time) for each in events))

    def perform(self, order: HostOrder, request: Request) -> Event | None:
        """The host does what it is asked for, once for each request id."""
        if request.request_id not in self.done:
            self.done[request.request_id] = self.phones._perform(order, self.clock.time)  # type: ignore[arg-type]
        return self.done[request.request_id]

    # ----------------------------------------------------------------------------------------------------------------
    # Steps

    async def step(self) -> None:
        """One thing that happens, and what is true after it."""
        await getattr(self, f"_{self.dice.choices(*STEPS)[0]}")()
        for _ in range(self.dice.randint(0, 3)):
            await asyncio.sleep(0)
        self.check()

    def _any(self) -> str:
        return self.dice.choice(list(self.workers))

    async def _come(self) -> None:
        live = self.calls - len(self.phones.over)
        if live < AGENTS + 4:
            self.calls += 1
            await self._post(self._any(), Entered(0.0, f"c{self.calls}/1", "sales", ring=20.0))

    async def _hang_up(self) -> None:
        live = [f"c{n + 1}" for n in range(self.calls) if f"c{n + 1}" not in self.phones.over]
        if live:
            self.phones.play(("hang up", self.dice.choice(live)), self.clock.time)

    async def _quit(self) -> None:
        """A caller leaves the queue for something else, and stays in the call."""
        callers = [each.entry for each in self.workers[self._any()].floor.callers.values() if not each.connected]
        if callers:
            entry = self.dice.choice(callers)
            self.left.add(entry.partition("/")[0])
            await self._post(self._any(), Left(0.0, entry, hung_up=False))

    async def _person(self) -> None:
        moves = [move for move in self.phones.people() if move[0] != "leave" or self.dice.random() < 0.3]
        if moves:
            self.phones.play(self.dice.choice(moves), self.clock.time)

    async def _agent(self) -> None:
        states: tuple[Readiness, ...] = ("available", "available", "not ready", "offline")
        state = self.dice.choice(states)
        await self._post(self._any(), Wanted(0.0, f"a{self.dice.randrange(AGENTS)}", state))

    async def _execute(self) -> None:
        waiting = [each for each in self.requests if not each.executed]
        if waiting:
            each = self.dice.choice(waiting)
            each.executed, each.answer = True, self.perform(each.order, each.request)

    async def _answer(self) -> None:
        ready = [each for each in self.requests if each.executed]
        if ready:
            each = self.dice.choice(ready)
            self.requests.remove(each)
            if not each.reply.done():
                lost = self.dice.random() < 0.05
                events = (each.answer,) if each.answer is not None else ()
                each.reply.set_result(Outcome(after=0.5, reason="lost") if lost else Outcome(events))

    async def _report(self) -> None:
        if self.phones.mail:
            place = self.dice.randrange(len(self.phones.mail)) if self.dice.random() < 0.3 else 0
            event = self.phones.mail[place]
            if self.dice.random() > 0.1:
                del self.phones.mail[place]
            await self._post(self._any(), event)

    async def _time(self) -> None:
        self.clock.time += self.dice.uniform(0.05, 4.0)
        await self._fire()

    async def _stall(self) -> None:
        if self.stalls:
            self.clock.time += self.dice.choice(STALLS)
            await self._fire()

    async def _fire(self) -> None:
        for leg, phone in self.phones.phones.items():
            if phone.state == "ringing" and phone.until <= self.clock.time:
                self.phones.play(("expire", leg), self.clock.time)
        for name in self.dice.sample(list(self.workers), 2):
            await self.workers[name]._follow()
            self.workers[name]._fire()

    async def _kill(self) -> None:
        name = self._any()
        old = self.workers.pop(name)
        tasks = [*old._flying.values(), *([old._turning] if old._turning is not None else [])]
        old._stopping = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.requests = [each for each in self.requests if each.worker != name or each.executed]
        self.kills += 1
        await self._start(f"w{WORKERS + self.kills}")

    # ----------------------------------------------------------------------------------------------------------------
    # What must never be

    def check(self) -> None:
        """By the phones, whatever anybody believes."""
        for number in range(AGENTS):
            busy = self.phones.busy(f"a{number}")
            if len(busy) > 1:
                self._wrong(f"a{number} rings for, or is in, {' and '.join(sorted(each.call for each in busy))}")
        for number in range(self.calls):
            inside = self.phones.inside(f"c{number + 1}")
            if len(inside) > 1:
                self._wrong(f"c{number + 1} has {' and '.join(sorted(inside))}")

    def _wrong(self, what: str) -> None:
        if what not in self.faults:
            self.faults.append(what)

    async def settle(self) -> None:
        """Everything that is under way comes to its end, everybody hangs up, and nothing may be left."""
        for _ in range(8):
            await self._drain()
            self.clock.time += 20.0
        self._compare()
        for number in range(self.calls):
            if f"c{number + 1}" not in self.phones.over:
                self.phones.play(("hang up", f"c{number + 1}"), self.clock.time)
        for _ in range(60):
            await self._drain()
            self.clock.time += 20.0
        floor = next(iter(self.workers.values())).floor
        for call, outcomes in self.told.items():
            for outcome in ("connected", "answered", "no agents"):
                if outcomes.count(outcome) > 1:
                    self._wrong(f"{call} is told {outcome} more than once")
        for phone in self.phones.phones.values():
            if phone.busy:
                self._wrong(f"{phone.who} is {phone.state} for {phone.call} for ever")
        for kind, left in (("legs", floor.legs), ("callers", floor.callers)):
            if left:
                self._wrong(f"{kind} stay behind: {', '.join(left)}")
        images = {repr(sorted(each.floor.agents.items())) for each in self.workers.values()}
        if len(images) > 1:
            self._wrong("the workers do not agree")

    def _compare(self) -> None:
        """Once nothing is on its way, whoever is in a call is there for a caller who talks to them."""
        floor = next(iter(self.workers.values())).floor
        for phone in self.phones.phones.values():
            if phone.state == "in" and not any(each.connected == phone.leg for each in floor.callers.values()):
                self._wrong(f"{phone.who} is in {phone.call} for nobody")

    async def _drain(self) -> None:
        for _ in range(400):
            await asyncio.sleep(0)
            while self.requests:
                each = self.requests.pop(0)
                answer = each.answer if each.executed else self.perform(each.order, each.request)
                if not each.reply.done():
                    each.reply.set_result(Outcome((answer,) if answer is not None else ()))
            if self.phones.mail:
                await self._post(self._any(), self.phones.mail.pop(0))
                continue
            for leg, phone in list(self.phones.phones.items()):
                if phone.state == "ringing" and phone.until <= self.clock.time:
                    self.phones.play(("expire", leg), self.clock.time)
            for worker in self.workers.values():
                await worker._follow()
                worker._fire()
            busy = any(each._flying or each._turning for each in self.workers.values())
            if not busy and not self.phones.mail and not self.requests:
                return
            if busy:
                await asyncio.sleep(0.0005)


class Hands:
    """One worker's way to the host."""

    def __init__(self, race: Race, worker: str) -> None:
        self._race, self._worker = race, worker

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        """Wait for the host."""
        reply: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._race.requests.append(Pending(self._worker, order, request, reply))
        return await reply


STEPS: tuple[list[str], list[float]] = (
    ["come", "hang_up", "quit", "person", "agent", "execute", "answer", "report", "time", "stall", "kill"],
    [6, 2, 2, 14, 2, 22, 22, 22, 14, 0.6, 0.4],
)
