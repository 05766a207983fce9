"""What an operator sees: metrics and structured logs.

Nothing here names what a caller said or pressed, and a caller's number is cut to its last digits: logs travel further
than calls do. Label values come from closed sets, so that nobody outside can make new ones.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from interpreter.engine import ActionResult, DropReason, Gauges, Step
from interpreter.line_transfers import LineTransfers
from interpreter.protocol import CallOffered, CallStarted, Event, Finished, HostAction
from interpreter.store import StoreUnavailable

_log = structlog.get_logger(__name__)
_stdlib = logging.getLogger(__name__)

_STEP_BUCKETS = (5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 5e-3, 2e-2, 0.1)
_CALLBACK_BUCKETS = (5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

_NUMBER = re.compile(r"\+[0-9]{7,15}")

Trace: TypeAlias = Callable[[str, Step[object]], None]
"""Told each step of each call; what `ivr dev` shows beside the phone."""


class Metrics:
    """All metrics of one server, in a registry of their own: several servers may live in one process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"ivr_{name}", text, labels, registry=registry)

        self.callbacks = counter(
            "callbacks", "CloudEvents of the host by type and what became of them", "type", "outcome"
        )
        self.deliveries = counter("event_grid_events", "Event Grid events by what became of them", "outcome")
        self.tokens_refused = counter("tokens_refused", "Requests without a genuine token", "endpoint", "reason")
        self.dropped = counter("events_dropped", "Events that moved no call", "reason")
        self.actions = counter("actions", "Tries of requests to the host", "verb", "result")
        self.started = counter("calls_started", "Calls taken up", "script")
        self.ended = counter("calls_ended", "Calls that are over", "ending")
        self.transfers = counter(
            "transfers", "Callers who were to be handed over, by what became of it", "kind", "outcome"
        )
        self.troubles = counter("troubles", "Faults of this program, its store or its scripts")
        self.steps = Histogram(
            "ivr_step_seconds", "Time of one step of the machine", buckets=_STEP_BUCKETS, registry=registry
        )
        self._live = Gauge("ivr_calls_live", "Calls that go on", registry=registry)
        # From the arrival of a callback with a genuine token to its answer, which comes when it is durable.
        self.callback_seconds = Histogram(
            "ivr_callback_seconds", "Time from a callback to its answer", buckets=_CALLBACK_BUCKETS, registry=registry
        )
        self.media_sockets = Gauge(
            "ivr_media_sockets", "Web sockets of transcripts and audio that are open", ["feed"], registry=registry
        )
        self.media_frames = counter("media_frames", "Frames of web sockets by what became of them", "feed", "outcome")
        self.media_ended = counter("media_sockets_ended", "Web sockets by how they ended", "feed", "how")
        self.listeners_open = Gauge(
            "ivr_listeners_open", "Speakers of calls whose speech is being recognised", registry=registry
        )
        self.listeners = counter("listeners", "Recognisers of speech by what became of them", "what")
        self._oldest = Gauge(
            "ivr_outbox_oldest_seconds", "For how long the oldest waiting action has been waiting", registry=registry
        )
        self._waiting = Gauge("ivr_outbox_waiting", "Actions that wait to be performed", registry=registry)
        self._in_flight = Gauge(
            "ivr_requests_in_flight", "Requests to the host without an answer yet", registry=registry
        )

    def text(self, gauges: Gauges) -> bytes:
        """The exposition format of Prometheus."""
        self._live.set(gauges.live)
        self._waiting.set(gauges.waiting)
        self._in_flight.set(gauges.in_flight)
        self._oldest.set(gauges.oldest)
        return generate_latest(self.registry)


class Watcher:
    """The engine's observer: counts and logs."""

    def __init__(self, metrics: Metrics, trace: Trace | None = None) -> None:
        self._metrics, self._trace = metrics, trace
        self._transfers = LineTransfers(metrics.transfers)

    def call_started(self, call_id: str, begun: CallOffered | CallStarted, script: str) -> None:
        self._metrics.started.labels(script).inc()
        caller = masked(begun.caller) if isinstance(begun, CallOffered) else "ours"
        _log.info("call started", call=call_id, called=begun.called, caller=caller, script=script)

    def step_taken(self, call_id: str, event: Event, step: Step[object], micros: float) -> None:
        self._metrics.steps.observe(micros / 1e6)
        self._transfers.step_taken(call_id, event, step)
        if _stdlib.isEnabledFor(logging.DEBUG):
            effects = [type(effect).__name__ for effect in step.effects]
            _log.debug("step", call=call_id, heard=type(event).__name__, effects=effects, trace=repr(step.trace))
        if self._trace is not None:
            self._trace(call_id, step)

    def action_tried(self, call_id: str, action: HostAction, result: ActionResult, attempt: int, why: str) -> None:
        verb = type(action).__name__
        self._metrics.actions.labels(verb, result).inc()
        if result == "retried" and attempt & (attempt - 1):
            return  # the first, second, fourth, eighth … try is told: an outage must not bury its own beginning
        if result not in ("performed", "gone"):
            # What is tried again may heal. What is not has cost a caller something.
            log = _log.warning if result == "retried" else _log.error
            why = _NUMBER.sub(lambda found: masked(found[0]), why)
            log("action", call=call_id, verb=verb, op=action.op, result=result, attempt=attempt, why=why)

    def event_dropped(self, call_id: str, reason: DropReason, event: Event) -> None:
        self._metrics.dropped.labels(reason).inc()
        _log.info("event dropped", call=call_id, reason=reason, heard=type(event).__name__)

    def call_ended(self, call_id: str, finished: Finished) -> None:
        self._metrics.ended.labels(finished.ending).inc()
        self._transfers.call_ended(call_id)
        _log.info("call ended", call=call_id, ending=finished.ending, result=finished.result, block=finished.block)

    def trouble(self, call_id: str, what: str, error: BaseException | None) -> None:
        self._metrics.troubles.inc()
        # A store that is away says so with every turn, and the place in our code explains nothing.
        trace = None if isinstance(error, StoreUnavailable) else error
        _log.error("trouble", call=call_id, what=what, error=repr(error) if error else None, exc_info=trace)


def masked(number: str) -> str:
    return f"…{number[-4:]}" if len(number) > 4 else number and "…"


def configure_logging(json: bool | None = None, level: int = logging.INFO) -> None:
    """Sends the logs of this program and of its libraries to stderr: JSON lines, or plain text for a person.

    ``json`` None: a person when stderr is a terminal.
    """
    if json is None:
        json = not sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # Plain: the prettier ones show the values of variables, secrets among them.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    last: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(last if json else [console]),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # The SDK names a field of its own models that its generated code does not know, with every transcript.
    logging.getLogger("azure.communication.callautomation._generated._utils.serialization").setLevel(logging.ERROR)
    # These log every request with its address, and addresses carry secrets.
    for noisy in ("azure", "uvicorn.access", "watchfiles", "aiohttp"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
