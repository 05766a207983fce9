"""The floor in virtual time, beside Erlang's formulas; and these beside what is in print."""

from __future__ import annotations

import math
import statistics

import pytest

from benchmarks.erlang import blocking, erlang_a, erlang_c, waiting
from benchmarks.virtual_center import (
    START,
    Center,
    DisciplineError,
    Staff,
    Traffic,
    check_measures,
    plan,
    rules,
)
from interpreter.routing import Floor
from interpreter.routing.pools import Waiting
from interpreter.routing.state import Agent

HANDLING, AGENTS, WITHIN = 300.0, 10, 20.0


@pytest.mark.parametrize(("load", "lines", "lost"), [(10, 10, 0.2146), (5, 10, 0.0184), (1, 1, 0.5), (1, 2, 0.2)])
def test_erlang_b_as_in_the_tables(load: float, lines: int, lost: float) -> None:
    assert blocking(load, lines) == pytest.approx(lost, abs=5e-5)


def test_erlang_c_as_in_the_tables() -> None:
    assert waiting(8, 10) == pytest.approx(0.409, abs=5e-4)
    assert waiting(0.5, 1) == pytest.approx(0.5)  # M/M/1: the load
    assert waiting(1, 2) == pytest.approx(1 / 3)
    assert waiting(10, 10) == 1.0


def test_the_mean_wait_of_one_agent() -> None:
    found = erlang_c(0.5 / 60, 60, 1, 60)
    assert found.mean == pytest.approx(60)  # M/M/1: load / (1 - load) talks
    assert found.in_time == pytest.approx(1 - 0.5 * math.exp(-0.5))
    with pytest.raises(ValueError, match="cannot cope"):
        erlang_c(1, 10, 10, 20)


def test_erlang_a_lies_between_what_is_known() -> None:
    """As patient as a talk takes: people come to a Poisson number. Endlessly patient: Erlang C."""
    poisson = 1 - sum(math.exp(-8) * 8**k / math.factorial(k) for k in range(10))
    assert erlang_a(8 / 300, 300, 10, 300).waits == pytest.approx(poisson)
    assert erlang_a(8 / 300, 300, 10, 1e9).waits == pytest.approx(waiting(8, 10), abs=1e-5)


def dedicated(load: float, hours: int, seed: int) -> Center:
    """Two queues with ten agents each, run to the end."""
    traffic = [Traffic(queue, load / HANDLING, HANDLING) for queue in ("sales", "support")]
    staff = [Staff(f"{queue} {number}", (queue,)) for queue in ("sales", "support") for number in range(AGENTS)]
    center = Center(Floor(rules("sales", "support")), staff, plan(traffic, hours * 3_600, seed))
    center.run()
    return center


def shared(seed: int) -> Center:
    """Two queues that share some of their agents; needs, patience, wrap-up, and telephones that ring for a while."""
    spanish = (("spanish", 3),)
    traffic = [Traffic(queue, 8 / HANDLING, HANDLING, 90.0, spanish, 0.3) for queue in ("sales", "support")]
    staff = [
        Staff(f"agent {n:02}", (("sales",), ("support",), ("sales", "support"))[n % 3], spanish if n % 4 == 0 else ())
        for n in range(18)
    ]
    center = Center(Floor(rules("sales", "support", wrap_up=20.0)), staff, plan(traffic, 12 * 3_600, seed), pick_up=4.0)
    center.run()
    return center


def test_waiting_is_what_erlang_c_says() -> None:
    """Ten days of two queues, each a sample of 20: the formula lies within the 99 % interval of the mean."""
    exact, figures = erlang_c(7 / HANDLING, HANDLING, AGENTS, WITHIN), []
    for seed in range(10):
        center = dedicated(7, 12, seed)
        for queue in ("sales", "support"):
            check_measures(center.floor, center.fates.values(), queue)
            fates = [e for e in center.fates.values() if e.coming.queue == queue and e.coming.at >= START + 3_600]
            waits = statistics.fmean(each.waited > 0 for each in fates)
            in_time = statistics.fmean(each.waited <= WITHIN for each in fates)
            figures.append((waits, statistics.fmean(each.waited for each in fates), in_time))
    for found, true in zip(zip(*figures, strict=True), (exact.waits, exact.mean, exact.in_time), strict=True):
        half = 2.861 * statistics.stdev(found) / math.sqrt(len(found))  # Student's t, 19 degrees of freedom
        assert abs(statistics.fmean(found) - true) <= half
        assert half < 0.35 * true  # or the test could not fail


def test_nothing_is_out_of_order_where_agents_are_shared() -> None:
    center = shared(1)
    lost = [each for each in center.fates.values() if not each.answered]
    assert any(each.waits for each in center.fates.values())
    assert lost
    assert len(lost) < len(center.fates) / 2
    for queue in ("sales", "support"):
        check_measures(center.floor, center.fates.values(), queue)


def test_the_same_seed_is_the_same_day() -> None:
    assert shared(3).fates == shared(3).fates
    assert shared(3).fates != shared(4).fates


# --------------------------------------------------------------------------------------------------------------------
# That the judge notices


def test_last_come_first_served_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    add = Waiting.add
    monkeypatch.setattr(Waiting, "add", lambda self, entry, wanted, rank: add(self, entry, wanted, -rank))
    with pytest.raises(DisciplineError, match="goes before"):
        dedicated(8, 12, 1)


def test_a_wrong_idle_time_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Agent, "keys", property(lambda self: {"longest idle": (-self.since, self.name)}))
    with pytest.raises(DisciplineError, match="idle for longer"):
        dedicated(8, 12, 1)


def test_an_agent_who_is_not_offered_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interpreter.routing.matching._offer_best", lambda floor, agent, at: floor.free.add(
        agent.name, agent.profile, agent.keys
    ))  # fmt: skip
    with pytest.raises(DisciplineError, match="are idle while"):
        dedicated(8, 12, 1)


@pytest.mark.parametrize("name", ["answered", "in_time", "abandoned", "abandoned_short", "waited"])
def test_a_wrong_count_is_noticed(name: str) -> None:
    center = shared(1)
    tally = center.floor.measures.tally("sales", START + 3_600)
    setattr(tally, name, getattr(tally, name) + 1)
    with pytest.raises(DisciplineError, match="has counted"):
        check_measures(center.floor, center.fates.values(), "sales")
