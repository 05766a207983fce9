"""The keeper on a clock that only the test moves, against a tenant where what we show comes back as presence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from graph_stub import ANA, BEN, NOON, SECRET, Clock, Fault, Rig, Seen, first, rig, user
from hypothesis import given
from hypothesis import strategies as st

from interpreter.presence import Keeper, Presence, Presences, ThrottledError, UnavailableError, Verdict
from interpreter.presence.pause import Pause
from interpreter.presence.policy import AFTER, OURS, UNKNOWN

READ, SET, CLEAR = "getPresencesByUserId", "setPresence", "clearPresence"
Got = TypeVar("Got")


@dataclass
class Desk:
    """A keeper with its tenant, and what the floor was told."""

    rig: Rig
    told: list[tuple[str, bool, str]] = field(default_factory=list)
    deaf: bool = False

    def __post_init__(self) -> None:
        self.keeper = Keeper(self.rig.graph, self.rig.clock, self.hear)
        self.stub, self.clock = self.rig.stub, self.rig.clock

    async def hear(self, agent: str, offerable: bool, reason: str) -> None:
        if self.deaf:
            raise RuntimeError("the log does not take anything")
        self.told.append((agent, offerable, reason))

    async def after(self, seconds: float, step: float = 5.0) -> list[tuple[str, bool, str]]:
        """Let time go by in steps; gives what was told meanwhile."""
        before, end = len(self.told), self.clock.time + seconds
        while self.clock.time < end:
            self.clock.time = min(end, self.clock.time + step)
            await self.keeper.once()
        return self.told[before:]

    async def now(self) -> list[tuple[str, bool, str]]:
        before = len(self.told)
        await self.keeper.once()
        return self.told[before:]

    def times(self, what: str) -> int:
        return len(self.stub.asked(what))


def at_desk(use: Callable[[Desk], Awaitable[Got]], seconds: float = 5.0) -> Got:
    async def run() -> Got:
        async with rig(seconds=seconds) as given_rig:
            desk = Desk(given_rig)
            desk.stub.teams = {ANA: ("Available", "Available"), BEN: ("Available", "Available")}
            return await use(desk)

    return asyncio.run(run())


# --------------------------------------------------------------------------------------------------------------------
# Reading


def test_the_floor_is_told_of_changes_only() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.watch("ben", BEN)
        assert sorted(await desk.now()) == [("ana", True, "available"), ("ben", True, "available")]
        assert await desk.after(60) == []
        desk.stub.teams[ANA] = ("Busy", "InAMeeting")
        assert await desk.after(10) == [("ana", False, "in a meeting")]
        assert desk.keeper.verdict("ana") == Verdict(False, "in a meeting")
        desk.stub.teams[ANA] = ("DoNotDisturb", "Presenting")
        assert await desk.after(10) == [("ana", False, "presenting")]
        desk.stub.teams[ANA] = ("AvailableIdle", "Inactive")
        assert await desk.after(10) == [("ana", True, "available")]
        assert desk.keeper.verdict("carla") is None

    at_desk(use)


def test_presence_is_read_every_ten_seconds() -> None:
    async def use(desk: Desk) -> None:
        await desk.after(5, step=1.0)
        assert desk.times(READ) == 0, "there is nobody to ask for"
        desk.keeper.watch("ana", ANA)
        await desk.after(60, step=1.0)
        assert desk.times(READ) == 6

    at_desk(use)


def test_without_an_answer_presence_lapses_after_a_minute() -> None:
    async def use(desk: Desk) -> None:
        desk.stub.teams[ANA] = ("Away", "Away")
        desk.keeper.watch("ana", ANA)
        assert await desk.now() == [("ana", False, "away")]
        desk.stub.fault = lambda seen: Fault(503)
        assert await desk.after(60, step=1.0) == []
        assert await desk.after(1, step=1.0) == [("ana", True, UNKNOWN.reason)]
        assert 5 <= desk.times(READ) <= 9, "1, 2, 4, 8, 16 and 30 seconds"
        desk.stub.fault = first()
        assert await desk.after(30, step=1.0) == [("ana", False, "away")]

    at_desk(use)


def test_graph_says_when_to_read_again() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.stub.fault = first(Fault(429, {"Retry-After": "40"}), what=READ)
        await desk.now()
        await desk.after(39, step=1.0)
        assert desk.times(READ) == 1
        await desk.after(1, step=1.0)
        assert desk.times(READ) == 2
        await desk.after(9, step=1.0)
        assert desk.times(READ) == 2

    at_desk(use)


def test_a_user_whom_graph_does_not_know_stops_nobody() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("carla", "no-guid")
        for n in range(40):
            desk.stub.teams[user(n)] = ("Away", "Away")
            desk.keeper.watch(f"agent-{n}", user(n))
        told = await desk.now()
        assert ("carla", True, UNKNOWN.reason) in told
        assert sum(reason == "away" for _, _, reason in told) == 40
        before = desk.times(READ)
        await desk.after(50, step=10.0)
        assert desk.times(READ) == before + 5, "the wrong id is left out for a minute"

    at_desk(use)


def test_what_could_be_read_counts_though_graph_wants_a_rest() -> None:
    class Half:
        lasts = 300.0
        asked = 0

        async def presences(self, user_ids: Iterable[str]) -> Presences:
            self.asked += 1
            found = Presences()
            found[ANA] = Presence("Away", "Away")
            found.error = ThrottledError("429", after=25.0)
            return found

        async def set_in_call(self, user_id: str) -> None: ...

        async def clear(self, user_id: str) -> None: ...

    async def run() -> None:
        told, clock, half = [], Clock(), Half()

        async def hear(agent: str, offerable: bool, reason: str) -> None:
            told.append((agent, offerable))

        keeper = Keeper(half, clock, hear)
        keeper.watch("ana", ANA)
        keeper.watch("ben", BEN)
        await keeper.once()
        assert told == [("ana", False), ("ben", True)]
        clock.time += 24.0
        await keeper.once()
        assert half.asked == 1
        clock.time += 1.0
        await keeper.once()
        assert half.asked == 2

    asyncio.run(run())


# --------------------------------------------------------------------------------------------------------------------
# Showing


def test_a_call_of_ours_is_shown_renewed_and_taken_back() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.watch("ben", BEN)
        await desk.now()
        desk.keeper.hold("ana")
        await desk.now()
        assert desk.stub.ours(ANA) == ("Busy", "InACall")
        for _ in range(239):
            await desk.after(1, step=1.0)
        assert desk.times(SET) == 1
        await desk.after(1, step=1.0)
        assert desk.times(SET) == 2
        for _ in range(1200):
            await desk.after(1, step=1.0)
            assert desk.stub.shown(ANA) == ("Busy", "InACall")
        assert desk.times(SET) == 7
        desk.keeper.release("ana")
        await desk.now()
        assert desk.stub.shown(ANA) == ("Available", "Available")
        assert desk.stub.ours(BEN) is None
        await desk.after(600)
        assert (desk.times(SET), desk.times(CLEAR)) == (7, 1)

    at_desk(use)


def test_our_own_echo_keeps_no_call_away() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        assert await desk.now() == [("ana", True, "available")]
        desk.keeper.hold("ana")
        assert await desk.after(600) == []
        assert desk.keeper.verdict("ana") == OURS
        assert all(ANA not in each.body["ids"] for each in desk.stub.asked(READ)[1:]), "the held are not asked for"
        desk.keeper.release("ana")
        # Teams is late: our call can be seen for a minute and a half more.
        desk.stub.teams[ANA] = ("Busy", "InACall")
        assert await desk.after(90) == [("ana", True, AFTER.reason)]
        desk.stub.teams[ANA] = ("Available", "Available")
        assert await desk.after(120) == []
        assert desk.keeper.verdict("ana") == Verdict(True, "available")

    at_desk(use)


def test_after_the_grace_another_call_counts() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        await desk.now()
        desk.keeper.release("ana")
        desk.stub.teams[ANA] = ("Busy", "InACall")
        assert await desk.after(115) == [("ana", True, AFTER.reason)]
        assert await desk.after(10) == [("ana", False, "in another call")]

    at_desk(use)


def test_the_grace_begins_when_nothing_of_ours_is_shown_any_more() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        await desk.now()
        desk.keeper.release("ana")
        desk.stub.fault = lambda seen: Fault(500) if seen.what == CLEAR else None
        assert await desk.after(250) == [("ana", True, AFTER.reason)]
        assert desk.stub.shown(ANA) == ("Busy", "InACall")
        assert await desk.after(60) == [], "Teams has ended the session by itself"
        assert desk.stub.shown(ANA) == ("Available", "Available")
        tries = desk.times(CLEAR)
        assert 6 <= tries <= 14
        assert desk.keeper.verdict("ana") == AFTER
        await desk.after(120)
        assert desk.times(CLEAR) == tries, "there is nothing to take back any more"
        assert desk.keeper.verdict("ana") == Verdict(True, "available")

    at_desk(use)


def test_a_call_that_was_over_at_once_is_never_shown() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        desk.keeper.release("ana")
        assert await desk.now() == [("ana", True, AFTER.reason)]
        assert (desk.times(SET), desk.times(CLEAR)) == (0, 0)

    at_desk(use)


def test_a_request_without_an_answer_may_have_worked() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        desk.stub.fault = lambda seen: Fault(drop=True) if seen.what == SET else None
        await desk.now()
        desk.keeper.release("ana")
        await desk.after(5)
        assert desk.times(CLEAR) == 1, "so it is taken back"

    at_desk(use)


def test_a_failed_renewal_is_tried_again_before_the_session_ends() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        await desk.now()
        await desk.after(239)
        desk.stub.fault = first(*[Fault(500)] * 4, what=SET)
        for _ in range(120):
            await desk.after(1, step=1.0)
            assert desk.stub.ours(ANA) is not None
        assert desk.times(SET) == 6

    at_desk(use)


def test_an_agent_who_leaves_shows_nothing_of_ours() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        await desk.now()
        desk.keeper.forget("ana")
        await desk.now()
        assert desk.stub.ours(ANA) is None
        before = desk.times(READ)
        assert await desk.after(60) == []
        assert desk.times(READ) == before
        for of in (desk.keeper.hold, desk.keeper.release, desk.keeper.forget, desk.keeper.tell_again):
            of("nobody")

    at_desk(use)


def test_an_agent_with_another_user() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.hold("ana")
        await desk.now()
        desk.keeper.watch("ana", BEN)
        await desk.now()
        assert desk.stub.ours(ANA) is None
        assert desk.stub.ours(BEN) == ("Busy", "InACall"), "the call goes on"

    at_desk(use)


def test_two_agents_who_are_one_user() -> None:
    async def use(desk: Desk) -> None:
        desk.keeper.watch("ana", ANA)
        desk.keeper.watch("ana at home", ANA)
        desk.keeper.hold("ana")
        desk.keeper.hold("ana at home")
        await desk.now()
        assert desk.times(SET) == 1
        desk.keeper.release("ana")
        await desk.now()
        assert desk.stub.ours(ANA) is not None
        assert desk.keeper.verdict("ana") == AFTER
        desk.keeper.release("ana at home")
        await desk.now()
        assert desk.stub.ours(ANA) is None

    at_desk(use)


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


@given(STEPS)
def test_whatever_happens_it_comes_right_and_our_echo_never_counts(steps: list[tuple[str, int, int]]) -> None:
    async def run() -> None:
        clock = Clock()
        tenant, told = Tenant(clock), dict[str, bool]()

        async def hear(agent: str, offerable: bool, reason: str) -> None:
            told[agent] = offerable and told.get(agent, True)

        keeper, watched, held = Keeper(tenant, clock, hear), set[str](), set[str]()
        for what, n, much in steps:
            name = f"agent-{n}"
            match what:
                case "watch":
                    keeper.watch(name, user(n))
                    watched.add(name)
                case "forget":
                    keeper.forget(name)
                    watched.discard(name)
                    held.discard(name)
                case "hold":
                    keeper.hold(name)
                    held |= {name} & watched
                case "release":
                    keeper.release(name)
                    held.discard(name)
                case "time":
                    clock.time += 10.0 * much
                case _:
                    tenant.failing = much
                    await keeper.once()
        tenant.failing = 0
        for _ in range(70):
            clock.time += 10.0
            await keeper.once()
        shown = {each for each, until in tenant.until.items() if clock.time < until}
        assert shown == {user(int(name[-1])) for name in held}
        assert watched - held <= set(told)
        assert all(told.values()), "only our own calls are shown here"

    asyncio.run(run())


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
            await asyncio.wait_for(keeper.run(stop), 5)
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
            await asyncio.wait_for(keeper.run(stop), 5)
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
            await asyncio.wait_for(keeper.run(stop), 5)
            assert keeper.times == 3

    stop = asyncio.Event()
    asyncio.run(run())
    assert "presence could not be kept" in caplog.text
