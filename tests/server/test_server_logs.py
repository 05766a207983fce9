"""What an operator reads: levels, numbers, and no secrets, whichever way the log is written."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from interpreter.engine import ActionResult
from interpreter.protocol import HangUp, Transfer
from interpreter.store import StoreUnavailable
from interpreter.telemetry import Metrics, Watcher, configure_logging

SECRET = "wordOfTheResource"


@pytest.fixture
def logging_again() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("json", [True, False])
@pytest.mark.usefixtures("logging_again")
def test_a_trace_shows_no_values(json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(json=json)

    def log_on(connection_string: str) -> None:
        raise RuntimeError("cannot log on")

    try:
        log_on(SECRET)
    except RuntimeError as error:
        structlog.get_logger("tests").error("trouble", exc_info=error)
    written = capsys.readouterr().err
    assert "in log_on" in written
    assert SECRET not in written


@pytest.mark.parametrize(
    ("result", "level"),
    [("performed", None), ("gone", None), ("retried", "warning"), ("refused", "error"), ("given_up", "error")],
)
def test_how_loud_an_action_is(result: ActionResult, level: str | None) -> None:
    with capture_logs() as logs:
        Watcher(Metrics()).action_tried("c", HangUp("7.desk"), result, 2, "429 x: later")
    assert [line["log_level"] for line in logs] == ([level] if level else [])


def test_an_outage_is_told_ever_less_often_and_counted_in_full() -> None:
    metrics = Metrics()
    with capture_logs() as logs:
        for attempt in range(1, 101):
            Watcher(metrics).action_tried("c", HangUp("7.desk"), "retried", attempt, "503")
    assert [line["attempt"] for line in logs] == [1, 2, 4, 8, 16, 32, 64]
    assert metrics.registry.get_sample_value("ivr_actions_total", {"verb": "HangUp", "result": "retried"}) == 100


@pytest.mark.parametrize(
    ("why", "written"),
    [
        ("400 8523: +14255550123 is invalid", "400 8523: …0123 is invalid"),
        ("rawId 4:+14255550123", "rawId 4:…0123"),
        ("500 9999: DiagCode: 500#9999.@", "500 9999: DiagCode: 500#9999.@"),
    ],
)
def test_numbers_in_the_service_s_words_are_cut(why: str, written: str) -> None:
    with capture_logs() as logs:
        Watcher(Metrics()).action_tried("c", Transfer("7", "number", "desk"), "refused", 1, why)
    assert logs[0]["why"] == written


def test_a_store_that_is_away_is_said_without_a_trace() -> None:
    with capture_logs() as logs:
        for error in (StoreUnavailable("disk full"), RuntimeError("a fault of ours")):
            Watcher(Metrics()).trouble("", "a turn was not kept", error)
    assert [bool(line.get("exc_info")) for line in logs] == [False, True]
