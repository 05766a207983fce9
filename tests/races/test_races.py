"""Agents, callers, phones and eight workers at once, on the real store; and what the race makes of wrong variants.

`IVR_RACES` is how many steps are taken in all, a thousand to a run; `make races` takes 100,000.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "routing"))
from race_rig import Race
from wrong_variants import HARMLESS, VARIANTS, Variant

from interpreter.routing import QueueRules
from interpreter.store.sqlite import SqliteStore

RUN = 1_000
RUNS = int(os.environ.get("IVR_RACES", "8000")) // RUN
TRIES = 150
"""Runs in which a wrong variant has to be noticed."""
RULES = {"plain": QueueRules("sales"), "whisper": QueueRules("sales", whisper="A caller.")}


def race(folder: Path, seed: int, rules: str, stalls: bool = True, variant: Variant = nullcontext) -> Race:
    """One run. Returns what has become of it."""

    async def run() -> Race:
        store = SqliteStore.open(folder / f"race-{rules}-{seed}.db")
        made = Race(store, random.Random(seed), stalls, RULES[rules])
        try:
            await made.begin()
            for _ in range(RUN):
                await made.step()
            await made.settle()
        finally:
            for worker in made.workers.values():
                worker._stopping = True
            await store.close()
        return made

    with variant():
        return asyncio.run(run())


@pytest.mark.parametrize("rules", RULES)
def test_nobody_is_rung_into_a_talk_and_nobody_is_left(rules: str, tmp_path: Path) -> None:
    talks = kills = calls = 0
    for seed in range(RUNS // 2):
        made = race(tmp_path, seed, rules)
        assert not made.faults, f"seed {seed}: {made.faults}"
        calls, kills = calls + made.calls, kills + made.kills
        talks += sum("connected" in outcomes for outcomes in made.told.values())
    print(f"{rules}: {RUN * (RUNS // 2):,} steps, {calls} calls, {talks} talks, {kills} workers killed, no fault")
    assert talks > (calls / 10 if rules == "plain" else 0)
    assert kills


@pytest.mark.parametrize("name", VARIANTS)
def test_a_wrong_variant_is_noticed(name: str, tmp_path: Path) -> None:
    rules = "whisper" if name == "orders_of_one_call_overtake_each_other" else "plain"
    for seed in range(TRIES):
        made = race(tmp_path, seed, rules, variant=VARIANTS[name])
        if made.faults:
            print(f"{name}: run {seed}: {made.faults[0]}")
            return
    pytest.fail(f"{name} was not noticed in {TRIES} runs")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_this_engine_needs_no_guard_for_does_no_harm(name: str, tmp_path: Path) -> None:
    for seed in range(3):
        assert not race(tmp_path, seed, "plain", variant=HARMLESS[name]).faults
