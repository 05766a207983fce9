"""People who are followed and are no agents: presence of them is read, and nothing is shown or told."""

from __future__ import annotations

from graph_stub import ANA, BEN, Fault
from presence_desk import READ, SET, Desk, at_desk

from interpreter.presence import Verdict
from interpreter.presence.policy import AFTER, UNKNOWN


def test_who_is_followed_is_read_and_nobody_is_told() -> None:
    async def use(desk: Desk) -> None:
        desk.stub.teams[BEN] = ("Away", "Away")
        desk.keeper.watch("ana", ANA)
        desk.keeper.follow(BEN)
        assert desk.keeper.verdict_of(BEN) == UNKNOWN, "not read yet"
        assert await desk.now() == [("ana", True, "available")]
        assert desk.keeper.verdict_of(BEN) == Verdict(False, "away")
        assert desk.keeper.verdict_of(ANA) is None, "an agent is not followed"
        assert desk.times(READ) == 1, "in one request with the agents"

    at_desk(use)


def test_what_was_read_of_them_is_believed_for_a_minute() -> None:
    async def use(desk: Desk) -> None:
        desk.stub.teams[BEN] = ("DoNotDisturb", "DoNotDisturb")
        desk.keeper.follow(BEN)
        await desk.now()
        desk.stub.fault = lambda seen: Fault(503)
        await desk.after(60, step=1.0)
        assert desk.keeper.verdict_of(BEN) == Verdict(False, "do not disturb")
        await desk.after(1, step=1.0)
        assert desk.keeper.verdict_of(BEN) == UNKNOWN

    at_desk(use)


def test_a_call_of_ours_is_not_held_against_them_for_two_minutes() -> None:
    async def use(desk: Desk) -> None:
        desk.stub.teams[BEN] = ("Busy", "InACall")
        desk.keeper.follow(BEN)
        desk.keeper.has_call(BEN)
        desk.keeper.has_call(ANA)
        await desk.after(119, step=1.0)
        assert desk.keeper.verdict_of(BEN) == AFTER
        await desk.after(1, step=1.0)
        assert desk.keeper.verdict_of(BEN) == Verdict(False, "in another call")
        assert desk.keeper.verdict_of(ANA) is None
        assert desk.times(SET) == 0

    at_desk(use)
