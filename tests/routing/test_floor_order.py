"""Who is offered to whom: strategies, ranks, skills, and what an agent's profile says."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from floor_rig import Rig, floor

from interpreter.routing import QueueRules
from interpreter.routing.protocol import Due, Serves, Strategy


def rig(strategy: Strategy = "longest idle", **more: float) -> Rig:
    return Rig(floor(QueueRules("sales", strategy, **more)))  # type: ignore[arg-type]


def talk(rig: Rig, who: str, seconds: float = 10) -> None:
    rig.answer(who)
    rig.wait(seconds)
    rig.over(rig.leg(who).call)
    rig.now += 1


# --------------------------------------------------------------------------------------------------------------------
# Strategies


def test_the_longest_idle_is_rung() -> None:
    r = rig()
    r.agent("ann")
    r.agent("bob")
    r.enter("a")
    assert r.rung == ["ann"]
    talk(r, "ann")
    r.enter("b")
    assert r.rung == ["bob"]


def test_asking_to_be_available_again_does_not_take_the_idle_time_away() -> None:
    r = rig()
    r.agent("ann")
    r.agent("bob")
    r.wants("ann", "available")
    r.enter("a")
    assert r.rung == ["ann"]


def test_the_one_with_the_fewest_calls_is_rung() -> None:
    r = rig("fewest calls")
    r.agent("ann")
    r.enter("a")
    talk(r, "ann")
    r.agent("bob")
    r.enter("b")
    assert r.rung == ["bob"]
    talk(r, "bob")
    r.enter("c")
    assert r.rung == ["ann"]


def test_the_most_skilled_is_rung() -> None:
    r = rig("most skilled")
    r.agent("ann", skills=(("french", 2),))
    r.agent("bob", skills=(("french", 3), ("billing", 1)))
    r.enter("a", needs=(("french", 1),))
    assert r.rung == ["bob"]


def test_the_order_is_fixed() -> None:
    r = rig("fixed order")
    r.agent("ann", order=2)
    r.agent("bob", order=1)
    r.enter("a")
    assert r.rung == ["bob"]
    talk(r, "bob")
    r.enter("b")
    assert r.rung == ["bob"]
    r.enter("c")
    assert r.rung == ["ann"]


def test_all_are_rung_and_the_others_are_let_go_when_one_answers() -> None:
    r = rig("ring all")
    for name in ("ann", "bob", "cat"):
        r.agent(name)
    since = r.of("ann").since
    r.enter("a")
    assert r.rung == ["ann", "bob", "cat"]
    for name in r.rung:
        r.rings(name)
    r.answer("bob")
    assert r.told == [("a", "connected")]
    assert r.orders == ["StopRinging", "StopRinging"]
    assert [r.state(name) for name in ("ann", "bob", "cat")] == ["ringing", "talking", "ringing"]
    r.refuse("ann", "no answer")
    r.refuse("cat", "no answer")
    assert [r.state(name) for name in ("ann", "cat")] == ["available", "available"]
    assert r.of("ann").since == since, "it was not their doing"


def test_ringing_all_goes_on_with_those_who_are_left() -> None:
    r = rig("ring all")
    r.agent("ann")
    r.agent("bob")
    r.enter("a")
    r.refuse("ann")
    assert (r.rung, r.state("bob")) == ([], "reserved")
    r.answer("bob")
    assert r.told == [("a", "connected")]


def test_who_becomes_free_while_all_are_rung_is_rung_too() -> None:
    r = rig("ring all")
    r.agent("ann")
    r.enter("a")
    r.agent("bob")
    assert r.rung == ["bob"]


def test_who_has_declined_is_rung_again_with_the_others() -> None:
    r = rig("ring all", ring=60)
    r.agent("ann")
    r.agent("bob")
    r.enter("a")
    r.refuse("ann")
    r.wait(30)
    assert r.rung == ["ann"]


def test_an_agent_who_serves_late_is_rung_with_all_others_when_it_is_time() -> None:
    r = rig("ring all", ring=60)
    r.agent("ann")
    r.agent("bob", Serves("sales", delay=15))
    r.enter("a")
    assert r.rung == ["ann"]
    r.seen("bob", offerable=True)
    assert r.rung == []
    r.wait(15)
    assert r.rung == ["bob"]


# --------------------------------------------------------------------------------------------------------------------
# Ranks


def test_who_came_first_is_first() -> None:
    r = rig()
    r.agent("ann")
    r.enter("a")
    for call in ("b", "c"):
        r.now += 1
        r.enter(call)
    talk(r, "ann")
    assert r.served("ann") == "b"


def test_a_point_of_priority_is_worth_so_many_seconds_of_waiting() -> None:
    for waited, first in ((59, "b"), (61, "a")):
        r = rig()
        r.agent("ann")
        r.wants("ann", "not ready")
        r.enter("a", priority=5, head_start=60)
        r.now += waited
        r.enter("b", priority=6, head_start=60)
        r.wants("ann", "available")
        assert r.served("ann") == first


def test_priority_is_strict_within_a_day_unless_it_is_said() -> None:
    r = rig()
    r.agent("ann")
    r.wants("ann", "not ready")
    r.enter("a")
    r.now += 3_600
    r.enter("b", priority=6)
    r.wants("ann", "available")
    assert r.served("ann") == "b"


def both(
    second: float, *, first_queue: Mapping[str, float], second_queue: Mapping[str, float], wait: float = 0.0
) -> str:
    """Who is served first by an agent of two queues: ``a`` in sales, or ``b``, who comes so much later in support."""
    r = Rig(floor(QueueRules("sales"), QueueRules("support")))
    r.agent("ann", "sales", "support")
    r.wants("ann", "not ready")
    r.enter("a", "sales", **first_queue)
    r.wait(second)
    r.enter("b", "support", **second_queue)
    r.wait(wait)
    r.wants("ann", "available")
    return r.served("ann")


GROWS = {"head_start": 60.0}


@pytest.mark.parametrize(
    ("grows", "stays", "wait", "first"),
    [
        ({"priority": 5, **GROWS}, {"priority": 5}, 0.0, "a"),  # 7 points after 120 s, against 5
        ({"priority": 5, **GROWS}, {"priority": 8}, 0.0, "b"),
        ({"priority": 5, **GROWS}, {"priority": 8}, 61.0, "a"),  # more than 8 points after 181 s
        ({"priority": 5, "most": 6, **GROWS}, {"priority": 8}, 600.0, "b"),  # never more than 6
    ],
)
def test_callers_of_a_queue_that_grows_and_of_one_that_does_not_are_compared_by_their_points(
    grows: Mapping[str, float], stays: Mapping[str, float], wait: float, first: str
) -> None:
    assert both(120.0, first_queue=grows, second_queue=stays, wait=wait) == first


def test_a_queue_that_does_not_grow_keeps_its_points_however_long_somebody_waits() -> None:
    stays, grows = {"priority": 6}, {"priority": 5, **GROWS}
    assert both(10.0, first_queue=stays, second_queue=grows, wait=50.0) == "a"
    assert both(10.0, first_queue=stays, second_queue=grows, wait=70.0) == "b"


@pytest.mark.parametrize(("most", "first"), [(10, "a"), (0, "b")])
def test_who_has_reached_the_highest_priority_waits_by_arrival(most: float, first: str) -> None:
    r = rig()
    r.agent("ann")
    r.wants("ann", "not ready")
    r.enter("a", priority=5, head_start=60, most=most)
    r.wait(100)
    r.enter("b", priority=8, head_start=60, most=most)
    assert r.floor.waiting.of("sales") == ["b/1", "a/1"]
    r.wait(250)
    r.enter("c", priority=9, head_start=60, most=most)
    r.wants("ann", "available")
    assert r.served("ann") == first, "five minutes make 10 points of 5, two of 8"


def test_a_place_in_a_queue_is_by_arrival_once_the_priority_grows_no_more() -> None:
    r = rig()
    r.agent("ann")
    r.wants("ann", "not ready")
    r.enter("a", priority=5, head_start=60, most=10)
    r.wait(100)
    r.enter("b", priority=8, head_start=60, most=10)
    r.enter("c", priority=10, head_start=60, most=10)
    assert r.floor.waiting.of("sales") == ["c/1", "b/1", "a/1"]
    r.wait(119)
    assert r.floor.waiting.of("sales") == ["c/1", "b/1", "a/1"]
    r.wait(2)
    assert r.floor.waiting.of("sales") == ["b/1", "c/1", "a/1"], "equals go by name"
    r.wait(80)
    assert r.floor.waiting.of("sales")[0] == "a/1"


# --------------------------------------------------------------------------------------------------------------------
# Skills


def test_skills_have_levels() -> None:
    r = rig()
    r.agent("ann", skills=(("french", 1),))
    r.agent("bob", skills=(("french", 3),))
    r.enter("a", needs=(("french", 2),))
    assert r.rung == ["bob"]
    r.enter("b", needs=(("french", 2),))
    assert (r.rung, r.told) == ([], [])


def test_a_rare_skill_holds_nobody_up() -> None:
    r = rig()
    r.agent("ann", skills=(("french", 1),))
    r.agent("bob")
    r.enter("a", needs=(("french", 1),))
    r.enter("b", needs=(("french", 1),))
    r.enter("c")
    assert r.rung == ["bob"]


def test_less_will_do_after_a_while_and_the_place_is_kept() -> None:
    r = rig()
    r.agent("ann", skills=(("french", 1),))
    r.agent("eve", skills=(("french", 3),))
    r.enter("x", needs=(("french", 3),))
    assert r.rung == ["eve"]
    r.enter("y")
    assert r.rung == ["ann"]
    r.enter("a", needs=(("french", 3),), relaxes=((20.0, "french", 2), (40.0, "french", 1), (60.0, "french", 0)))
    r.now += 1
    r.enter("b")
    r.answer("ann")
    r.answer("eve")
    r.wait(38)
    assert r.floor.callers["a/1"].needs == (("french", 2),)
    r.wait(1)
    assert r.floor.callers["a/1"].needs == (("french", 1),)
    r.over("y")
    assert r.served("ann") == "a", "it came before b"
    r.wait(60)
    assert not r.floor.callers["a/1"].needs


def test_it_is_time_waited_that_counts_not_time_since_the_last_offer() -> None:
    r = rig(ring=30)
    r.agent("ann", skills=(("french", 1),))
    r.agent("bob")
    r.enter("a", needs=(("french", 1),), relaxes=((20.0, "french", 0),))
    assert r.rung == ["ann"]
    r.wait(20)
    r.refuse("ann", "no answer")
    assert r.rung == ["bob"]


def test_a_caller_is_offered_at_the_moment_at_which_less_will_do() -> None:
    r = rig()
    r.agent("ann")
    r.agent("eve", skills=(("french", 1),))
    r.wants("eve", "not ready")
    r.enter("a", needs=(("french", 1),), relaxes=((20.0, "french", 0),))
    assert (r.rung, r.told) == ([], [])
    r.wait(19)
    assert r.rung == []
    r.wait(1)
    assert r.rung == ["ann"]


# --------------------------------------------------------------------------------------------------------------------
# Profiles


def test_an_agents_own_priority_of_queues_goes_before_rank() -> None:
    r = rig()
    r.agent("ann", Serves("sales", 2), Serves("support", 1))
    r.wants("ann", "not ready")
    r.enter("a", priority=9)
    r.now += 100
    r.enter("b", "support")
    r.wants("ann", "available")
    assert r.served("ann") == "b"


def test_queues_of_one_priority_are_served_by_rank() -> None:
    r = rig()
    r.agent("ann", "sales", "support")
    r.wants("ann", "not ready")
    r.enter("a", "support")
    r.now += 100
    r.enter("b", "sales")
    r.wants("ann", "available")
    assert r.served("ann") == "a"


def test_a_back_up_is_rung_only_for_those_who_have_waited() -> None:
    r = rig()
    r.agent("ann")
    r.agent("bob", Serves("sales", delay=30))
    r.enter("a")
    assert r.rung == ["ann"]
    r.enter("b")
    assert r.rung == []
    r.wait(19)
    assert r.rung == []
    r.answer("ann")
    r.wait(11)
    assert r.rung == ["bob"]


def test_a_back_up_who_becomes_free_takes_who_has_waited_long_enough() -> None:
    r = rig()
    r.agent("bob", Serves("sales", delay=30))
    r.wants("bob", "not ready")
    r.enter("a")
    r.wait(29)
    r.enter("b", priority=9)
    r.wait(1)
    r.wants("bob", "available")
    assert r.served("bob") == "a"


@pytest.mark.parametrize("by", ["signing in", "coming back", "another profile"])
def test_a_back_up_who_comes_while_somebody_waits_is_rung_when_it_is_time(by: str) -> None:
    r = rig()
    r.agent("ann")
    r.wants("ann", "not ready")
    late = Serves("sales", delay=30)
    if by == "coming back":
        r.agent("bob", late)
        r.wants("bob", "offline")
    if by == "another profile":
        r.agent("bob", "support")
    r.enter("a")
    r.wait(5)
    if by == "coming back":
        r.wants("bob", "available")
    else:
        r.agent("bob", late)
    assert r.rung == []
    r.wait(30)
    assert r.rung == ["bob"]


@pytest.mark.parametrize("delay", [10.1, 0.3, 33.333])
def test_who_has_waited_a_delay_of_a_fraction_has_waited_long_enough(delay: float) -> None:
    r = rig()
    r.agent("bob", Serves("sales", delay=delay))
    r.now += 0.123
    r.enter("a")
    number, due = r.floor.timers["match:a/1"]
    r.send(Due(due, "match:a/1", number))
    assert r.rung == ["bob"], "a sum of two numbers is not exact: the timer would be set again and again"


# --------------------------------------------------------------------------------------------------------------------
# Several calls at a time


def test_an_agent_with_room_for_two_takes_two() -> None:
    r = rig()
    r.agent("ann", capacity=2)
    r.enter("a")
    r.answer("ann")
    r.enter("b")
    assert r.rung == ["ann"]
    r.answer("ann")
    r.enter("c")
    assert r.rung == []
    r.over("a")
    assert r.rung == ["ann"]
    assert [r.floor.legs[name].call for name in r.of("ann").legs] == ["b", "c"]


def test_an_agent_with_room_for_two_who_comes_takes_two_who_wait() -> None:
    r = rig()
    r.agent("bob")
    r.wants("bob", "not ready")
    for call in ("a", "b", "c"):
        r.enter(call)
        r.now += 1
    r.agent("ann", capacity=2)
    assert r.rung == ["ann", "ann"]
    assert [r.floor.legs[name].call for name in r.of("ann").legs] == ["a", "b"]


def test_who_talks_and_has_room_is_judged_by_the_calls_that_it_has_had() -> None:
    r = rig("fewest calls")
    r.agent("ann", capacity=2)
    r.enter("a")
    r.answer("ann")
    r.agent("bob", capacity=2)
    r.enter("b")
    assert r.rung == ["bob"]


def test_nobody_is_rung_into_a_call_in_which_it_is() -> None:
    r = rig()
    r.agent("ann", capacity=2)
    r.enter("a/1")
    r.answer("ann")
    r.left("a/1", hung_up=False)
    assert r.orders == ["Remove"]
    r.enter("a/2")
    assert r.rung == []
