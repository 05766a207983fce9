"""The operator's page names every metric, every field of a record and every request that there is, and no other; its
alert rules are rules, ask for what is exported, and fire when they should."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import promql_parser as promql
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase
from server_rig import Clock, KeptHost

import server
from interpreter.api.table import every_operation
from interpreter.azure.tokens import Reason
from interpreter.details import Stay, of_call
from interpreter.engine import ActionResult, DropReason
from interpreter.media.ears import ListenerEvent
from interpreter.media.hearing import FeedName
from interpreter.protocol import Ending
from interpreter.routing import Floor, QueueRules, handle
from interpreter.routing.protocol import Answered, Detail, Entered, Invited, Person, Removed, Serves, SignedIn, Surveyed
from interpreter.site import Site
from interpreter.store import CallRow
from interpreter.store.reading import EndedCall
from interpreter.store.sqlite import SqliteStore

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
SITE = """
[service]
connection_string = "endpoint=https://contoso.communication.azure.com/;accesskey=a2V5"
[server]
callback_base = "https://ivr.example.com"
[callbacks]
verify = false
[agents.ana]
teams_user = "9f6b1a40-0001-4222-8333-123456789abc"
queues = ["sales"]
signed_in = "always"
[queues.support]
[presence]
client_id = "22553876-f5ab-4529-bffb-cfe50aa89f87"
tenant = "9f6b1a40-1111-4222-8333-123456789abc"
secret = "not-a-secret"
"""
OPEN = {("ivr_calls_started_total", "script"), ("ivr_callbacks_total", "type"), ("ivr_actions_total", "verb")}
"""Labels whose values are names of scripts, or words of the service and of the protocol: the page lists none."""
CLOSED: dict[tuple[str, str], tuple[str, ...]] = {
    ("ivr_calls_ended_total", "ending"): get_args(Ending),
    ("ivr_events_dropped_total", "reason"): get_args(DropReason),
    ("ivr_actions_total", "result"): get_args(ActionResult),
    ("ivr_tokens_refused_total", "reason"): (*get_args(Reason), "wrong_secret", "no_agent"),
    ("ivr_tokens_refused_total", "endpoint"): ("callbacks", "events", "media", "operator", "agents"),
    ("ivr_callbacks_total", "outcome"): ("taken", "ignored", "malformed"),
    ("ivr_event_grid_events_total", "outcome"): ("ringing", "handshake", "recording", "ignored", "malformed"),
    ("ivr_media_sockets", "feed"): get_args(FeedName),
    ("ivr_media_frames_total", "feed"): get_args(FeedName),
    ("ivr_media_sockets_ended_total", "feed"): get_args(FeedName),
    ("ivr_media_frames_total", "outcome"): ("taken", "thrown_away", "ignored", "malformed"),
    ("ivr_media_sockets_ended_total", "how"): (
        "clean", "replaced", "broken", "too fast", "too long", "malformed", "foreign",
    ),
    ("ivr_listeners_total", "what"): get_args(ListenerEvent),
    ("ivr_presence_requests_total", "what"): ("read", "show", "clear"),
    ("ivr_presence_requests_total", "outcome"): (
        "done", "throttled", "denied", "refused", "unavailable", "malformed", "failed",
    ),
}  # fmt: skip
"""Values of labels whose series begin with the first thing that is counted."""
LATER = {("ivr_floor_orders_given_up_total", "order")}
"""Classes of orders: the page names the one that an operator has to know."""


def exported() -> dict[str, tuple[str, dict[str, set[str]]]]:
    """Every metric of a server that has everything: its kind, and its labels with the values that they have at once."""

    async def run() -> dict[str, tuple[str, dict[str, set[str]]]]:
        store = SqliteStore.open(":memory:")
        async with server.running(Site.parse(SITE, Path.cwd()), store=store, host=KeptHost(), clock=Clock()) as running:
            registry = running.desk.metrics.registry
            labels = {
                name: set(collector._labelnames)
                for collector in registry._collector_to_names
                if isinstance(collector, MetricWrapperBase)
                for name in (each.name for each in collector.collect())
            }
            found: dict[str, tuple[str, dict[str, set[str]]]] = {}
            for family in registry.collect():
                values: dict[str, set[str]] = {name: set() for name in labels.get(family.name, set())}
                for sample in family.samples:
                    for name, value in sample.labels.items():
                        if name != "le":
                            values.setdefault(name, set()).add(value)
                end = "_total" if family.type == "counter" else ""
                found[f"{family.name}{end}"] = (family.type, values)
        await store.close()
        return found

    return asyncio.run(run())


@pytest.fixture(scope="module", name="metrics")
def _metrics() -> dict[str, tuple[str, dict[str, set[str]]]]:
    return exported()


Metrics = dict[str, tuple[str, dict[str, set[str]]]]


def rows(page: str, head: str) -> Iterator[list[str]]:
    """The rows of every table with this head, as cells."""
    lines = page.splitlines()
    starts = [n for n, line in enumerate(lines) if line == head]
    assert starts, head
    for start in starts:
        for line in lines[start + 2 :]:
            if not line.startswith("|"):
                break
            yield [cell.strip() for cell in line.strip("|").split("|")]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def described() -> dict[str, tuple[str, dict[str, set[str]]]]:
    """Every metric of the page: its kind, and its labels with the values that are listed."""
    found: dict[str, tuple[str, dict[str, set[str]]]] = {}
    for metric, kind, labels, _ in rows(PAGE, "| Metric | Kind | Labels | Meaning |"):
        (name,) = code(metric)
        assert name not in found, f"{name} is there twice"
        values: dict[str, set[str]] = {}
        for part in labels.split(";"):
            first, _, listed = part.partition(":")
            for label in code(first):
                values[label] = set()
            if listed:
                values[code(first)[-1]] = set(code(listed))
        found[name] = kind, values
    return found


# --------------------------------------------------------------------------------------------------------------------
# Metrics


def test_every_metric_is_on_the_page_with_its_kind_and_labels_and_no_other(metrics: Metrics) -> None:
    page = described()
    assert sorted(page) == sorted(metrics)
    assert {name: kind for name, (kind, _) in page.items()} == {name: kind for name, (kind, _) in metrics.items()}
    assert {name: sorted(labels) for name, (_, labels) in page.items()} == {
        name: sorted(labels) for name, (_, labels) in metrics.items()
    }


def test_the_page_lists_the_values_of_every_label_that_has_a_closed_set(metrics: Metrics) -> None:
    page = described()
    for name, (_, labels) in metrics.items():
        for label, values in labels.items():
            if label == "queue":
                continue
            if (name, label) in CLOSED:
                assert page[name][1][label] == set(CLOSED[name, label]), (name, label)
            elif (name, label) in LATER:
                assert set(code_of(name)) & values, "the one that is named is one of them"
            elif (name, label) not in OPEN:
                assert page[name][1][label] == values, (name, label)


def code_of(metric: str) -> list[str]:
    """What else the row of a metric names."""
    return [
        word
        for row in rows(PAGE, "| Metric | Kind | Labels | Meaning |")
        if code(row[0]) == [metric]
        for word in code(row[3])
    ]


def test_queues_are_those_of_the_site_and_one_for_all_others(metrics: Metrics) -> None:
    for name, (kind, labels) in metrics.items():
        if "queue" in labels and name != "ivr_queue_estimated_wait_seconds":
            assert labels["queue"] == {"sales", "support"} | ({"other"} if kind != "gauge" else set()), name


def test_every_metric_that_the_page_speaks_of_is_one_of_them() -> None:
    page = described()
    names = set(page) | {f"{name}{end}" for name, (kind, _) in page.items() if kind == "histogram" for end in ENDS}
    spoken = set(re.findall(r"\bivr_[a-z_]+\b", PAGE))
    assert spoken <= names, spoken - names


ENDS = ("_sum", "_count", "_bucket")


# --------------------------------------------------------------------------------------------------------------------
# Rules and queries


def block(kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}$\n(.*?)^```$", PAGE, re.M | re.S)
    assert isinstance(found, str)
    return found


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(block("yaml"))["groups"] for rule in group["rules"]]


def figures() -> dict[str, str]:
    """The queries of the page by what they are."""
    found = {}
    for part in block("promql").strip().split("\n\n"):
        title, _, query = part.partition("\n")
        assert title.startswith("# "), part
        found[title[2:]] = query
    return found


def queries() -> dict[str, str]:
    return {**figures(), **{rule["alert"]: rule["expr"] for rule in alerts()}}


def selectors(node: object) -> Iterator[promql.VectorSelector]:
    """The series that a query asks for."""
    match node:
        case promql.VectorSelector():
            yield node
        case promql.MatrixSelector():
            yield node.vector_selector
        case promql.BinaryExpr():
            yield from selectors(node.lhs)
            yield from selectors(node.rhs)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            yield from selectors(node.expr)
        case promql.Call():
            for each in node.args:
                yield from selectors(each)
        case promql.NumberLiteral() | promql.StringLiteral():
            return
        case _:
            raise AssertionError(f"a {type(node).__name__} is not looked into")


@pytest.mark.parametrize("title", queries())
def test_a_query_asks_for_series_that_there_are(title: str, metrics: Metrics) -> None:
    asked = list(selectors(promql.parse(queries()[title])))
    assert asked
    for each in asked:
        name = each.name or ""
        matchers = {matcher.name: (matcher.op, matcher.value) for matcher in each.matchers.matchers}
        if name == "up":
            continue
        base = re.sub(r"_(sum|count|bucket)$", "", name)
        kind, labels = metrics[name if name in metrics else base]
        assert (kind == "histogram") == (name != base), name
        known = {**labels, **{label: set(CLOSED[name, label]) for label in labels if (name, label) in CLOSED}}
        for label, (op, value) in matchers.items():
            wanted = value.split("|") if op == promql.MatchOp.Re else [value]
            assert label in known, (name, label)
            assert set(wanted) <= known[label], (name, label, wanted)


def test_a_query_that_asks_for_something_else_is_noticed(metrics: Metrics) -> None:
    (found,) = selectors(promql.parse('rate(ivr_offers{outcome="expired"}[1h])'))
    assert found.name not in metrics
    with pytest.raises(ValueError, match="parenthesis"):
        promql.parse("sum by queue (ivr_offers_total")


def test_rules_have_what_a_rule_needs_and_speak_of_labels_that_they_have() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert len(names) == len(set(names)) >= 15
    for rule in alerts():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        kept = {label for each in re.findall(r"by \(([^)]*)\)", rule["expr"]) for label in re.findall(r"\w+", each)}
        spoken = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        assert spoken <= kept, rule["alert"]


PROMTOOL = shutil.which("promtool")
QUIET = {
    'up{job="ivr"}': "1+0x240",
    "ivr_outbox_oldest_seconds": "0+0x240",
    "ivr_troubles_total": "0+0x240",
    'ivr_queue_longest_wait_seconds{queue="sales"}': "20+0x240",
    'ivr_queue_waiting{queue="sales"}': "2+0x240",
    'ivr_queue_estimated_wait_seconds{queue="sales"}': "60+0x240",
    'ivr_queue_service_level_met_total{queue="sales"}': "0+9x240",
    'ivr_queue_service_level_calls_total{queue="sales"}': "0+10x240",
    'ivr_queue_calls_offered_total{queue="sales"}': "0+10x240",
    'ivr_queue_calls_abandoned_total{queue="sales"}': "0+1x240",
    'ivr_offers_total{queue="sales",outcome="accepted"}': "0+10x240",
    'ivr_offers_total{queue="sales",outcome="expired"}': "0+1x240",
    "ivr_agents_lost": "0+0x240",
    "ivr_floor_oldest_seconds": "0+0x240",
    'ivr_floor_orders_given_up_total{order="Give"}': "0+0x240",
    "ivr_floor_entries_left_out_total": "0+0x240",
    "ivr_leg_records_oldest_seconds": "1+0x240",
    'ivr_voicemail_files_total{outcome="lost"}': "0+0x240",
    'ivr_voicemail_files_total{outcome="late"}': "0+0x240",
    'ivr_recordings_total{outcome="kept"}': "0+1x240",
    'ivr_recordings_total{outcome="leaked"}': "0+0x240",
    'ivr_voicemails_total{outcome="failed"}': "0+0x240",
    'ivr_queue_callbacks_total{queue="sales",outcome="kept"}': "0+2x240",
    'ivr_queue_callbacks_total{queue="sales",outcome="not reached"}': "0+1x240",
    'ivr_presence_requests_total{what="read",outcome="done"}': "0+6x240",
    'ivr_presence_requests_total{what="read",outcome="throttled"}': "0+1x240",
    'ivr_actions_total{verb="Play",result="refused"}': "0+0x240",
    'ivr_tokens_refused_total{endpoint="events",reason="wrong_secret"}': "0+1x240",
    'ivr_callback_seconds_bucket{le="0.1"}': "0+100x240",
    'ivr_callback_seconds_bucket{le="2"}': "0+100x240",
    'ivr_callback_seconds_bucket{le="+Inf"}': "0+100x240",
}
"""A day on which nobody is to be woken up; a value a minute."""
LOUD: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "IvrDown": ({'up{job="ivr"}': "0+0x240"}, {"job": "ivr"}),
    "IvrRequestsWait": ({"ivr_outbox_oldest_seconds": "0+5x240"}, {}),
    "IvrCallbacksSlow": ({'ivr_callback_seconds_bucket{le="0.1"}': "0+90x240"}, {}),
    "IvrTroubles": ({"ivr_troubles_total": "0+1x240"}, {}),
    "IvrRequestsRefused": ({'ivr_actions_total{verb="Play",result="refused"}': "0+1x240"}, {"verb": "Play"}),
    "IvrTokensRefused": (
        {'ivr_tokens_refused_total{endpoint="events",reason="wrong_secret"}': "0+20x240"},
        {"endpoint": "events", "reason": "wrong_secret"},
    ),
    "IvrCallersWaitLong": ({'ivr_queue_longest_wait_seconds{queue="sales"}': "0+60x240"}, {"queue": "sales"}),
    "IvrNobodyServes": ({'ivr_queue_estimated_wait_seconds{queue="sales"}': "60+0x60 _x180"}, {"queue": "sales"}),
    "IvrServiceLevelLow": ({'ivr_queue_service_level_met_total{queue="sales"}': "0+6x240"}, {"queue": "sales"}),
    "IvrManyAbandon": ({'ivr_queue_calls_abandoned_total{queue="sales"}': "0+2x240"}, {"queue": "sales"}),
    "IvrRingNoAnswer": ({'ivr_offers_total{queue="sales",outcome="expired"}': "0+4x240"}, {"queue": "sales"}),
    "IvrAgentsLost": ({"ivr_agents_lost": "1+0x240"}, {}),
    "IvrOrdersWait": ({"ivr_floor_oldest_seconds": "0+60x240"}, {}),
    "IvrOrdersGivenUp": ({'ivr_floor_orders_given_up_total{order="Give"}': "0+1x240"}, {"order": "Give"}),
    "IvrEntriesLeftOut": ({"ivr_floor_entries_left_out_total": "0+1x240"}, {}),
    "IvrRecordsLate": ({"ivr_leg_records_oldest_seconds": "0+60x240"}, {}),
    "IvrMessagesLate": ({'ivr_voicemail_files_total{outcome="lost"}': "0+1x240"}, {"outcome": "lost"}),
    "IvrRecordingsWrong": ({'ivr_recordings_total{outcome="leaked"}': "0+1x240"}, {"outcome": "leaked"}),
    "IvrMessagesFail": ({'ivr_voicemails_total{outcome="failed"}': "0+1x240"}, {}),
    "IvrCallbacksBroken": (
        {'ivr_queue_callbacks_total{queue="sales",outcome="not reached"}': "0+3x240"},
        {"queue": "sales"},
    ),
    "IvrPresenceFails": ({'ivr_presence_requests_total{what="read",outcome="throttled"}': "0+9x240"}, {}),
}
"""What is otherwise when a rule fires, and with which labels it does."""


def test_there_is_a_trial_of_every_rule() -> None:
    assert sorted(LOUD) == sorted(rule["alert"] for rule in alerts())
    for changed, _ in LOUD.values():
        assert set(changed) <= set(QUIET), "what changes is part of the quiet day"


@pytest.mark.skipif(PROMTOOL is None, reason="promtool was not found (Debian: apt-get install prometheus)")
def test_rules_fire_when_they_should_and_not_before(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(block("yaml"), encoding="utf-8")
    known = {rule["alert"]: rule for rule in alerts()}
    trials = [_trial(QUIET, [{"alertname": name, "eval_time": "2h", "exp_alerts": []} for name in LOUD])]
    for name, (changed, labels) in LOUD.items():
        summary = known[name]["annotations"]["summary"]
        for label, value in labels.items():
            summary = summary.replace(f"{{{{ $labels.{label} }}}}", value)
        alert = {
            "exp_labels": {**labels, "severity": known[name]["labels"]["severity"]},
            "exp_annotations": {"summary": summary},
        }
        trials.append(_trial({**QUIET, **changed}, [{"alertname": name, "eval_time": "2h", "exp_alerts": [alert]}]))
    whole = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": trials}
    (tmp_path / "trials.yml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, "test", "rules", "trials.yml"], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _trial(series: dict[str, str], expected: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": expected,
    }


# --------------------------------------------------------------------------------------------------------------------
# Records and requests


def fields_of(head: str, part: str) -> list[str]:
    found = re.search(rf"^## {part}$(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found, part
    return [name for row in rows(found[1], head) for name in code(row[0])]


def test_the_record_of_a_call_has_the_columns_of_the_page_and_no_other() -> None:
    row = CallRow("c", 0, 1, "ended", "", "", "", "", "+15551230001", "+18005550100", b"", 0, 0, 1.0, 2.0)
    record = of_call(EndedCall(row, "main.ivr", (), ()))
    assert sorted(fields_of("| Field | Meaning |", "Details of a call")) == sorted(record)
    stay = fields_of("| Field of a stay | Meaning |", "Details of a call")
    assert sorted(stay) == sorted(each.name for each in fields(Stay))


def test_the_record_of_a_leg_has_the_columns_of_the_page_and_no_other() -> None:
    floor = Floor({"sales": QueueRules("sales")})
    handle(floor, SignedIn(1.0, "ann", Person("ann"), (), (Serves("sales"),)))
    handle(floor, Entered(2.0, "a/1", "sales"))
    [leg] = floor.legs
    handle(floor, Answered(3.0, leg))
    names = set[str]()
    refused = Invited(6.0, "a/2", Person("eva"), 20.0, objection="Teams: busy", outcome="declined")
    for event in (Removed(4.0, leg), Surveyed(5.0, "a", "rating", (("score", 5.0),)), refused):
        names |= {name for each in handle(floor, event) if isinstance(each, Detail) for name, _ in each.values}
    assert sorted(fields_of("| Field | Meaning |", "Details of a leg")) == sorted(names)


def test_every_request_of_the_operator_is_on_the_page_and_no_other() -> None:
    async def run() -> set[tuple[str, str]]:
        store = SqliteStore.open(":memory:")
        async with server.running(Site.parse(SITE, Path.cwd()), store=store, host=KeptHost(), clock=Clock()) as running:
            found: set[tuple[str, str]] = {
                (each.method, each.path) for each in every_operation(running.desk) if each.who == "operator"
            }
        await store.close()
        return found

    listed = {
        (method, path.partition("?")[0])
        for row in rows(PAGE, "| Request | What it does |")
        for method, _, path in (each.partition(" ") for each in code(row[0]))
    }
    assert listed == asyncio.run(run())
