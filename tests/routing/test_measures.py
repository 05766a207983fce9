"""What a manager is told: counts, four service levels, and the expected wait."""

from __future__ import annotations

import math

import pytest
from floor_rig import MONDAY, Rig, floor

from interpreter.routing import QueueRules
from interpreter.routing.measures import KEPT, QUARTER, Measures, Rule, said, service_level, total


def counts() -> Measures:
    """Ten callers: 6 answered within 20 s and 2 later, 1 gave up in time, 1 late; and one hardly called."""
    found = Measures()
    for waited in (1, 2, 3, 5, 10, 20, 21, 60):
        found.answered("sales", MONDAY, MONDAY + waited, 20)
    for waited in (4, 15, 90):
        found.abandoned("sales", MONDAY, MONDAY + waited, 20)
    return found


@pytest.mark.parametrize(
    ("rule", "level"), [("answered", 6 / 8), ("positive", 7 / 10), ("negative", 6 / 10), ("ignored", 6 / 9)]
)
def test_the_four_rules_of_the_service_level(rule: Rule, level: float) -> None:
    assert service_level(counts().sums("sales", MONDAY), rule) == pytest.approx(level)


def test_a_queue_without_callers_has_no_service_level() -> None:
    assert service_level(Measures().sums("sales", MONDAY)) is None
    only_short = Measures()
    only_short.abandoned("sales", MONDAY, MONDAY + 1, 20)
    assert service_level(only_short.sums("sales", MONDAY)) is None


def test_who_gives_up_at_once_has_not_really_called() -> None:
    tally = counts().sums("sales", MONDAY)
    assert (tally.abandoned, tally.abandoned_in_time, tally.abandoned_short) == (2, 1, 1)


def test_callers_count_in_the_quarter_of_their_arrival_and_queues_apart() -> None:
    found = Measures()
    start = MONDAY // QUARTER * QUARTER
    found.answered("sales", start, start + 5_000, 20)
    found.answered("sales", start + QUARTER, start + QUARTER + 1, 20)
    found.answered("support", start, start + 1, 20)
    assert found.sums("sales", start).answered == 2
    assert found.sums("sales", start + QUARTER).in_time == 1
    assert found.sums("support", start).answered == 1


def test_two_days_are_kept() -> None:
    found = Measures()
    for number in range(KEPT + 50):
        found.answered("sales", MONDAY + number * QUARTER, MONDAY + number * QUARTER + 1, 20)
    assert len(found.tallies) == KEPT


def test_counts_add_up_in_every_field() -> None:
    tally = counts().sums("sales", MONDAY)
    both = total("sales", (tally, tally))
    names = [name for name in type(tally).__slots__ if name not in ("queue", "quarter")]
    assert all(getattr(both, name) == 2 * getattr(tally, name) for name in names)


def test_the_floor_counts_who_came_and_what_became_of_them() -> None:
    r = Rig(floor(QueueRules("sales", service=30)))
    r.agent("ann")
    start = r.now
    r.enter("a")
    r.answer("ann")
    for call in ("b", "c", "d"):
        r.enter(call)
    r.wait(25)
    r.left("b")
    r.wait(25)
    r.left("c")
    r.left("d", hung_up=False)
    r.over("a")
    tally = r.floor.measures.sums("sales", start)
    assert (tally.arrived, tally.answered, tally.in_time, tally.overflowed) == (4, 1, 1, 1)
    assert (tally.abandoned, tally.abandoned_in_time) == (2, 1)
    assert tally.waited == 75
    pace = r.floor.measures.pace("sales")
    assert (pace.handling, pace.gave_up) == (50, 2)


def test_who_hangs_up_while_an_agent_is_rung_has_given_up() -> None:
    r = Rig()
    r.agent("ann")
    start = r.now
    r.enter("a")
    r.wait(15)
    r.left("a")
    assert r.floor.measures.sums("sales", start).abandoned == 1


def test_wrap_up_is_part_of_handling() -> None:
    r = Rig(floor(QueueRules("sales", wrap_up=30)))
    r.agent("ann")
    r.enter("a")
    r.answer("ann")
    r.wait(100)
    r.over("a")
    assert r.floor.measures.pace("sales").handling == 130


# --------------------------------------------------------------------------------------------------------------------
# The expected wait


def paced(handling: float = 300.0, gave_up: int = 0, waited: float = 0.0) -> Measures:
    found = Measures()
    pace = found.pace("sales")
    pace.handling, pace.gave_up, pace.waited = handling, gave_up, waited
    return found


def test_without_those_who_give_up_a_place_costs_a_talk_shared_by_the_agents() -> None:
    assert paced().estimate("sales", 1, 10) == pytest.approx(30)
    assert paced().estimate("sales", 4, 10) == pytest.approx(120)
    assert paced().estimate("sales", 1_000, 10) == pytest.approx(30_000)


def test_those_who_give_up_make_it_shorter() -> None:
    found = paced(gave_up=10, waited=6_000)
    rates = [10 / 300 + number / 600 for number in range(4)]
    assert found.estimate("sales", 4, 10) == pytest.approx(sum(1 / rate for rate in rates))


def test_far_places_are_estimated_as_near_ones_are() -> None:
    found = paced(gave_up=10, waited=6_000)
    exact = sum(1 / (10 / 300 + number / 600) for number in range(2_000))
    assert found.estimate("sales", 2_000, 10) == pytest.approx(exact, rel=0.01)


def test_a_farther_place_never_waits_shorter() -> None:
    found = paced(gave_up=10, waited=6_000)
    waits = [found.estimate("sales", place, 3) for place in range(1, 200)]
    assert waits == sorted(waits)


def test_where_nobody_serves_the_wait_has_no_end() -> None:
    assert paced().estimate("sales", 1, 0) == math.inf


def test_talks_of_no_length_do_not_stop_the_estimate() -> None:
    found = Measures()
    found.talked("sales", 0.0)
    assert 0 < found.estimate("sales", 3, 1) <= 3


def test_the_first_talks_count_evenly_and_later_ones_less() -> None:
    found = Measures()
    for seconds in (100, 200):
        found.talked("sales", seconds)
    assert found.pace("sales").handling == pytest.approx(150)
    for _ in range(200):
        found.talked("sales", 400)
    assert found.pace("sales").handling == pytest.approx(400, rel=0.01)


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(0, 1), (60, 1), (61, 2), (200, 5), (301, 10), (1_000, 20), (1_801, 45), (9_999, 60)]
)
def test_what_is_said(seconds: float, minutes: int) -> None:
    assert said(seconds) == minutes * 60


def test_agents_are_shared_among_the_queues_that_they_serve() -> None:
    r = Rig()
    r.agent("ann", "sales", "support")
    r.agent("bob", "sales")
    assert (r.floor.serving("sales"), r.floor.serving("support")) == (1.5, 0.5)
