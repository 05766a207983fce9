"""What calls keep for each other: values, and counters that several calls share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from data_rig import Rig

from interpreter.protocol import Day, Items, Money, Record, Request, Seconds, TimeOfDay, Value, Verb
from interpreter.store.sqlite import SqliteStore

T = TypeVar("T")


def run(use: Callable[[Rig], Awaitable[T]], path: Path | str = ":memory:") -> T:
    async def inside() -> T:
        rig = Rig(store=SqliteStore.open(path))
        try:
            return await use(rig)
        finally:
            await rig.house.close()
            await rig.store.close()

    return asyncio.run(inside())


def memory(verb: Verb, name: str = "topic", **arguments: Value) -> Request:
    return Request("op1", verb, name, tuple(arguments.items()), (), 5.0)


VALUES: list[Value] = [
    "billing",
    12.5,
    True,
    Money("35.00", "USD"),
    Day("2026-11-26"),
    TimeOfDay(570),
    Seconds(90.0),
    Items(("a", Day("2026-11-26"))),
    Record((("name", "Ana"), ("due", Day("2026-11-26")))),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(value: Value) -> None:
    async def use(rig: Rig) -> dict[str, Value]:
        assert (await rig.ask(memory("remember", key="+1", seconds=60.0, value=value))).outcome == "done"
        found = await rig.ask(memory("recall", key="+1"))
        assert found.outcome == "found"
        return dict(found.values)

    assert run(use) == {"value": value}


def test_each_key_and_each_name_has_its_own() -> None:
    async def use(rig: Rig) -> list[str]:
        await rig.ask(memory("remember", key="+1", seconds=60.0, value="a"))
        return [
            (await rig.ask(memory("recall", key="+2"))).outcome,
            (await rig.ask(memory("recall", "other", key="+1"))).outcome,
        ]

    assert run(use) == ["not found", "not found"]


def test_a_value_is_kept_for_as_long_as_it_was_said() -> None:
    async def use(rig: Rig) -> list[str]:
        await rig.ask(memory("remember", key="+1", seconds=60.0, value="a"))
        found: list[str] = []
        for later in (59.9, 60.1):
            rig.clock.time += later if not found else later - 59.9
            found.append((await rig.ask(memory("recall", key="+1"))).outcome)
        return found

    assert run(use) == ["found", "not found"]


def test_what_is_forgotten_is_not_found() -> None:
    async def use(rig: Rig) -> str:
        await rig.ask(memory("remember", key="+1", seconds=60.0, value="a"))
        assert (await rig.ask(memory("forget", key="+1"))).outcome == "done"
        return (await rig.ask(memory("recall", key="+1"))).outcome

    assert run(use) == "not found"


def test_a_restart_keeps_it(tmp_path: Path) -> None:
    async def keep(rig: Rig) -> None:
        await rig.ask(memory("remember", key="+1", seconds=60.0, value="a"))

    async def recall(rig: Rig) -> dict[str, Value]:
        return dict((await rig.ask(memory("recall", key="+1"))).values)

    run(keep, tmp_path / "ivr.db")
    assert run(recall, tmp_path / "ivr.db") == {"value": "a"}


# --------------------------------------------------------------------------------------------------------------------
# Counters


def count(key: str = "c-1", most: float = 3.0) -> Request:
    return memory("count", "wrong_pins", key=key, seconds=3600.0, most=most)


def test_two_calls_count_together_and_the_third_reaches_the_limit() -> None:
    async def use(rig: Rig) -> list[tuple[str, Value]]:
        answers = [await rig.ask(count(), f"rid-{number}") for number in (1, 2, 3, 4)]
        return [(answer.outcome, dict(answer.values)["value"]) for answer in answers]

    assert run(use) == [("counted", 1.0), ("counted", 2.0), ("reached", 3.0), ("reached", 4.0)]


def test_the_same_request_counts_once() -> None:
    """The engine repeats a request after a crash; the caller has been wrong only once."""

    async def use(rig: Rig) -> list[Value]:
        answers = [await rig.ask(count(), "rid-1"), await rig.ask(count(), "rid-1"), await rig.ask(count(), "rid-2")]
        return [dict(answer.values)["value"] for answer in answers]

    assert run(use) == [1.0, 1.0, 2.0]


def test_counts_at_the_same_time_all_count() -> None:
    async def use(rig: Rig) -> list[int]:
        numbers = await asyncio.gather(
            *(
                rig.store.count("wrong_pins", "c-1", f"rid-{number}", rig.clock.time + 60, rig.clock.time)
                for number in range(50)
            )
        )
        return sorted(numbers)

    assert run(use) == list(range(1, 51))


def test_a_counter_begins_anew_when_its_time_is_over() -> None:
    async def use(rig: Rig) -> list[Value]:
        first = await rig.ask(count(), "rid-1")
        rig.clock.time += 3599.0
        second = await rig.ask(count(), "rid-2")  # it lives from the last time on
        rig.clock.time += 3599.0
        third = await rig.ask(count(), "rid-3")
        rig.clock.time += 3601.0
        fourth = await rig.ask(count(), "rid-4")
        return [dict(each.values)["value"] for each in (first, second, third, fourth)]

    assert run(use) == [1.0, 2.0, 3.0, 1.0]
