"""The contact center as it is now, for Prometheus: read from the floor when somebody asks. Every process that shares
the floor tells the same, so these are not to be added up. What has happened is counted by `center_counts`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from prometheus_client.core import GaugeMetricFamily, Metric

from interpreter.center_counts import queues_of
from interpreter.floor import Floors
from interpreter.ports import Clock
from interpreter.routing.state import AgentState, state_of
from interpreter.site import Site

BY_QUEUE = ("queue",)
STATES: tuple[AgentState, ...] = get_args(AgentState)


class CenterCollector:
    """Queues, agents and the floor itself. Labels are the queues of the site file, and closed sets."""

    def __init__(self, site: Site, floors: Floors, clock: Clock) -> None:
        self._queues, self._floors, self._clock = queues_of(site), floors, clock

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        yield from self._of_queues()
        yield from self._of_agents()
        yield from self._of_records()
        floor = self._floors.floor
        yield GaugeMetricFamily("ivr_legs", "Legs of agents and guests that ring or talk", len(floor.legs))
        yield GaugeMetricFamily("ivr_agents_lost", "Agents of whom nobody knows whether they are in a call",
            sum(each.lost for each in floor.agents.values()))  # fmt: skip
        undone, now = self._floors.undone(), self._clock.now()
        yield GaugeMetricFamily("ivr_floor_orders_waiting", "Orders to the host and reports to calls that are not done",
            len(undone))  # fmt: skip
        yield GaugeMetricFamily("ivr_floor_oldest_seconds", "For how long the oldest of them has been waiting",
            max((now - each for each in undone), default=0.0))  # fmt: skip
        yield GaugeMetricFamily("ivr_messages_on_the_way", "Messages whose file has not come yet", len(floor.messages))

    def _of_queues(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily(
            "ivr_queue_waiting", "Callers who wait on the line, or while an agent is rung", labels=BY_QUEUE
        )
        longest = GaugeMetricFamily("ivr_queue_longest_wait_seconds", "For how long the first one has been waiting",
            labels=BY_QUEUE)  # fmt: skip
        estimate = GaugeMetricFamily("ivr_queue_estimated_wait_seconds", "What the next caller has to expect",
            labels=BY_QUEUE)  # fmt: skip
        promises = GaugeMetricFamily("ivr_queue_callbacks_open", "Promises to call back that are open",
            labels=BY_QUEUE)  # fmt: skip
        handling = GaugeMetricFamily("ivr_queue_handling_seconds", "The moving mean of a talk with its wrap-up",
            labels=BY_QUEUE)  # fmt: skip
        floor, now = self._floors.floor, self._clock.now()
        on_line = [each for each in floor.callers.values() if not each.connected and each.entry not in floor.promises]
        for name in self._queues:
            callers = [each for each in on_line if each.queue == name]
            waiting.add_metric([name], len(callers))
            longest.add_metric([name], max((now - each.at for each in callers), default=0.0))
            expected = floor.measures.estimate(name, floor.waiting.count(name) + 1, floor.serving(name))
            if math.isfinite(expected):
                estimate.add_metric([name], expected)
            promises.add_metric([name], sum(each.queue == name for each in floor.promises.values()))
            handling.add_metric([name], floor.measures.pace(name).handling)
        yield from (waiting, longest, estimate, promises, handling)

    def _of_agents(self) -> Iterator[Metric]:
        """Every state always, also where nobody is in it: a series that goes away is no 0."""
        everywhere = GaugeMetricFamily("ivr_agents", "Agents by what they do", labels=("state",))
        of_queues = GaugeMetricFamily("ivr_queue_agents", "Agents of a queue by what they do",
            labels=("queue", "state"))  # fmt: skip
        floor = self._floors.floor
        found, by_queue = Counter[str](), Counter[tuple[str, str]]()
        for agent in floor.agents.values():
            state = state_of(floor, agent)
            found[state] += 1
            by_queue.update((each.queue, state) for each in agent.profile.queues)
        for state in STATES:
            everywhere.add_metric([state], found[state])
            for name in self._queues:
                of_queues.add_metric([name, state], by_queue[name, state])
        yield from (everywhere, of_queues)

    def _of_records(self) -> Iterator[Metric]:
        times, now = self._floors.unwritten(), self._clock.now()
        yield GaugeMetricFamily(
            "ivr_leg_records_waiting", "Detail records of legs that are not written yet", len(times)
        )
        yield GaugeMetricFamily("ivr_leg_records_oldest_seconds", "For how long the oldest of them has been waiting",
            max((now - each for each in times), default=0.0))  # fmt: skip
