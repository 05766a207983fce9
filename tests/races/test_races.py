"""Agents, callers, phones and eight workers at once, on the real store; and what the race makes of wrong variants.

`IVR_RACES` is how many steps are taken in all, a thousand to a run; `make races` takes 100,000, and shows in how many
runs each wrong variant is noticed, with stalls and without. A run is repeated by its seed.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "routing"))
from race_end import settle
from race_rig import Race
from wrong_variants import VARIANTS, Variant

from interpreter.routing import QueueRules
from interpreter.store.floor_log import LogRow
from interpreter.store.sqlite import SqliteStore

RUN = 1_000
RULES = {
    "ring all": QueueRules("sales", wrap_up=12.0, strategy="ring all"),
    "whisper": QueueRules("sales", wrap_up=12.0, whisper="A caller."),
    "plain": QueueRules("sales", wrap_up=12.0),
}
RUNS = -(-int(os.environ.get("IVR_RACES", "6000")) // (RUN * len(RULES)))
"""Runs by each of the rules. One in four is without stalls."""
TRIES = 20
"""Runs by each of the rules in which a wrong variant has to be noticed."""
BEGIN = {"freed_when_it_has_rung_long_enough": 5, "orders_of_one_call_overtake_each_other": 6}
"""Seeds from which on it is looked for what took long to be noticed: that saves time and nothing else."""
SHOWN = 10
"""Runs by each of the rules for a line of the table."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where that is possible: what is tested is the order of things, not the disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


async def _run(file: Path, seed: int, rules: str, stalls: bool) -> tuple[Race, tuple[LogRow, ...]]:
    store = SqliteStore.open(file)
    race = Race(store, random.Random(seed), stalls, RULES[rules])
    try:
        await race.begin()
        for _ in range(RUN):
            await race.step()
            if race.judge.faults:
                break
        else:
            await settle(race)
        log = await store.floor.read(0)
    finally:
        for worker in race.workers.values():
            worker._stopping = True
            worker._inbox.clear()
        await store.close()
    return race, log


def race(folder: Path, seed: int, rules: str, stalls: bool = True, variant: Variant = nullcontext) -> Race:
    """One run, as far as to the first fault. Returns what has become of it."""
    file = folder / "race.db"
    with variant():
        found = asyncio.run(_run(file, seed, rules, stalls))[0]
    for each in folder.glob("race.db*"):
        each.unlink()
    return found


@pytest.mark.parametrize("rules", RULES)
def test_nobody_is_rung_into_a_talk_and_nobody_is_left(rules: str, folder: Path) -> None:
    told: Counter[str] = Counter()
    kills = calls = entries = 0
    for seed in range(RUNS):
        made = race(folder, seed, rules, stalls=seed % 4 != 1)
        assert not made.judge.faults, f"seed {seed}: {made.judge.faults}"
        calls, kills, entries = calls + len(made.calls), kills + made.kills, entries + made.judge.ledger.n
        told.update(outcome for call in made.calls.values() for outcome in call.told)
    print(
        f"{rules}: seeds 0 to {RUNS - 1}, {RUN * RUNS:,} steps, {entries:,} entries, {calls:,} calls, "
        f"{told['connected']:,} talks, {kills:,} workers killed, no fault"
    )
    assert told["connected"] > calls / 10
    assert kills


def test_a_run_is_repeated_by_its_seed(folder: Path) -> None:
    first = asyncio.run(_run(folder / "first.db", 1, "whisper", True))[1]
    assert asyncio.run(_run(folder / "second.db", 1, "whisper", True))[1] == first
    assert asyncio.run(_run(folder / "third.db", 2, "whisper", True))[1] != first


@pytest.mark.parametrize("name", VARIANTS)
def test_a_wrong_variant_is_noticed(name: str, folder: Path) -> None:
    begin = BEGIN.get(name, 0)
    for seed in range(begin, begin + TRIES):
        for rules in RULES:
            made = race(folder, seed, rules, variant=VARIANTS[name])
            if made.judge.faults:
                print(f"{name}: {rules}, seed {seed}: {made.judge.faults[0]}")
                return
    pytest.fail(f"{name} was not noticed in {TRIES} runs by each of the rules")


@pytest.mark.skipif("IVR_RACES" not in os.environ, reason="a table of some minutes: make races")
def test_in_how_many_runs_wrong_variants_are_noticed(folder: Path) -> None:
    print(f"\nnoticed in so many of {SHOWN * len(RULES)} runs   with stalls   without")
    for name, variant in {"(none)": nullcontext, **VARIANTS}.items():
        noticed = [
            sum(bool(race(folder, n, rules, stalls, variant).judge.faults) for n in range(SHOWN) for rules in RULES)
            for stalls in (True, False)
        ]
        print(f"{name:42} {noticed[0]:6} {noticed[1]:11}", flush=True)
        assert (noticed == [0, 0]) if name == "(none)" else noticed[0], f"{name}: {noticed}"
