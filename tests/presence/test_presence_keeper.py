"""What the keeper shows and tells, as time goes by."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from graph_stub import ANA, BEN, Clock, Fault, first, user
from presence_desk import CLEAR, READ, SET, Desk, at_desk

from interpreter.presence import Keeper, Presence, Presences, ThrottledError, Verdict
from interpreter.presence.policy import AFTER, OURS, UNKNOWN

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
