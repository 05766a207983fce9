"""Failures of one user, of everybody, and of ours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import pytest
from graph_stub import ANA, BEN, SECRET, Clock, Fault, Seen, first, rig, user
from presence_desk import READ, SET, Desk, at_desk

from interpreter.presence import Keeper, Presences, UnavailableError
from interpreter.presence.policy import UNKNOWN

# --------------------------------------------------------------------------------------------------------------------
# Failures


def test_one_failing_user_never_stops_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async def use(desk: Desk) -> None:
        users = [user(n) for n in range(60)]
        desk.stub.teams = dict.fromkeys(users, ("Available", "Available"))
        for n, each in enumerate(users):
            desk.keeper.watch(f"agent-{n}", each)
            desk.keeper.hold(f"agent-{n}")
        desk.stub.fault = lambda seen: Fault(500) if users[0] in seen.path else None
        await desk.now()
        assert [each for each in users if desk.stub.ours(each) is None] == users[:1]
        for n in range(60):
            desk.keeper.release(f"agent-{n}")
        await desk.after(5)
        assert [each for each in users if desk.stub.ours(each) is not None] == []

    with caplog.at_level(logging.DEBUG):
        at_desk(use)
    assert f"presence of {user(0)} could not be shown" in caplog.text
    assert SECRET not in caplog.text
    assert "Bearer" not in caplog.text


def test_users_of_whom_no_answer_comes_hold_nobody_up() -> None:
    async def use(desk: Desk) -> None:
        users = [user(n) for n in range(40)]
        desk.stub.teams = dict.fromkeys(users, ("Available", "Available"))
        for n, each in enumerate(users):
            desk.keeper.watch(f"agent-{n}", each)
            desk.keeper.hold(f"agent-{n}")
        desk.stub.fault = lambda seen: Fault(drop=True) if any(each in seen.path for each in users[:5]) else None
        await desk.after(10, step=1.0)
        assert [each for each in users if desk.stub.ours(each) is None] == users[:5]

    at_desk(use)


def test_when_nothing_answers_most_are_left_for_later() -> None:
    async def use(desk: Desk) -> None:
        for n in range(200):
            desk.keeper.watch(f"agent-{n}", user(n))
            desk.keeper.hold(f"agent-{n}")
        desk.stub.fault = lambda seen: Fault(drop=True) if seen.what == SET else None
        await desk.now()
        assert 3 <= desk.times(SET) <= 20

    at_desk(use)


def test_a_throttled_write_is_a_rest_for_all_writes_but_not_for_reading() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.watch("ben", BEN)
        desk.keeper.hold("ana")
        desk.stub.fault = first(Fault(429, {"Retry-After": "30"}), what=SET)
        await desk.now()
        await desk.after(29, step=1.0)
        assert desk.times(SET) == 1
        assert desk.times(READ) == 3
        await desk.after(1, step=1.0)
        assert desk.times(SET) == 2
        assert desk.stub.ours(ANA) is not None

    at_desk(use)


def test_without_a_token_nothing_is_hammered() -> None:
    async def use(desk: Desk) -> None:
        for n in range(100):
            desk.keeper.watch(f"agent-{n}", user(n))
            desk.keeper.hold(f"agent-{n}")
        desk.keeper.watch("ben", BEN)
        desk.stub.fault = lambda seen: Fault(401, body='{"error": "invalid_client"}')
        assert await desk.after(300, step=1.0) == [("ben", True, UNKNOWN.reason)]
        assert desk.times("token") <= 30
        assert desk.times(SET) == 0

    at_desk(use)


def test_what_the_floor_did_not_take_is_told_again(caplog: pytest.LogCaptureFixture) -> None:
    async def use(desk: Desk) -> None:
        desk.deaf = True
        desk.keeper.watch("ana", ANA)
        desk.keeper.watch("ben", BEN)
        assert await desk.now() == []
        desk.deaf = False
        assert len(await desk.now()) == 2
        desk.keeper.tell_again("ana")
        assert await desk.now() == [("ana", True, "available")]
        desk.keeper.watch("ana", ANA)
        assert await desk.now() == [("ana", True, "available")], "who has signed in again is told of"

    at_desk(use)
    assert "nobody could be told of the presence of ana" in caplog.text


def test_a_fault_of_ours_for_one_user_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        lasts = 300.0

        def __init__(self) -> None:
            self.shown: list[str] = []

        async def presences(self, user_ids: Iterable[str]) -> Presences:
            raise KeyError("a fault")

        async def set_in_call(self, user_id: str) -> None:
            if user_id == ANA:
                raise KeyError("a fault")
            self.shown.append(user_id)

        async def clear(self, user_id: str) -> None:
            raise UnavailableError("no")

    async def run() -> list[str]:
        odd, told = Odd(), list[str]()

        async def hear(agent: str, offerable: bool, reason: str) -> None:
            told.append(agent)

        keeper = Keeper(odd, Clock(), hear)
        for name, user_id in (("ana", ANA), ("ben", BEN), ("carla", user(3))):
            keeper.watch(name, user_id)
        keeper.hold("ana")
        keeper.hold("ben")
        await keeper.once()
        assert odd.shown == [BEN]
        return told

    assert asyncio.run(run()) == ["carla"]
    assert "presence could not be read" in caplog.text


# --------------------------------------------------------------------------------------------------------------------
# Production


def test_it_runs_until_it_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with rig() as given_rig:
            stop, told = asyncio.Event(), list[str]()

            async def hear(agent: str, offerable: bool, reason: str) -> None:
                told.append(agent)
                if len(told) < 4:
                    raise RuntimeError("not now")
                stop.set()

            keeper = Keeper(given_rig.graph, given_rig.clock, hear, tick=0.0)
            keeper.watch("ana", ANA)
            keeper.hold("ana")
            keeper.watch("ben", BEN)
            await asyncio.wait_for(keeper.run(stop), 60)
            assert told == ["ben"] * 4
            assert given_rig.stub.ours(ANA) is not None, "calls go on without us"

    asyncio.run(run())


def test_stopping_waits_for_nobody() -> None:
    async def run() -> None:
        async with rig(seconds=60.0) as given_rig:
            stop = asyncio.Event()

            def silent(seen: Seen) -> Fault | None:
                if seen.what == READ:
                    stop.set()
                    return Fault(hang=True)
                return None

            given_rig.stub.fault = silent
            keeper = Keeper(given_rig.graph, given_rig.clock, lambda *_: asyncio.sleep(0))
            keeper.watch("ana", ANA)
            await asyncio.wait_for(keeper.run(stop), 30)
            assert len(asyncio.all_tasks()) < 10

    asyncio.run(run())


def test_a_fault_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    class Once(Keeper):
        times = 0

        async def once(self) -> None:
            self.times += 1
            if self.times < 3:
                raise KeyError("a fault")
            stop.set()

    async def run() -> None:
        async with rig() as given_rig:
            keeper = Once(given_rig.graph, given_rig.clock, lambda *_: asyncio.sleep(0), tick=0.0)
            await asyncio.wait_for(keeper.run(stop), 60)
            assert keeper.times == 3

    stop = asyncio.Event()
    asyncio.run(run())
    assert "presence could not be kept" in caplog.text
