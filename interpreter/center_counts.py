"""What the contact center has done, for Prometheus: counters and histograms of what has come to its end.

Every count comes from an entry of the floor's log, in the process that has appended the entry, once: the sum over all
processes is right, and a new start begins at 0, as with any counter. Labels are closed sets and the queues of the site
file; whatever else a script may name is counted as `OTHER`, so that nobody can make new series.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Literal, assert_never, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram

from interpreter.recordings.fetching import Fate
from interpreter.routing.measures import Rule
from interpreter.routing.protocol import HostOrder
from interpreter.routing.protocol.effects import Give
from interpreter.routing.protocol.facts import (
    CallbackIs,
    CallerCame,
    CallerGone,
    Consulted,
    CustomerRung,
    Fact,
    FileOver,
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
from interpreter.site_center import Served

OTHER = "other"
"""The label of queues that the site file does not name."""
WAITS = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)
RINGS = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0)
TALKS = (10.0, 30.0, 60.0, 120.0, 180.0, 240.0, 300.0, 420.0, 600.0, 900.0, 1200.0, 1800.0, 3600.0, 7200.0)
OFFERED: tuple[str, ...] = get_args(Offered)
End = Literal["answered", "abandoned", "overflowed"]


def queues_of(site: Site) -> tuple[str, ...]:
    """The queues that the site file names, by name."""
    agents = site.settings.agents.values()
    served = {each.queue if isinstance(each, Served) else each for agent in agents for each in agent.queues}
    return tuple(sorted({*site.settings.queues, *served}))


class CenterCounts:
    """The floor's observer. ``transfers`` are counted together with those that the host makes on a caller's line."""

    def __init__(self, site: Site, registry: CollectorRegistry, transfers: Counter) -> None:
        self._registry, self._transfers = registry, transfers
        self._queues = frozenset(queues_of(site))
        self._rules: dict[str, Rule] = {name: each.service_level for name, each in site.settings.queues.items()}
        names = (*sorted(self._queues), OTHER)
        self._of_callers(names)
        self._of_agents(names)
        self._of_callbacks(names)
        self._of_the_rest()

    def _counter(self, name: str, text: str, **labels: Iterable[str]) -> Counter:
        """A counter whose series are there from the beginning: the first of anything is an increase, too."""
        made = Counter(f"ivr_{name}", text, tuple(labels), registry=self._registry)
        if labels:
            for values in product(*labels.values()):
                made.labels(*values)
        return made

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], **labels: Iterable[str]) -> Histogram:
        made = Histogram(f"ivr_{name}", text, tuple(labels), buckets=buckets, registry=self._registry)
        for values in product(*labels.values()):
            made.labels(*values)
        return made

    def _of_callers(self, queues: tuple[str, ...]) -> None:
        self._offered = self._counter("queue_calls_offered", "Callers who have come to a queue", queue=queues)
        self._answered = self._counter("queue_calls_answered", "Callers whom an agent has answered", queue=queues)
        self._abandoned = self._counter("queue_calls_abandoned", "Callers who hung up while waiting", queue=queues)
        self._short = self._counter(
            "queue_calls_abandoned_short", "Callers who hung up within 5 seconds, and are not among the abandoned",
            queue=queues,
        )  # fmt: skip
        self._overflowed = self._counter(
            "queue_calls_overflowed", "Callers for whom there was no place or nobody, or who left by a key or by time",
            queue=queues, reason=("full", "no agents", "left"),
        )  # fmt: skip
        self._met = self._counter(
            "queue_service_level_met", "Callers who count as answered in time, by the rule of the queue", queue=queues
        )
        self._counted = self._counter(
            "queue_service_level_calls", "Callers who count for the service level, by the rule of the queue",
            queue=queues,
        )  # fmt: skip
        self._waits = self._histogram(
            "queue_wait_seconds", "Time that callers have waited", WAITS, queue=queues, outcome=get_args(End)
        )

    def _of_agents(self, queues: tuple[str, ...]) -> None:
        self._offers = self._counter("offers", "Agents rung, by what became of it", queue=queues, outcome=OFFERED)
        self._rings = self._histogram(
            "offer_ring_seconds", "Time from ringing an agent to the agent's acceptance", RINGS, queue=queues
        )
        self._talks = self._histogram("talk_seconds", "Time that an agent and a caller talked", TALKS, queue=queues)
        self._wraps = self._histogram("wrap_up_seconds", "Time of an agent's wrap-up after a talk", TALKS, queue=queues)
        self._aside = self._counter(
            "agents_set_aside", "Agents to whom no calls are offered any more, though they have not asked for that",
            reason=("missed", "unreachable", "lost", "silent"),
        )  # fmt: skip

    def _of_callbacks(self, queues: tuple[str, ...]) -> None:
        self._callbacks = self._counter(
            "queue_callbacks", "Promises to call back: made or refused, kept or not", queue=queues,
            outcome=get_args(Promised),
        )  # fmt: skip
        self._attempts = self._counter(
            "queue_callback_attempts",
            "Customers rung to be called back, by what became of it",
            queue=queues,
            outcome=OFFERED,
        )

    def _of_the_rest(self) -> None:
        self._messages = self._counter(
            "voicemails", "Messages asked of callers, by how that ended",
            outcome=("saved", "empty", "failed", "withdrawn"),
        )  # fmt: skip
        self._files = self._counter(
            "voicemail_files", "Files of messages by what became of them", outcome=("stored", "late", "lost")
        )
        self._recordings = self._counter(
            "recordings", "Files of recordings of calls by what became of them", outcome=get_args(Fate)
        )
        for kind, outcome in product(("script", "warm", "blind"), OFFERED):
            self._transfers.labels(kind, outcome)
        self._consults = self._counter(
            "consultations", "People asked into a call", by=("script", "agent"), outcome=OFFERED
        )
        self._records = self._counter(
            "leg_records_failed", "Tries to write the detail record of a leg that have failed"
        )
        orders = sorted(each.__name__ for each in (*get_args(HostOrder), Give))
        self._given_up = self._counter(
            "floor_orders_given_up", "Orders that were tried for as long as it makes sense", order=orders
        )
        self._left_out = self._counter(
            "floor_entries_left_out", "Entries of the floor's log that could not be folded: faults of this program"
        )

    # ----------------------------------------------------------------------------------------------------------------
    # What the floor tells, and whoever fetches recordings

    def recording(self, fate: Fate) -> None:
        """Something has become of the file of a recording."""
        self._recordings.labels(fate).inc()

    def record_failed(self) -> None:
        self._records.inc()

    def order_given_up(self, order: str) -> None:
        self._given_up.labels(order).inc()

    def entry_left_out(self) -> None:
        self._left_out.inc()

    def happened(self, fact: Fact) -> None:
        match fact:
            case CallerCame():
                self._offered.labels(self._queue(fact.queue)).inc()
            case CallerGone():
                self._gone(fact, self._queue(fact.queue))
            case OfferOver():
                self._offers.labels(self._queue(fact.queue), fact.outcome).inc()
                if fact.outcome == "accepted":
                    self._rings.labels(self._queue(fact.queue)).observe(fact.rang)
            case TalkOver():
                self._talks.labels(self._queue(fact.queue)).observe(fact.seconds)
            case WrapUpOver():
                self._wraps.labels(self._queue(fact.queue)).observe(fact.seconds)
            case SetAside():
                self._aside.labels(fact.why).inc()
            case CallbackIs():
                queue = self._queue(fact.queue)
                self._callbacks.labels(queue, fact.outcome).inc()
                if fact.outcome == "kept":
                    self._level(queue, fact.in_time)
            case CustomerRung():
                self._attempts.labels(self._queue(fact.queue), fact.outcome).inc()
            case _:
                self._beside_queues(fact)

    def _beside_queues(self, fact: MessageOver | FileOver | HandedOver | Consulted) -> None:
        match fact:
            case MessageOver():
                self._messages.labels(fact.outcome).inc()
            case FileOver():
                self._files.labels(fact.outcome).inc()
            case HandedOver():
                self._transfers.labels(fact.kind, fact.outcome).inc()
            case Consulted():
                self._consults.labels(fact.by, fact.outcome).inc()
            case _:
                assert_never(fact)

    def _gone(self, fact: CallerGone, queue: str) -> None:
        end: End = "overflowed"
        match fact.outcome:
            case "answered":
                self._answered.labels(queue).inc()
                self._level(queue, fact.in_time)
                end = "answered"
            case "abandoned":
                self._abandoned.labels(queue).inc()
                self._gave_up(queue, fact.in_time)
                end = "abandoned"
            case "abandoned short":
                self._short.labels(queue).inc()
                end = "abandoned"
            case "left" | "full" | "no agents":
                self._overflowed.labels(queue, fact.outcome).inc()
            case _:
                assert_never(fact.outcome)
        self._waits.labels(queue, end).observe(fact.waited)

    def _gave_up(self, queue: str, in_time: bool) -> None:
        """How those who give up count for the service level: as in `measures.service_level`."""
        rule = self._rules.get(queue, "ignored")
        match rule:
            case "answered":
                pass
            case "positive":
                self._level(queue, in_time)
            case "negative":
                self._level(queue, met=False)
            case "ignored":
                if not in_time:
                    self._level(queue, met=False)
            case _:
                assert_never(rule)

    def _level(self, queue: str, met: bool) -> None:
        self._counted.labels(queue).inc()
        if met:
            self._met.labels(queue).inc()

    def _queue(self, name: str) -> str:
        return name if name in self._queues else OTHER
