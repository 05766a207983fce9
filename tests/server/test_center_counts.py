"""What the metrics of the contact center say of what has happened, and that nobody can make new series."""

from __future__ import annotations

from random import Random
from typing import Any, cast, get_args

import pytest
from prometheus_client import CollectorRegistry, Counter

from interpreter.center_counts import OTHER, CenterCounts, queues_of
from interpreter.routing.measures import Measures, Rule, service_level
from interpreter.routing.protocol.facts import (
    CallbackIs,
    CallerCame,
    CallerGone,
    Consulted,
    CustomerRung,
    Fact,
    FileOver,
    Gone,
    HandedOver,
    MessageOver,
    Offered,
    OfferOver,
    Promised,
    SetAside,
    TalkOver,
    WrapUpOver,
)
from interpreter.site import Site

SITE = """
[agents.ana]
number = "+14255550111"
queues = ["sales", { queue = "billing", priority = 2 }]
[queues.sales]
service_seconds = 20
service_level = "{rule}"
[queues.support]
"""


class Counts:
    """The metrics of a site."""

    def __init__(self, rule: str = "ignored") -> None:
        self.registry = CollectorRegistry()
        transfers = Counter("ivr_transfers", "", ("kind", "outcome"), registry=self.registry)
        site = Site.parse(SITE.replace("{rule}", rule), cast(Any, None))
        self.counts = CenterCounts(site, self.registry, transfers)

    def tell(self, *facts: Fact) -> None:
        for fact in facts:
            self.counts.happened(fact)

    def value(self, name: str, **labels: str) -> float:
        found = self.registry.get_sample_value(f"ivr_{name}", labels)
        assert found is not None, (name, labels)
        return found

    def series(self) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
        return {(s.name, tuple(s.labels.items())) for m in self.registry.collect() for s in m.samples}

    def total(self) -> float:
        """All that was counted, each thing as often as it was."""
        ends = ("_total", "_count")
        return sum(s.value for m in self.registry.collect() for s in m.samples if s.name.endswith(ends))


def test_the_queues_of_a_site_are_those_that_it_names() -> None:
    assert queues_of(Site.parse(SITE.replace("{rule}", "ignored"), cast(Any, None))) == ("billing", "sales", "support")


def test_callers_of_a_queue() -> None:
    c = Counts()
    c.tell(*[CallerCame("sales")] * 5)
    c.tell(
        CallerGone("sales", "answered", 12.0, in_time=True),
        CallerGone("sales", "abandoned", 40.0, in_time=False),
        CallerGone("sales", "abandoned short", 3.0, in_time=True),
        CallerGone("sales", "full", 0.0, in_time=True),
        CallerGone("support", "answered", 1.0, in_time=True),
    )
    assert c.value("queue_calls_offered_total", queue="sales") == 5
    assert c.value("queue_calls_answered_total", queue="sales") == 1
    assert c.value("queue_calls_abandoned_total", queue="sales") == 1
    assert c.value("queue_calls_abandoned_short_total", queue="sales") == 1
    assert c.value("queue_calls_overflowed_total", queue="sales", reason="full") == 1
    assert c.value("queue_calls_overflowed_total", queue="sales", reason="left") == 0
    assert c.value("queue_wait_seconds_sum", queue="sales", outcome="answered") == 12.0
    assert c.value("queue_wait_seconds_count", queue="sales", outcome="abandoned") == 2
    assert c.value("queue_wait_seconds_bucket", queue="sales", outcome="abandoned", le="5.0") == 1
    assert c.value("queue_calls_answered_total", queue="support") == 1


def test_agents_of_a_queue() -> None:
    c = Counts()
    c.tell(
        OfferOver("sales", "accepted", 4.0), OfferOver("sales", "expired", 20.0), TalkOver("sales", 200.0),
        WrapUpOver("sales", 25.0), SetAside("missed"),
    )  # fmt: skip
    assert c.value("offers_total", queue="sales", outcome="accepted") == 1
    assert c.value("offers_total", queue="sales", outcome="expired") == 1
    assert c.value("offer_ring_seconds_count", queue="sales") == 1, "who does not come has no time to the answer"
    assert c.value("talk_seconds_sum", queue="sales") == 200.0
    assert c.value("wrap_up_seconds_sum", queue="sales") == 25.0
    assert c.value("agents_set_aside_total", reason="missed") == 1


def test_what_the_floor_could_not_do() -> None:
    c = Counts()
    c.counts.record_failed()
    c.counts.order_given_up("Ring")
    c.counts.order_given_up("Give")
    c.counts.entry_left_out()
    assert c.value("leg_records_failed_total") == 1
    assert c.value("floor_orders_given_up_total", order="Ring") == 1
    assert c.value("floor_orders_given_up_total", order="Give") == 1
    assert c.value("floor_entries_left_out_total") == 1


@pytest.mark.parametrize("rule", get_args(Rule))
def test_the_ratio_of_two_counters_is_the_service_level_by_the_rule_of_the_queue(rule: Rule) -> None:
    c, measures, dice = Counts(rule), Measures(), Random(5)
    for _ in range(500):
        waited = dice.expovariate(1 / 25)
        in_time = waited <= 20.0
        match dice.randrange(4):
            case 0:
                c.tell(CallerGone("sales", "answered", waited, in_time))
                measures.answered("sales", 0.0, waited, 20.0)
            case 1:
                short = waited < 5.0
                c.tell(CallerGone("sales", "abandoned short" if short else "abandoned", waited, in_time))
                measures.abandoned("sales", 0.0, waited, 20.0)
            case 2:
                c.tell(CallbackIs("sales", "kept", in_time))
                measures.answered("sales", 0.0, waited, 20.0)
            case _:
                c.tell(CallerGone("sales", "left", waited, in_time))
    met = c.value("queue_service_level_met_total", queue="sales")
    counted = c.value("queue_service_level_calls_total", queue="sales")
    assert counted > 100
    assert met / counted == service_level(measures.sums("sales", 0.0), rule)


def everything(queue: str) -> list[Fact]:
    """One of each."""
    return [
        CallerCame(queue),
        *(CallerGone(queue, outcome, 1.0, in_time=True) for outcome in get_args(Gone)),
        *(OfferOver(queue, outcome, 1.0) for outcome in get_args(Offered)),
        TalkOver(queue, 1.0),
        WrapUpOver(queue, 1.0),
        *(SetAside(why) for why in ("missed", "unreachable", "lost", "silent")),
        *(CallbackIs(queue, outcome) for outcome in get_args(Promised)),
        *(CustomerRung(queue, outcome) for outcome in get_args(Offered)),
        *(MessageOver(outcome) for outcome in ("saved", "empty", "failed", "withdrawn")),
        *(FileOver(outcome) for outcome in ("stored", "late", "lost")),
        *(HandedOver(kind, outcome) for kind in ("script", "warm", "blind") for outcome in get_args(Offered)),
        *(Consulted(by, outcome) for by in ("script", "agent") for outcome in get_args(Offered)),
    ]


@pytest.mark.parametrize("queue", ["sales", "a queue of nobody's", "", "x" * 10_000])
def test_whatever_happens_there_are_the_series_of_the_beginning(queue: str) -> None:
    c = Counts()
    before = c.series()
    for fact in everything(queue):
        told = c.total()
        c.tell(fact)
        assert c.total() > told, fact
    assert c.series() == before
    name = queue if queue == "sales" else OTHER
    assert c.value("queue_calls_offered_total", queue=name) == 1
