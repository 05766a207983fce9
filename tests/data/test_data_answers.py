"""What a data function answers, by the types of a script; functions of Python modules; stand-ins."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest
from data_rig import Rig, lookup

from interpreter.data.answers import WrongShape, as_json, read_answer
from interpreter.protocol import Day, Items, Money, Reported, Request, Seconds, TimeOfDay, Value, Verb
from interpreter.site_model import DataFunction


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", "Ana", "Ana"),
        ("text", "", ""),
        ("phone", "+14255550100", "+14255550100"),
        ("number", 12, 12.0),
        ("number", 12.5, 12.5),
        ("yes_no", True, True),
        ("yes_no", False, False),
        ('one of "gold" or "silver"', "silver", "silver"),
        ("money", "35.00 USD", Money("35.00", "USD")),
        ("money", "-3.5 EUR", Money("-3.5", "EUR")),
        ("money", {"amount": "35.00", "currency": "USD"}, Money("35.00", "USD")),
        ("money", {"amount": 35, "currency": "USD"}, Money("35.00", "USD")),
        ("date", "2026-11-26", Day("2026-11-26")),
        ("date", "2028-02-29", Day("2028-02-29")),
        ("time", "09:30", TimeOfDay(570)),
        ("time", "9:30", TimeOfDay(570)),
        ("duration", 90, Seconds(90.0)),
        ("list of text", ["a", "b"], Items(("a", "b"))),
        ("list of text", [], Items(())),
        ("list of money", ["1.00 USD"], Items((Money("1.00", "USD"),))),
    ],
    ids=str,
)
def test_a_type_has_its_shape(kind: str, given: Any, value: Value) -> None:
    assert read_answer({"x": given}, (("x", kind),), {}) == (("x", value),)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("text", 7),
        ("text", None),
        ("phone", "425 555 0100"),
        ("phone", "+0123456789"),
        ("number", "12"),
        ("number", True),
        ("number", float("nan")),
        ("yes_no", "yes"),
        ("yes_no", 1),
        ('one of "gold" or "silver"', "bronze"),
        ("money", "35"),
        ("money", "35.001 USD"),
        ("money", "USD 35"),
        ("money", {"amount": "x", "currency": "USD"}),
        ("date", "26.11.2026"),
        ("date", "2026-02-30"),
        ("time", "25:00"),
        ("time", "nine"),
        ("duration", -1),
        ("list of text", "a"),
        ("list of text", ["a", 7]),
    ],
    ids=str,
)
def test_another_shape_is_told_by_its_name_and_never_by_its_value(kind: str, given: Any) -> None:
    with pytest.raises(WrongShape) as told:
        read_answer({"secret_field": given}, (("secret_field", kind),), {})
    assert "secret_field" in str(told.value)
    assert given is None or len(str(given)) < 3 or str(given) not in str(told.value)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("Ana", "Ana"),
        (12.0, 12),
        (12.5, 12.5),
        (True, True),
        (None, None),
        (Money("35.00", "USD"), {"amount": "35.00", "currency": "USD"}),
        (Day("2026-11-26"), "2026-11-26"),
        (TimeOfDay(570), "09:30"),
        (Seconds(90.0), 90.0),
        (Items(("a", Day("2026-11-26"))), ["a", "2026-11-26"]),
    ],
    ids=str,
)
def test_arguments_are_sent_in_the_shapes_of_answers(value: Value, sent: Any) -> None:
    assert as_json(value) == sent


# --------------------------------------------------------------------------------------------------------------------
# Functions of Python modules

THREADS: list[str] = []


def by_phone(number: str) -> dict[str, str] | None:
    THREADS.append(threading.current_thread().name)
    return None if number == "+1" else {"name": number, "tier": "gold"}


async def by_phone_async(number: str) -> dict[str, str]:
    return {"name": number, "tier": "gold"}


def raises(number: str) -> None:
    raise ValueError(f"nobody may read {number}")


async def hangs(number: str) -> None:
    await asyncio.Event().wait()


def wrong(number: str) -> list[str]:
    return [number]


def ask(python: str, number: str = "+14255550100", within: float = 5.0) -> Reported:
    async def run() -> Reported:
        rig = Rig({"crm.by_phone": DataFunction(python=f"{__name__}:{python}")})
        try:
            return await rig.ask(lookup(number=number, within=within))
        finally:
            await rig.house.close()

    return asyncio.run(run())


@pytest.mark.parametrize("function", ["by_phone", "by_phone_async"])
def test_a_function_gets_its_arguments_by_name(function: str) -> None:
    assert dict(ask(function).values) == {"name": "+14255550100", "tier": "gold"}


def test_a_function_that_is_not_asynchronous_holds_up_nobody() -> None:
    THREADS.clear()
    assert ask("by_phone").outcome == "found"
    assert [threading.main_thread().name] != THREADS


def test_none_is_no_such_entry() -> None:
    assert ask("by_phone", "+1").outcome == "not found"


@pytest.mark.parametrize("function", ["raises", "wrong", "no_such_function"])
def test_a_function_in_trouble_has_failed(function: str, caplog: pytest.LogCaptureFixture) -> None:
    assert ask(function).outcome == "failed"
    assert "+14255550100" not in caplog.text


def test_a_function_that_hangs_has_failed() -> None:
    assert ask("hangs", within=0.05).outcome == "failed"


def nothing() -> None:
    return


def yes() -> bool:
    return True


@pytest.mark.parametrize(
    ("verb", "function", "outcome"),
    [
        ("action", "nothing", "done"),
        ("action", "yes", "done"),
        ("action", "raises", "failed"),
        ("check", "yes", "yes"),
        ("check", "nothing", "failed"),  # a forgotten return is no wrong PIN
        ("check", "raises", "failed"),
    ],
)
def test_a_function_that_acts_returns_nothing_and_one_that_checks_must(verb: Verb, function: str, outcome: str) -> None:
    async def run() -> Reported:
        rig = Rig({"crm.it": DataFunction(python=f"{__name__}:{function}")})
        try:
            return await rig.ask(Request("op1", verb, "crm.it", (), (), 5.0))
        finally:
            await rig.house.close()

    assert asyncio.run(run()).outcome == outcome


# --------------------------------------------------------------------------------------------------------------------
# Stand-ins


def stood_in(action: Request, given: Mapping[str, Mapping[str, Any]]) -> Reported:
    async def run() -> Reported:
        rig = Rig(stand_ins=given)
        try:
            return await rig.ask(action)
        finally:
            await rig.house.close()

    return asyncio.run(run())


CHECK = Request("op1", "check", "crm.pin_ok", (), (), 5.0)
ACTION = Request("op1", "action", "crm.lock", (), (), 5.0)


def test_a_stand_in_answers_what_is_given() -> None:
    reported = stood_in(lookup(), {"crm.by_phone": {"name": "Ana", "tier": "gold", "more": 1}})
    assert (reported.outcome, dict(reported.values)) == ("found", {"name": "Ana", "tier": "gold"})
    assert stood_in(CHECK, {"crm.pin_ok": {"outcome": "no"}}).outcome == "no"
    assert stood_in(ACTION, {"crm.lock": {"outcome": "failed"}}).outcome == "failed"


def test_a_stand_in_of_another_shape_has_failed(caplog: pytest.LogCaptureFixture) -> None:
    assert stood_in(lookup(), {"crm.by_phone": {"name": "Ana"}}).outcome == "failed"
    assert "tier" in caplog.text


@pytest.mark.parametrize(("action", "outcome"), [(lookup(), "not found"), (CHECK, "yes"), (ACTION, "done")])
def test_without_one_something_plain_is_answered(action: Request, outcome: str) -> None:
    assert stood_in(action, {}).outcome == outcome
