"""A queue as a lobby: who is let in is offered to nobody else, and waits on where that comes to nothing."""

from __future__ import annotations

from typing import Any

import pytest
from floor_rig import Rig, floor

from interpreter.journal import Codec
from interpreter.routing import QueueRules, handle
from interpreter.routing.protocol import Admit, AgentAsks, Answered, NotAnswered, Tell
from interpreter.routing.snapshot import Snapshot, restored, snapshot

RULES = QueueRules("sales")
SNAPSHOTS: Codec[Any] = Codec(Snapshot)


def talking() -> Rig:
    """Ann talks to ``a``; ``b`` and ``c`` wait."""
    r = Rig(floor(RULES))
    r.agent("ann")
    r.enter("a")
    r.answer("ann")
    for name in ("b", "c"):
        r.now += 1
        r.enter(name)
    return r


def admits(r: Rig, caller: str, agent: str = "ann") -> list[Admit]:
    effects = handle(r.floor, AgentAsks(r.now, agent, "admit", call="a", caller=caller))
    r.out = [each for each in effects if isinstance(each, Tell)]
    return [each for each in effects if isinstance(each, Admit)]


def line(r: Rig) -> list[str]:
    return [each.partition("/")[0] for each in r.floor.waiting.of("sales")]


def test_the_host_is_asked_once_and_the_call_is_told() -> None:
    r = talking()
    [order] = admits(r, "b")
    assert (order.call, order.origin) == ("a", "b")
    assert r.told == [("b", "admitting")]
    assert line(r) == ["c"]
    assert admits(r, "b") == [], "it is on the way"


@pytest.mark.parametrize("caller", ["a", "nobody"])
def test_who_does_not_wait_is_not_let_in(caller: str) -> None:
    assert admits(talking(), caller) == []


def test_an_agent_who_does_not_talk_lets_nobody_in() -> None:
    r = talking()
    r.agent("bob", "support")
    assert admits(r, "b", "bob") == []


def test_who_is_on_the_way_in_is_offered_to_nobody_who_becomes_free() -> None:
    r = talking()
    admits(r, "b")
    r.agent("bob")
    assert r.served("bob") == "c"
    r.agent("eve")
    assert not r.of("eve").legs


def test_who_was_moved_waits_no_more() -> None:
    r = talking()
    [order] = admits(r, "b")
    r.send(Answered(r.now, order.leg))
    assert r.told == [("b", "connected")]
    assert "b/1" not in r.floor.callers
    r.over("b")
    assert r.told == [], "the end of its own call is no hanging up"
    assert line(r) == ["c"]


def test_the_end_of_its_own_call_says_that_a_caller_was_moved() -> None:
    r = talking()
    [order] = admits(r, "b")
    r.over("b")
    assert r.told == [("b", "connected")]
    tallies = list(r.floor.measures.tallies.values())
    assert sum(each.abandoned for each in tallies) == 0
    assert r.send(Answered(r.now, order.leg)) == [], "known already"


@pytest.mark.parametrize("known", [True, False])
def test_who_is_not_moved_has_its_old_place(known: bool) -> None:
    r = talking()
    [order] = admits(r, "b")
    if known:
        r.send(NotAnswered(r.now, order.leg, "failed"))
    else:
        r.wait(11)
    assert ("b", "not admitted") in r.told
    assert line(r) == ["b", "c"]
    assert r.floor.callers["b/1"].admitted == ""


def test_who_hangs_up_on_the_way_is_gone() -> None:
    r = talking()
    [order] = admits(r, "b")
    r.left("b")
    assert "b/1" not in r.floor.callers
    assert r.send(NotAnswered(r.now, order.leg, "failed")) == []
    assert line(r) == ["c"]


def test_a_restored_floor_knows_who_is_on_the_way_in() -> None:
    r = talking()
    [order] = admits(r, "b")
    again = restored(SNAPSHOTS.decode(SNAPSHOTS.encode(snapshot(r.floor, 1))), {"sales": RULES})
    assert snapshot(again, 1) == snapshot(r.floor, 1)
    assert list(again.waiting.of("sales")) == ["c/1"]
    event = NotAnswered(r.now, order.leg, "failed")
    assert handle(again, event) == handle(r.floor, event)
    assert list(again.waiting.of("sales")) == ["b/1", "c/1"]
