"""The page of the service's operations and events names all that the SDK has, and nothing that is not so here."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest
from azure.communication.callautomation._generated import models
from azure.communication.callautomation._generated.aio.operations import _operations as operations
from azure.communication.callautomation.aio import CallAutomationClient, CallConnectionClient

from interpreter.azure import callbacks

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "host-operations.md").read_text("utf-8")
SAMPLES = json.loads((ROOT / "tests" / "azure" / "events.json").read_text("utf-8"))
UNKNOWN_TO_SDKS = {"HoldAudioStarted", "HoldAudioPaused", "HoldAudioResumed", "HoldAudioCompleted"}
"""Captured from the live service; no SDK knows them."""
MAKING = {"close", "from_connection_string", "get_call_connection"}
"""What makes a client, and asks the service for nothing."""
FILES = {"download_recording", "delete_recording"}
"""What the SDK does without an operation of the interface."""


def rows(heading: str) -> list[list[str]]:
    """The rows of the tables below a heading of the second level."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert section is not None, heading
    lines = [line for line in section[1].splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


OPERATIONS = rows("Operations")
EVENTS = rows("Events")


def _methods(owner: type) -> set[str]:
    return {name for name, each in inspect.getmembers(owner, callable) if not name.startswith("_")}


def test_every_operation_of_the_interface_has_one_row() -> None:
    groups = [
        each
        for name, each in inspect.getmembers(operations, inspect.isclass)
        if each.__module__ == operations.__name__ and name.endswith(("Operations", "OperationsMixin"))
    ]
    known = sorted(name for group in groups for name in _methods(group))
    assert len(known) == 34
    assert sorted(named(row[0])[0] for row in OPERATIONS) == known


def test_every_method_of_the_clients_stands_in_a_row() -> None:
    known = (_methods(CallAutomationClient) | _methods(CallConnectionClient)) - MAKING
    told = {name for row in OPERATIONS for name in named(row[1])}
    assert told | FILES == known
    for name in FILES:
        assert f"`{name}`" in PAGE


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: named(row[0])[0])
def test_what_is_reached_is_called_and_what_is_not_has_a_reason(row: list[str]) -> None:
    operation, methods, reached, code = named(row[0])[0], named(row[1]), row[2], named(row[3])
    called = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "interpreter" / "azure").glob("*.py")
        for name in methods
        if re.search(rf"\b(?:call|_client|own|client)\.{name}\(", path.read_text("utf-8"))
    }
    assert reached
    if code:
        assert set(code) <= called, f"{operation} is called in {sorted(called)}"
        return
    reason = re.search(rf"^\*\*`{operation}`\*\* (.+?)(?:\n\n|\Z)", PAGE, re.M | re.S)
    assert reason is not None, f"{operation} has no reason"
    assert len(reason[1].split()) >= 15
    if operation == "hangup_call":  # one method for two operations: the argument tells them apart
        for path in (ROOT / "interpreter" / "azure").glob("*.py"):
            assert "is_for_everyone=False" not in path.read_text("utf-8")
            assert not re.search(r"\bhang_up\((?!is_for_everyone=True)", path.read_text("utf-8"))
    else:
        assert not called


def _events_of_sdk() -> set[str]:
    """The models that have what every event has, and are no answer to a request."""
    found = set()
    for name, model in inspect.getmembers(models, inspect.isclass):
        fields = getattr(model, "_attribute_map", {})
        if {"call_connection_id", "server_call_id", "correlation_id"} <= set(
            fields
        ) and name != "CallConnectionProperties":
            found.add(name)
    return found


def test_every_event_has_one_row() -> None:
    assert sorted(named(row[0])[0] for row in EVENTS) == sorted(_events_of_sdk() | UNKNOWN_TO_SDKS)
    assert f"34 operations and {len(EVENTS)} events" in PAGE


def _takers(kind: str) -> set[str]:
    """Who hears of an event: tried with each name that its request, and its callback address, can have."""
    found = set()
    tried = [
        ("1.welcome", "call", ""), ("1.reach", "call", "1.reach"),
        ("floor.1", "call", ""), ("floor.1:2", "call", ""), ("floor.1", "floor.1", ""),
    ]  # fmt: skip
    for sample in (each["event"] for each in SAMPLES if each["name"] == kind):
        for context, call, dial in tried:
            event: dict[str, Any] = json.loads(json.dumps(sample))
            event["data"]["operationContext"] = context
            [read] = callbacks.parse(json.dumps([event]).encode(), 0.0, call, dial)
            assert isinstance(read, callbacks.Callback)
            assert read.known, kind
            found |= {"call"} if read.event is not None else set()
            found |= {"floor"} if read.floor is not None else set()
    return found or {"nobody"}


@pytest.mark.parametrize("row", EVENTS, ids=lambda row: named(row[0])[0])
def test_an_event_is_taken_by_whom_the_page_says(row: list[str]) -> None:
    kind = named(row[0])[0]
    assert any(each["name"] == kind for each in SAMPLES), f"{kind} has no sample"
    assert set(row[1].split(", ")) == _takers(kind)
