"""What happens at the same time, clocks that jump, and whatever else may come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from graph_stub import ANA, BEN, NOON, Clock, Fault, Seen, first, user
from hypothesis import given
from hypothesis import strategies as st
from presence_desk import CLEAR, READ, SET, Desk, at_desk

from interpreter.presence import Keeper, Presence, Presences, ThrottledError, UnavailableError
from interpreter.presence.pause import Pause
from interpreter.presence.policy import OURS

# --------------------------------------------------------------------------------------------------------------------
# Races and time


def test_what_arrives_when_the_agent_is_already_held_is_dropped() -> None:
    async def use(desk: Desk) -> None:
        desk.stub.teams[ANA] = ("DoNotDisturb", "DoNotDisturb")
        desk.keeper.watch("ana", ANA)

        def taken(seen: Seen) -> None:
            if seen.what == READ:
                desk.keeper.hold("ana")

        desk.stub.fault = taken
        assert await desk.now() == []
        assert desk.keeper.verdict("ana") == OURS

    at_desk(use)


def test_a_call_that_ends_or_begins_while_a_request_is_on_its_way() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        desk.stub.fault = lambda seen: desk.keeper.release("ana") if seen.what == SET else None
        await desk.now()
        desk.stub.fault = lambda seen: desk.keeper.hold("ana") if seen.what == CLEAR else None
        await desk.now()
        desk.stub.fault = first()
        await desk.now()
        assert desk.stub.ours(ANA) == ("Busy", "InACall")

    at_desk(use)


def test_a_clock_that_is_set_back_stops_nothing() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.watch("ben", BEN)
        desk.keeper.hold("ben")
        await desk.now()
        desk.stub.fault = first(Fault(500), what=READ)
        await desk.after(10)
        desk.clock.time = NOON - 86_400.0
        desk.stub.teams[ANA] = ("Away", "Away")
        before = desk.times(SET)
        assert await desk.now() == [("ana", False, "away")]
        assert desk.times(SET) == before + 1

    at_desk(use)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 900)), max_size=12))
def test_a_pause_is_never_shorter_than_the_wish_and_always_ends(failures: list[tuple[float, float]]) -> None:
    pause, now = Pause(), NOON
    for later, after in failures:
        now += later
        pause.failed(now, after)
        assert pause.over(now + max(after, 60.0))
        assert not after or not pause.over(now + after * 0.999)
    pause.passed()
    assert pause.over(now)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["hold", "release", "watch", "forget", "time", "once"]), st.integers(0, 3), st.integers(0, 9)
    ),
    max_size=40,
)


class Tenant:
    """A tenant without a network, in which requests fail as they are drawn."""

    lasts = 300.0

    def __init__(self, clock: Clock) -> None:
        self.clock, self.failing = clock, 0
        self.until: dict[str, float] = {}

    def fail(self) -> None:
        if self.failing % 3 == 1:
            raise UnavailableError("no answer")
        if self.failing % 3 == 2:
            raise ThrottledError("429", after=7.0)

    async def presences(self, user_ids: Iterable[str]) -> Presences:
        self.fail()
        found = Presences()
        for each in user_ids:
            busy = self.clock.time < self.until.get(each, 0.0)
            found[each] = Presence("Busy", "InACall") if busy else Presence("Available", "Available")
        return found

    async def set_in_call(self, user_id: str) -> None:
        if self.failing % 4 != 3:
            self.until[user_id] = self.clock.time + self.lasts
        self.fail()

    async def clear(self, user_id: str) -> None:
        self.fail()
        self.until.pop(user_id, None)


class Play:
    """A keeper with a tenant, what the floor has said, and what it was told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.tenant = Tenant(self.clock)
        self.keeper = Keeper(self.tenant, self.clock, self.hear)
        self.watched, self.held = set[str](), set[str]()
        self.told: dict[str, bool] = {}

    async def hear(self, agent: str, offerable: bool, reason: str) -> None:
        self.told[agent] = offerable and self.told.get(agent, True)

    async def step(self, what: str, n: int, much: int) -> None:
        name = f"agent-{n}"
        match what:
            case "watch":
                self.keeper.watch(name, user(n))
                self.watched.add(name)
            case "forget":
                self.keeper.forget(name)
                self.watched.discard(name)
                self.held.discard(name)
            case "hold":
                self.keeper.hold(name)
                self.held |= {name} & self.watched
            case "release":
                self.keeper.release(name)
                self.held.discard(name)
            case "time":
                self.clock.time += 10.0 * much
            case _:
                self.tenant.failing = much
                await self.keeper.once()

    async def settle(self) -> None:
        self.tenant.failing = 0
        for _ in range(70):
            self.clock.time += 10.0
            await self.keeper.once()


@given(STEPS)
def test_whatever_happens_it_comes_right_and_our_echo_never_counts(steps: list[tuple[str, int, int]]) -> None:
    async def run() -> Play:
        play = Play()
        for step in steps:
            await play.step(*step)
        await play.settle()
        return play

    play = asyncio.run(run())
    shown = {each for each, until in play.tenant.until.items() if play.clock.time < until}
    assert shown == {user(int(name[-1])) for name in play.held}
    assert play.watched - play.held <= set(play.told)
    assert all(play.told.values()), "only our own calls are shown here"
