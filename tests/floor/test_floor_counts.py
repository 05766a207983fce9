"""What has come to its end is told to one observer, once, whatever the number of processes and of their lives."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from floor_house import Clock, Counted, House, in_house
from floor_rig import MONDAY
from random_events import RULES, pick

from interpreter.floor import ENTRIES, Done, Floors, Outcome
from interpreter.floor.observing import Unobserved
from interpreter.ports import Request
from interpreter.protocol import Event as CallEvent
from interpreter.routing import Floor, handle
from interpreter.routing.protocol import (
    Fetched,
    FileReady,
    Give,
    HostOrder,
    Listened,
    Recording,
    Removed,
    TakeMessage,
)
from interpreter.routing.protocol.facts import Fact, TalkOver
from interpreter.routing.state import Leg
from interpreter.store import StoreUnavailable
from interpreter.store.sqlite import SqliteStore


@dataclass
class Told(Unobserved):
    """Keeps what it is told."""

    facts: list[Fact] = field(default_factory=list)

    def happened(self, fact: Fact) -> None:
        self.facts.append(fact)


class Deaf:
    """A host that is asked for much and does nothing."""

    async def perform(self, order: HostOrder, leg: Leg | None, request: Request) -> Outcome:
        return Outcome()


def test_processes_that_share_a_log_count_each_fact_once_together(tmp_path: Path) -> None:
    async def run() -> None:
        store, dice, clock = SqliteStore.open(tmp_path / "ivr.db"), Random(7), Clock(MONDAY)

        async def deliver(call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None: ...

        told = [Told() for _ in range(3)]
        workers = [
            Floors(store.floor, Deaf(), clock, RULES, deliver, name=f"w{n}", alone=False, observer=each)
            for n, each in enumerate(told)
        ]
        for worker in workers:
            await worker.start()
        for _ in range(800):
            worker = dice.choice(workers)
            clock.at += dice.choice((0.0, 1.0, 7.0))
            await worker.post(pick(worker.floor, clock.at, dice.randrange(10**12)))
            await dice.choice(workers)._follow()
        for worker in workers:
            await worker.idle()
            await worker._follow()
        again = Floor(RULES)
        expected = Counter[Fact]()
        for row in await store.floor.read(0):
            entry = ENTRIES.decode(row.text)
            if not isinstance(entry, Done):
                handle(again, entry)
                expected.update(again.facts)
        assert sum(expected.values()) > 100
        assert all(len(each.facts) > 10 for each in told)
        assert Counter(fact for each in told for fact in each.facts) == expected
        for worker in workers:
            await worker.stop()
        await store.close()

    asyncio.run(run())


def test_a_new_process_does_not_count_what_an_earlier_one_has_counted(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        first, second = Told(), Told()
        house.observer = first
        await house.stop()
        await house.again()
        leg = await house.talk()
        counted = len(first.facts)
        assert counted > 0
        house.observer = second
        await house.stop()
        await house.again()
        assert second.facts == []
        await house.floors.post(Removed(house.clock.at, leg))
        assert second.facts == [TalkOver("sales", 60.0)]
        assert len(first.facts) == counted

    in_house(tmp_path, story)


def test_somebody_who_cannot_be_told_is_counted(tmp_path: Path) -> None:
    """Whoever tells people gives up by itself: that is an order given up, too."""

    async def tell(order: Give, request: Request) -> Outcome:
        return Outcome(reason="HTTP 410" if order.to == "gone" else "")

    async def run() -> None:
        store, clock, counted = SqliteStore.open(tmp_path / "ivr.db"), Clock(MONDAY), Counted()

        async def deliver(call: str, events: Sequence[tuple[str, str, CallEvent]]) -> None: ...

        floors = Floors(store.floor, Deaf(), clock, RULES, deliver, tell=tell, observer=counted)
        await floors.start()
        for call, to in (("a", "gone"), ("b", "desk")):
            await floors.post(TakeMessage(clock.at, f"{call}/1", "box", quiet=2.0, told=to))
            [name] = [each.name for each in floors.floor.messages.values() if each.call == call]
            await floors.post(Recording(clock.at, name, "active", f"rec-{call}"))
            clock.at += 10.0
            await floors.post(Listened(clock.at, f"{name}:1", "speech", "Hello."))
            await floors.post(FileReady(clock.at, f"rec-{call}", "https://files"), Fetched(clock.at, name, done=True))
            await floors.idle()
        assert counted.given_up == ["Give"]
        assert floors.orders == 0
        await floors.stop()
        await store.close()

    asyncio.run(run())


def test_what_comes_twice_into_the_log_is_counted_once(tmp_path: Path) -> None:
    """The store has kept an end and has not said so: whoever reports it does so again."""

    async def story(house: House) -> None:
        told = house.observer = Told()
        await house.stop()
        await house.again()
        leg = await house.talk()
        told.facts.clear()
        append = house.log.append

        async def kept_and_not_said(*given: object) -> int:
            await append(*given)  # type: ignore[arg-type]
            raise StoreUnavailable("kept, and nobody heard of it")

        house.log.append = kept_and_not_said  # type: ignore[assignment]
        end = Removed(house.clock.at, leg)
        try:
            await house.floors.post(end)
        except StoreUnavailable:
            house.log.append = append
        await house.floors.post(end)
        assert told.facts == [TalkOver("sales", 60.0)]

    in_house(tmp_path, story)
