"""Coming into a queue, being told that it is full or that nobody is there, and coming back to the old place."""

from __future__ import annotations

import pytest
from floor_rig import Rig, floor

from interpreter.protocol import Seconds
from interpreter.routing import QueueRules, callers
from interpreter.routing.protocol import CallBack, Person, Probed, Tell


def rig() -> Rig:
    r = Rig(floor(QueueRules("sales")))
    r.agent("ann")
    return r


def places(r: Rig) -> dict[str, float]:
    """The places that were reported by the last thing that happened."""
    found = [(each.entry, dict(each.values)) for each in r.out if isinstance(each, Tell) and each.outcome == "position"]
    return {entry.partition("/")[0]: float(values["position"]) for entry, values in found}  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------------------------
# Nobody there


def test_without_anybody_who_could_come_a_caller_is_told_so_at_once() -> None:
    r = Rig()
    r.enter("a")
    assert r.told == [("a", "no agents")]
    r.agent("ann", "support")
    r.enter("b")
    assert r.told == [("b", "no agents")]
    r.enter("c", "support", needs=(("french", 1),))
    assert r.told == [("c", "no agents")]


def test_who_is_not_ready_may_be_hoped_for_and_who_is_offline_may_not() -> None:
    r = rig()
    r.wants("ann", "not ready")
    r.enter("a")
    assert r.told == []
    r.wants("ann", "offline")
    r.enter("b")
    assert r.told == [("b", "no agents")]


def test_somebody_counts_who_could_take_the_caller_once_its_needs_are_less() -> None:
    r = rig()
    r.enter("a", needs=(("french", 2),), relaxes=((60.0, "french", 0),))
    assert r.told == []


def test_when_the_last_one_has_left_those_who_wait_are_told_so_within_half_a_minute() -> None:
    r = rig()
    r.agent("bob")
    for name in ("ann", "bob"):
        r.wants(name, "not ready")
    r.enter("a")
    r.wants("ann", "offline")
    r.wait(60)
    assert r.told == []
    r.wants("bob", "offline")
    r.wait(29)
    assert r.told == []
    r.wait(1)
    assert r.told == [("a", "no agents")]
    assert not r.floor.callers


def test_somebody_who_comes_back_in_time_is_hoped_for() -> None:
    r = rig()
    r.wants("ann", "not ready")
    r.enter("a")
    r.wants("ann", "offline")
    r.wait(20)
    r.agent("ann")
    assert r.rung == ["ann"]
    r.wait(15)
    assert r.told == []


def test_only_those_whom_nobody_can_take_are_told() -> None:
    r = rig()
    r.agent("eve", skills=(("french", 1),))
    for name in ("ann", "eve"):
        r.wants(name, "not ready")
    r.enter("a")
    r.enter("b", needs=(("french", 1),))
    r.wants("eve", "offline")
    r.wait(30)
    assert r.told == [("b", "no agents")]


def test_the_last_one_may_leave_while_it_is_rung() -> None:
    r = rig()
    r.enter("a")
    r.wants("ann", "offline")
    r.refuse("ann", "no answer")
    r.wait(30)
    assert r.told == [("a", "no agents")]


def test_the_last_one_may_take_other_queues() -> None:
    r = rig()
    r.wants("ann", "not ready")
    r.enter("a")
    r.agent("ann", "support")
    r.wait(30)
    assert r.told == [("a", "no agents")]


def test_the_last_one_may_be_lost() -> None:
    r = rig()
    r.enter("a")
    for pause in (30, 10, 20):
        r.wait(pause)
        r.send(Probed(r.now, r.leg("ann").name, None))
    assert r.state("ann") == "unknown"
    r.wait(30)
    assert r.told == [("a", "no agents")]


# --------------------------------------------------------------------------------------------------------------------
# Full


def test_a_queue_is_full_when_so_many_wait() -> None:
    r = rig()
    r.enter("a", limit=2)
    for call in ("b", "c"):
        r.enter(call, limit=2)
        assert r.told == [], "a does not wait: it is ringing for it"
    r.enter("d", limit=2)
    assert r.told == [("d", "full")]
    r.left("b")
    r.enter("e", limit=2)
    assert r.told == []


def test_a_queue_is_full_when_the_wait_would_be_too_long() -> None:
    r = rig()
    r.enter("x")
    r.answer("ann")
    r.enter("a", longest_estimate=300.0)
    assert r.told == []
    r.now += 1
    r.enter("b", longest_estimate=300.0)
    assert r.told == [("b", "full")]
    r.enter("c", longest_estimate=600.0)
    assert r.told == []


def test_a_queue_with_a_free_agent_is_not_full_and_one_whose_free_agents_work_elsewhere_is() -> None:
    r = rig()
    r.enter("a", longest_estimate=1.0)
    assert r.rung == ["ann"]
    r.agent("bob", "support")
    r.enter("b", longest_estimate=1.0)
    assert r.told == [("b", "full")]


# --------------------------------------------------------------------------------------------------------------------
# Coming back


def test_who_has_left_for_something_else_has_its_place_back() -> None:
    r = rig()
    r.wants("ann", "not ready")
    r.enter("a/1")
    r.wait(5)
    r.enter("b")
    r.left("a/1", hung_up=False)
    r.wait(100)
    r.enter("a/2")
    r.wants("ann", "available")
    assert r.leg("ann").entry == "a/2"


def test_a_place_is_kept_in_a_full_queue_and_for_its_own_call_and_queue_only() -> None:
    r = rig()
    r.wants("ann", "not ready")
    r.enter("a/1")
    r.left("a/1", hung_up=False)
    r.enter("b", limit=1)
    r.enter("c", limit=1)
    assert r.told == [("c", "full")]
    r.enter("a/2", limit=1)
    assert r.told == []
    assert [r.floor.callers[each].rank for each in ("a/2", "b/1")] == sorted(
        r.floor.callers[each].rank for each in ("a/2", "b/1")
    )


def test_what_would_have_been_relaxed_meanwhile_is_relaxed() -> None:
    r = rig()
    relaxes = ((20.0, "french", 1), (60.0, "french", 0))
    r.enter("a/1", needs=(("french", 2),), relaxes=relaxes)
    r.left("a/1", hung_up=False)
    r.wait(30)
    r.enter("a/2", needs=(("french", 2),), relaxes=relaxes)
    assert r.floor.callers["a/2"].needs == (("french", 1),)
    r.wait(30)
    assert r.rung == ["ann"]


def test_a_place_is_gone_with_the_call() -> None:
    r = rig()
    r.enter("a/1")
    r.left("a/1", hung_up=False)
    r.over("a")
    assert not r.floor.places


def test_who_hangs_up_keeps_nothing() -> None:
    r = rig()
    r.enter("a")
    r.left("a")
    assert not r.floor.places
    assert not r.floor.callers


# --------------------------------------------------------------------------------------------------------------------
# Places


def test_a_place_is_told_at_once_unless_somebody_is_free_and_again_when_it_has_changed() -> None:
    r = rig()
    r.enter("x")
    r.wait(0)
    assert places(r) == {}
    r.enter("a")
    r.wait(0)
    assert places(r) == {"a": 1}
    r.enter("b")
    r.wait(0)
    assert places(r) == {"b": 2}
    r.wait(19)
    assert places(r) == {}
    r.left("a")
    r.wait(1)
    assert places(r) == {"b": 1}
    r.wait(60)
    assert places(r) == {}


def test_the_estimate_comes_with_the_place() -> None:
    r = rig()
    r.enter("x")
    r.enter("a")
    r.enter("b")
    r.wait(0)
    told = [dict(each.values)["estimate"] for each in r.out if isinstance(each, Tell)]
    assert told == [Seconds(300.0), Seconds(600.0)]


def test_an_empty_queue_is_not_looked_at() -> None:
    r = rig()
    r.enter("x")
    r.enter("a")
    r.left("a")
    r.answer("ann")
    r.wait(60)
    assert not r.floor.timers


def test_a_caller_is_told_whether_a_call_back_could_be_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "MOST_OPEN", 1)
    r = rig()
    r.enter("x")
    r.enter("a")
    r.wait(0)
    assert [dict(each.values)["callback"] for each in r.out if isinstance(each, Tell)] == [True]
    r.left("a", hung_up=False)
    r.send(CallBack(r.now, "a/2", "sales", "+1425", Person("4:+1425", "number")))
    r.enter("b")
    r.wait(0)
    assert [dict(each.values)["callback"] for each in r.out if isinstance(each, Tell)][-1] is False
