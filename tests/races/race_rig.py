"""Eight processes that share one log in the real store, a host that is slow, repeats and reorders, and time.

A step is one thing that happens: somebody comes, hangs up, picks up or declines; an agent comes or goes; the host
executes a request or answers one; a report arrives at some worker, perhaps twice, perhaps late; time passes; a worker
is killed and another one takes its place. Then some of what the workers wait for in the store happens, too. The dice
decide about everything, and whatever can go on without them goes on first: a run is repeated by its seed.

With *stalls* anything may wait for longer than every time-out: a worker, a request that the host has taken, a report.
Without them nothing that is on its way waits for more than `PROMPT` seconds.

What is not played: a request that the host executes after it has let every copy of it time out. Nothing that is known
can be done about it.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from floor_rig import MONDAY, LegOrder
from phones import Move, Phones
from race_judge import Call, Judge
from race_store import Desk, Turn

from interpreter.floor import Floors, Outcome
from interpreter.ports import Request
from interpreter.protocol import Event as CallEvent
from interpreter.protocol import Reported
from interpreter.routing import QueueRules
from interpreter.routing.protocol import Entered, Event, HostOrder, Left, Person, Readiness, Serves, SignedIn, Wanted
from interpreter.routing.state import Leg
from interpreter.store import StoreUnavailable
from interpreter.store.sqlite import SqliteStore

WORKERS, AGENTS = 8, 4
MOST_CALLS = AGENTS + 4
STALLS = (5.0, 12.0, 35.0, 90.0)
"""Seconds of a stall: up to longer than a lease, ringing, and what is waited for confirmations."""
PROMPT = 2.0
RING = 20.0
LIKELY = {"answer": 6.0, "press": 6.0, "decline": 0.7, "refuse": 0.7, "leave": 1.5}
"""What people do with their phones, by how often."""
STEPS = {
    "come": 6, "hang up": 1.5, "quit": 1.5, "person": 18, "agent": 4, "execute": 22, "answer": 22, "report": 24,
    "time": 12, "stall": 0.6, "kill": 0.4,
}  # fmt: skip


class Clock:
    """Time that only the dice move."""

    def __init__(self) -> None:
        self.time = MONDAY

    def now(self) -> float:
        return self.time


@dataclass(eq=False)
class Pending:
    """A request that the host has not answered. ``answer`` is set once it is executed."""

    worker: str
    since: float
    order: HostOrder
    request: Request
    reply: asyncio.Future[Outcome]
    executed: bool = False
    answer: Event | None = None


@dataclass(eq=False)
class Posted:
    """What was handed to a worker, and is not known to be kept. ``call``: whose script waits for that."""

    worker: str
    events: tuple[Event, ...]
    call: str
    task: asyncio.Task[None]


@dataclass
class Race:
    """Everything at once. What is wrong is found by the ``judge``."""

    store: SqliteStore
    dice: random.Random
    stalls: bool
    rules: QueueRules
    judge: Judge = field(init=False)
    clock: Clock = field(default_factory=Clock)
    phones: Phones = field(default_factory=Phones)
    workers: dict[str, Floors] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    requests: list[Pending] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    polls: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    stalled: dict[str, float] = field(default_factory=dict)
    """Until when a worker does nothing."""
    done: dict[str, Event | None] = field(default_factory=dict)
    """The host's answers by the requests' ids: a request that comes again is answered as before."""
    scripts: dict[str, deque[Event]] = field(default_factory=dict)
    """What calls have still to say to the floor, each in order."""
    calls: dict[str, Call] = field(default_factory=dict)
    kills: int = 0
    commits: int = 0
    """Changes of the store that the judge has seen."""

    def __post_init__(self) -> None:
        self.judge = Judge(self.phones, self.rules)

    async def begin(self) -> None:
        """Start the workers; agents sign in."""
        for number in range(WORKERS):
            await self.start(f"w{number}")
        self.phones.mail += [
            SignedIn(MONDAY, f"a{number}", Person(f"a{number}"), (), (Serves("sales"),)) for number in range(AGENTS)
        ]
        await self.rush()

    async def start(self, name: str) -> None:
        """A worker takes up what is in the log."""
        desk = Desk(self.store.floor, name, self.turns, self.clock.now)

        async def deliver(call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None:
            await desk.wait(lambda: self._tell(call, events))

        hands, rules = Hands(self, name), {"sales": self.rules}
        worker = self.workers[name] = Floors(desk, hands, self.clock, rules, deliver, name=name, alone=False)
        await worker.start()
        desk.at_once = False

    async def _tell(self, call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None:
        for event_id, _, event in events:
            self.judge.tell(self.calls[call], event_id, cast(Reported, event))
        if self.dice.random() < 0.05:
            raise StoreUnavailable("kept, and nobody heard of it")

    # ----------------------------------------------------------------------------------------------------------------
    # What goes on by itself

    async def go_on(self) -> None:
        """Let everybody do what needs nothing that is still on its way."""
        ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
        begun = True
        while begun:
            await asyncio.sleep(0)
            while ready:  # noqa: ASYNC110  (nobody sets an event: it is the loop itself that runs out of work)
                await asyncio.sleep(0)
            for each in [each for each in self.posted if each.task.done()]:
                self.posted.remove(each)
                each.task.result()
            begun = False
            for call, events in self.scripts.items():
                if events and all(each.call != call for each in self.posted):
                    self.post(events.popleft(), call=call)
                    begun = True

    def post(self, event: Event, call: str = "") -> None:
        """Hand an event to some worker that is not stalled."""
        worker = self.dice.choice(self.awake())
        event = replace(event, at=self.clock.time)
        task = asyncio.get_running_loop().create_task(self.workers[worker].post(event))
        self.posted.append(Posted(worker, (event,), call, task))

    def awake(self) -> list[str]:
        """The workers that are not stalled; all of them, if all are."""
        return [name for name in self.workers if self.stalled.get(name, 0.0) <= self.clock.time] or list(self.workers)

    async def happens(self, turn: Turn) -> None:
        """Something that a worker waits for in the store."""
        self.turns.remove(turn)
        await turn.happen()
        await self.go_on()

    def execute(self, each: Pending) -> None:
        """The host does what it is asked for, once for each request id."""
        key = each.request.request_id
        if key not in self.done:
            self.judge.ordered(each.order)
            self.done[key] = self.phones._perform(cast(LegOrder, each.order), self.clock.time)
        each.executed, each.answer = True, self.done[key]

    def answer(self, each: Pending, lost: bool = False) -> None:
        """The host answers."""
        self.requests.remove(each)
        if not each.reply.done():
            events = (each.answer,) if each.answer is not None else ()
            each.reply.set_result(Outcome(after=0.5, reason="lost") if lost else Outcome(events))

    def pass_time(self, seconds: float) -> None:
        """Time passes: phones stop ringing."""
        self.clock.time += seconds
        for leg, phone in self.phones.phones.items():
            if phone.state == "ringing" and phone.until <= self.clock.time:
                self.phones.play(("expire", leg), self.clock.time)

    def poll(self, *names: str) -> None:
        """Workers look what is in the log, and what is due."""
        for name in names:
            if name not in self.polls or self.polls[name].done():
                self.polls[name] = asyncio.get_running_loop().create_task(self._poll(self.workers[name]))

    async def _poll(self, worker: Floors) -> None:
        await worker._follow()
        worker._fire()

    async def rush(self, older: float = 0.0) -> None:
        """Everything that has been on its way for so long comes to its end, and what follows from it."""
        await self.go_on()
        while True:
            limit = self.clock.time - older
            turns = [each for each in self.turns if each.since <= limit]
            asked = [each for each in self.requests if each.since <= limit]
            mail = [each for each in self.phones.mail if each.at <= limit]
            if not (turns or asked or mail):
                return
            for turn in turns:
                await self.happens(turn)
            for each in asked:
                if not each.executed:
                    self.execute(each)
                self.answer(each)
            for event in mail:
                self.phones.mail.remove(event)
                self.post(event)
            await self.go_on()

    # ----------------------------------------------------------------------------------------------------------------
    # Steps

    async def step(self) -> None:
        """One thing that happens, and what is true after it."""
        what = self.dice.choices(list(STEPS), list(STEPS.values()))[0]
        await getattr(self, f"_{what.replace(' ', '_')}")()
        await self.go_on()
        for _ in range(self.dice.randint(0, 8)):
            turns = [each for each in self.turns if self.stalled.get(each.worker, 0.0) <= self.clock.time]
            if turns:
                await self.happens(self.dice.choice(turns))
        if self.store.commits != self.commits:
            self.commits = self.store.commits
            await self.judge.follow(self.store.floor)
        self.judge.look(AGENTS, self.calls)

    def live(self) -> list[Call]:
        """The calls that have not ended."""
        return [call for call in self.calls.values() if call.name not in self.phones.over]

    async def _come(self) -> None:
        if len(self.live()) < MOST_CALLS:
            call = Call(f"c{len(self.calls) + 1}")
            self.calls[call.name] = call
            self.scripts[call.name] = deque([Entered(0.0, call.entry, "sales", ring=RING)])

    async def _hang_up(self) -> None:
        if live := self.live():
            self.hang_up(self.dice.choice(live))

    def hang_up(self, call: Call) -> None:
        """A caller hangs up: the host reports that, and the script takes back what it has asked for."""
        self.phones.play(("hang up", call.name), self.clock.time)
        call.fate = "over"
        self.scripts[call.name].append(Left(0.0, call.entry, hung_up=True))

    async def _quit(self) -> None:
        """A caller leaves the queue for something else, and stays in the call; or comes back to its old place."""
        callers = [call for call in self.live() if call.fate in ("waits", "quit")]
        if not callers:
            return
        call = self.dice.choice(callers)
        if call.fate == "waits":
            call.fate = "quit"
            self.scripts[call.name].append(Left(0.0, call.entry, hung_up=False))
        else:
            call.op, call.fate = call.op + 1, "waits"
            self.scripts[call.name].append(Entered(0.0, call.entry, "sales", ring=RING))

    async def _person(self) -> None:
        moves: list[Move] = list(self.phones.people())
        if moves:
            move = self.dice.choices(moves, [self._likely(*move) for move in moves])[0]
            self.phones.play(move, self.clock.time)

    def _likely(self, what: str, leg: str) -> float:
        on_the_way = what == "leave" and self.phones.phones[leg].state == "aside"
        return LIKELY[what] * (0.1 if on_the_way else 1.0)

    async def _agent(self) -> None:
        states: tuple[Readiness, ...] = ("available", "available", "available", "not ready", "offline")
        self.post(Wanted(0.0, f"a{self.dice.randrange(AGENTS)}", self.dice.choice(states)))

    async def _execute(self) -> None:
        if waiting := [each for each in self.requests if not each.executed]:
            self.execute(self.dice.choice(waiting))

    async def _answer(self) -> None:
        if ready := [each for each in self.requests if each.executed]:
            self.answer(self.dice.choice(ready), lost=self.dice.random() < 0.05)

    async def _report(self) -> None:
        if self.phones.mail:
            place = self.dice.randrange(len(self.phones.mail)) if self.dice.random() < 0.3 else 0
            event = self.phones.mail[place]
            if self.dice.random() > 0.1:
                del self.phones.mail[place]
            self.post(event)

    async def _time(self) -> None:
        if not self.stalls:
            await self.rush(PROMPT)
        self.pass_time(self.dice.uniform(0.05, 4.0))
        awake = self.awake()
        self.poll(*(self.dice.sample(awake, min(2, len(awake))) if self.stalls else awake))

    async def _stall(self) -> None:
        """Everything stands still for a while, or one worker does while the others go on."""
        if self.stalls and self.dice.random() < 0.5:
            self.pass_time(self.dice.choice(STALLS))
        elif self.stalls:
            self.stalled[self.dice.choice(list(self.workers))] = self.clock.time + self.dice.choice(STALLS)

    async def _kill(self) -> None:
        """A worker dies. What it had asked for may happen all the same; what it was told is told to another one."""
        name = self.dice.choice(list(self.workers))
        old = self.workers.pop(name)
        old._stopping = True
        old._inbox.clear()
        lost = [each for each in self.posted if each.worker == name]
        tasks = [*old._flying.values(), *(each.task for each in lost)]
        tasks += [task for task in (old._turning, self.polls.pop(name, None)) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for turn in [each for each in self.turns if each.worker == name]:
            self.turns.remove(turn)
            if turn.writes and self.dice.random() < 0.5:
                await turn.happen()
        self.requests = [each for each in self.requests if each.worker != name or self.dice.random() < 0.5]
        for each in lost:
            self.posted.remove(each)
            if each.call:
                self.scripts[each.call].extendleft(reversed(each.events))
            else:
                self.phones.mail += each.events
        self.stalled.pop(name, None)
        self.kills += 1
        await self.start(name if self.dice.random() < 0.5 else f"w{WORKERS + self.kills}")


class Hands:
    """One worker's way to the host."""

    def __init__(self, race: Race, worker: str) -> None:
        self._race, self._worker = race, worker

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        """Wait for the host."""
        reply: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        now = self._race.clock.time
        self._race.requests.append(Pending(self._worker, now, order, request, reply))
        return await reply
