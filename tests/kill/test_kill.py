"""The server is killed at random moments of running calls and started again, and every call ends as planned."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

from kill_rig import House, times_waiting
from wire_accounts import MEDIA, ONCE, account
from wire_stories import SCRIPTS, Story, expected

from interpreter.machine import Call
from server import MACHINE

KILLS = int(os.environ.get("IVR_KILLS", "15"))
NAMES = ("contoso", "s1_main_menu")
"""Scripts that are the same at all hours: the server lives in real time."""
AT_ONCE = 4
"""Calls that are kept running while the server is killed."""

Cast = dict[str, tuple[str, str, Story]]
"""Script, plan and story of each phone."""


def test_every_call_ends_as_planned(tmp_path: Path) -> None:
    dice = random.Random(int(os.environ.get("IVR_SEED", "2")))
    stories = expected(time.time(), NAMES)

    async def run() -> None:
        began = time.monotonic()
        async with House(tmp_path, [SCRIPTS / f"{name}.ivr" for name in NAMES], dice) as house:
            cast: Cast = {}

            def filled() -> bool:
                """Keep calls running; what dies must have something to lose."""
                running = sum(not house.emulator.call(phone).finished for phone in cast)
                for _ in range(AT_ONCE - running):
                    script, plan, story = dice.choice(stories)
                    cast[house.people.dial(house.lines[script], plan)] = (script, plan, story)
                return False

            for _ in range(KILLS):
                await house.up()
                house.arm()
                await house.run_until(filled)
                await house.bury()
            await house.up()
            assert await house.run_until(lambda: all(house.emulator.call(phone).finished for phone in cast))
            await house.bury()
            report = judge(house, cast)
            print(f"\nkill: {KILLS} kills in {time.monotonic() - began:.0f} s; {report}")

    asyncio.run(run())


def judge(house: House, cast: Cast) -> str:
    """Everything that must hold in the end. Returns what happened, for a person to read."""
    requests, graves = list(house.emulator.requests), house.graves
    assert all(grave.whole for grave in graves)
    assert graves[-1].waiting == frozenset(), "an action was lost"
    books, waited, states = account(requests), times_waiting(graves), ended_calls(house.store)
    rang_out = unheard(house, cast)
    assert len(states) == len(cast) - len(rang_out)
    repeats = 0
    for phone, (script, plan, story) in cast.items():
        if phone in rang_out:
            continue
        state = states[house.emulator.call(phone).me.label]
        assert (script, plan, state.ending, state.result, state.block) == (script, plan, *story.end)
        repeats += said_again(house, phone, story)
    for key, times in books.done.items():
        if books.verbs[key] in MEDIA:
            assert times <= 1 + waited[key], f"{key} was repeated although its answer was kept"
        elif books.verbs[key] in ONCE and key[0]:
            assert times == 1, key
    answers = Counter(r.operation for r in requests if r.fate == "done")["answer"]
    assert answers == len(states)
    recognised = sum(r.fate == "repeated" for r in requests)
    in_doubt = sum(1 for key in waited if books.done[key] and books.verbs[key] in MEDIA)
    return (
        f"{len(states)} calls answered once each, {len(rang_out)} rang out while nobody was there; {in_doubt} prompts"
        f" were in doubt, {repeats} of them were heard again; {recognised} repeated requests were recognised"
    )


def ended_calls(store: Path) -> dict[str, Call]:
    """The last state of each call, by the caller's number. All of them are over."""
    connection = sqlite3.connect(store)
    try:
        rows = list(connection.execute("SELECT caller, status, state FROM call"))
    finally:
        connection.close()
    assert {status for _, status, _ in rows} == {"ended"}
    assert len({caller for caller, _, _ in rows}) == len(rows)
    return {caller: MACHINE.calls.decode(state) for caller, _, state in rows}


def unheard(house: House, cast: Cast) -> set[str]:
    """Callers whom nobody answered: the service announces a call twice within the 30 s that it rings, and each time
    the server died at it."""
    found = {phone for phone in cast if not any(e.kind == "connected" for e in house.emulator.transcript(phone))}
    assert all(house.emulator.call(phone).end_reason == "no answer" for phone in found)
    assert sum(status != 200 for _, status in house.emulator.grid.attempts) >= 2 * len(found)
    return found


def said_again(house: House, phone: str, story: Story) -> int:
    """How many prompts the caller heard twice. Nothing else may differ from the plan."""
    texts = [entry.text for entry in house.emulator.transcript(phone) if entry.kind == "heard"]
    connection = house.people.seats[phone].connection
    waited = times_waiting(house.graves)
    doubtful = sum(times for key, times in waited.items() if key[0] == connection)
    extra = Counter(texts)
    extra.subtract(story.texts)
    assert min(extra.values(), default=0) >= 0, (phone, "something was not said", extra)
    twice = sum(extra.values())
    assert twice <= doubtful, (phone, extra)
    if not twice:
        assert texts == story.texts
    return twice
