"""The contact center for Prometheus: read from the floor when somebody asks, so that nothing can be counted twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from interpreter.api.operator import known_queues
from interpreter.floor import Floors
from interpreter.ports import Clock
from interpreter.routing.state import state_of
from interpreter.site import Site

BY_QUEUE = ("queue",)


class CenterCollector:
    """Queues, agents and the floor itself. Labels are names of the site file and of scripts only."""

    def __init__(self, site: Site, floors: Floors, clock: Clock) -> None:
        self._site, self._floors, self._clock = site, floors, clock

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        yield from self._queues()
        yield from self._agents()
        floor = self._floors.floor
        yield GaugeMetricFamily("ivr_legs", "Legs of agents and guests that ring or talk", len(floor.legs))
        yield GaugeMetricFamily("ivr_agents_lost", "Agents of whom nobody knows whether they are in a call",
            sum(each.lost for each in floor.agents.values()))  # fmt: skip
        yield GaugeMetricFamily("ivr_floor_orders_waiting", "Orders to the host and reports to calls that are not done",
            self._floors.orders)  # fmt: skip
        yield GaugeMetricFamily("ivr_messages_on_the_way", "Messages whose file has not come yet", len(floor.messages))

    def _queues(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("ivr_queue_waiting", "Callers who wait", labels=BY_QUEUE)
        longest = GaugeMetricFamily("ivr_queue_longest_wait_seconds", "For how long the first one has been waiting",
            labels=BY_QUEUE)  # fmt: skip
        estimate = GaugeMetricFamily("ivr_queue_estimated_wait_seconds", "What the next caller has to expect",
            labels=BY_QUEUE)  # fmt: skip
        promises = GaugeMetricFamily("ivr_queue_callbacks", "Promises to call back that are open", labels=BY_QUEUE)
        handling = GaugeMetricFamily("ivr_queue_handling_seconds", "The moving mean of a talk with its wrap-up",
            labels=BY_QUEUE)  # fmt: skip
        floor, now = self._floors.floor, self._clock.now()
        for name in known_queues(self._site, floor):
            callers = [floor.callers[entry] for entry in floor.waiting.of(name)]
            waiting.add_metric([name], len(callers))
            longest.add_metric([name], max((now - each.at for each in callers), default=0.0))
            expected = floor.measures.estimate(name, len(callers) + 1, floor.serving(name))
            if math.isfinite(expected):
                estimate.add_metric([name], expected)
            promises.add_metric([name], sum(each.queue == name for each in floor.promises.values()))
            handling.add_metric([name], floor.measures.pace(name).handling)
        yield from (waiting, longest, estimate, promises, handling)
        yield from self._counts()

    def _counts(self) -> Iterator[Metric]:
        """Gauges, not counters: the floor forgets a quarter of an hour after two days."""
        counts = GaugeMetricFamily("ivr_queue_callers", "Callers by what became of them, of the last two days",
            labels=("queue", "outcome"))  # fmt: skip
        floor = self._floors.floor
        for name in known_queues(self._site, floor):
            total = floor.measures.sums(name, 0.0)
            for outcome, number in (
                ("answered", total.answered), ("answered_in_time", total.in_time), ("abandoned", total.abandoned),
                ("abandoned_short", total.abandoned_short), ("overflowed", total.overflowed),
            ):  # fmt: skip
                counts.add_metric([name, outcome], number)
        yield counts

    def _agents(self) -> Iterator[Metric]:
        agents = GaugeMetricFamily("ivr_agents", "Agents by what they do", labels=("state",))
        floor = self._floors.floor
        for state, number in sorted(Counter(state_of(floor, each) for each in floor.agents.values()).items()):
            agents.add_metric([state], number)
        yield agents
