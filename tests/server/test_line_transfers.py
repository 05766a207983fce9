"""Transfers on the caller's own line are counted once each, by what has become of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry, Counter

from interpreter.line_transfers import LineTransfers
from interpreter.machine.state import Trace
from interpreter.protocol import (
    ActionFailed,
    ActionRefused,
    Disconnected,
    Effect,
    Event,
    PlayEnded,
    TimerFired,
    Transfer,
    TransferAccepted,
)
from interpreter.routing.protocol.facts import Offered


@dataclass(frozen=True)
class Stepped:
    """What the machine has answered."""

    call: object = None
    effects: tuple[Effect, ...] = ()
    trace: tuple[object, ...] = ()


IGNORED = Stepped(trace=(Trace("ignored", "desk", "TransferAccepted of 7.desk"),))


class Line:
    """A call on which somebody is to be transferred."""

    def __init__(self, asked: bool = True) -> None:
        registry = CollectorRegistry()
        self.counter = Counter("t", "", ("kind", "outcome"), registry=registry)
        self.registry, self.transfers = registry, LineTransfers(self.counter)
        if asked:
            self.ask("7.desk")

    def ask(self, op: str, call: str = "a") -> None:
        self.step(PlayEnded(0.0, "6.desk"), Stepped(effects=(Transfer(op, "number", "desk"),)), call)

    def step(self, event: Event, stepped: Stepped | None = None, call: str = "a") -> None:
        self.transfers.step_taken(call, event, stepped or Stepped())

    def counted(self) -> dict[str, float]:
        values = {
            each: self.registry.get_sample_value("t_total", {"kind": "line", "outcome": each}) or 0.0
            for each in get_args(Offered)
        }
        return {outcome: value for outcome, value in values.items() if value}


ACCEPTED = TransferAccepted(1.0, "7.desk")
GONE = Disconnected(2.0, 200, 0)


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (ACCEPTED, "accepted"),
        (ActionFailed(1.0, "7.desk", 486, 560486), "busy"),
        (ActionFailed(1.0, "7.desk", 603, 560603), "declined"),
        (ActionFailed(1.0, "7.desk", 408, 560408), "expired"),
        (ActionFailed(1.0, "7.desk", 500, 9999), "failed"),
        (ActionFailed(1.0, "7.desk", 487, 560487), "revoked"),
        (ActionRefused(1.0, "7.desk", 400), "failed"),
        (Disconnected(1.0, 200, 7015), "accepted"),
        (GONE, "revoked"),
    ],
)
def test_what_becomes_of_a_transfer(event: Event, outcome: str) -> None:
    line = Line()
    assert line.counted() == {}
    line.step(event)
    assert line.counted() == {outcome: 1.0}
    for late in (event, ACCEPTED, GONE):
        line.step(late, IGNORED)
    line.transfers.call_ended("a")
    assert line.counted() == {outcome: 1.0}


def test_a_script_that_waits_for_a_shorter_time_than_the_host() -> None:
    line = Line()
    line.step(TimerFired(25.0, "ring", 1))
    assert line.counted() == {}, "it may still come about"
    line.step(ACCEPTED)
    assert line.counted() == {"accepted": 1.0}
    line = Line()
    line.step(TimerFired(25.0, "ring", 1))
    line.step(GONE)
    assert line.counted() == {"expired": 1.0}, "the caller has gone after that"
    line = Line()
    line.step(TimerFired(25.0, "ring", 1), IGNORED)
    line.transfers.call_ended("a")
    assert line.counted() == {"revoked": 1.0}


def test_two_transfers_of_a_call_and_others_of_other_calls() -> None:
    line = Line()
    line.ask("3.desk", call="b")
    line.step(ActionFailed(1.0, "7.desk", 486, 560486))
    line.ask("9.desk")
    line.step(TransferAccepted(2.0, "9.desk"))
    assert line.counted() == {"busy": 1.0, "accepted": 1.0}
    line.step(GONE, call="b")
    assert line.counted() == {"busy": 1.0, "accepted": 1.0, "revoked": 1.0}


def test_a_transfer_that_was_asked_for_before_this_process_began() -> None:
    line = Line(asked=False)
    line.step(ACCEPTED)
    line.step(ACCEPTED, IGNORED)
    assert line.counted() == {"accepted": 1.0}


def test_nothing_is_remembered_of_calls_that_are_over() -> None:
    line = Line()
    line.step(ACCEPTED)
    line.ask("3.desk", call="b")
    line.transfers.call_ended("b")
    assert line.transfers._asked == {}
