"""Many calls at once with a service that misbehaves in every way it has, and all of them end as planned.

Duplicated, delayed, reordered, late, unknown and forged callbacks, calls announced twice, participants reported before
the connection, requests throttled and failed before or after they were carried out. Time is virtual, also that of the
outbox's repetitions.
"""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from wire_accounts import MEDIA, ONCE, Account, account
from wire_rig import MONDAY_TEN, Wire, play, wire
from wire_stories import PLANS, SCRIPTS, Story, expected

from emulator import Misbehaviour

CALLS = int(os.environ.get("IVR_CHAOS_CALLS", "40"))
PATIENT = 5
"""Failures in a row of one request after which its patience may be over, so that the script is told instead."""

CHAOS = Misbehaviour(
    duplicate=0.15,
    delay=0.1,
    delay_seconds=1.5,
    reorder=0.1,
    late_event=0.5,
    unknown_event=0.1,
    bad_token=0.05,
    expired_token=0.05,
    foreign_token=0.05,
    duplicate_incoming=0.3,
    throttle=0.04,
    fail_before=0.04,
    fail_after=0.06,
)


async def all_calls(rig: Wire, cast: list[tuple[str, str, Story]], dice: random.Random) -> list[str]:
    """Dial one after the other at random moments, so that calls in all states run side by side."""
    lines = dict(zip(PLANS, rig.lines, strict=True))
    phones = []
    for script, plan, _ in cast:
        phones.append(rig.people.dial(lines[script], plan))
        await rig.advance(dice.uniform(0.0, 4.0))
    await rig.finish(*phones)
    return phones


def check_prompts(rig: Wire, phone: str, story: Story, books: Account) -> int:
    """Nothing is said twice, unless the service said it and told us that it had not. Returns how often that was."""
    heard = rig.heard(phone)
    mine = {key: n for key, n in books.done.items() if key[0] == rig.people.seats[phone].connection}
    for key, times in mine.items():
        verb = books.verbs[key]
        most = 1 + books.lost[key] if verb in MEDIA else 1
        assert 1 <= times <= most, (phone, key, verb, times, most)
    twice = sum(times - 1 for key, times in mine.items() if books.verbs[key] in MEDIA)
    extra = Counter(heard.texts)
    extra.subtract(story.texts)
    if twice == 0:
        assert heard.texts == story.texts
    assert min(extra.values(), default=0) >= 0, (phone, "something was not said", extra)
    assert sum(extra.values()) <= twice, (phone, extra)
    return twice


@pytest.mark.parametrize("participants_first", [False, True])
def test_every_call_ends_as_planned(participants_first: bool) -> None:
    dice = random.Random(20260302 + participants_first)
    stories = expected(MONDAY_TEN)
    cast = [dice.choice(stories) for _ in range(max(1, CALLS // 2))]

    async def run() -> None:
        paths = [SCRIPTS / f"{name}.ivr" for name in PLANS]
        async with wire(paths, habits={"participants_first": participants_first}) as rig:
            rig.emulator.misbehave(CHAOS)
            phones = await all_calls(rig, cast, dice)
            books, twice, tried = account(rig.emulator.requests), 0, 0
            for phone, (script, plan, story) in zip(phones, cast, strict=True):
                connection = rig.people.seats[phone].connection
                impatient = max(n for key, n in books.refusals.items() if key[0] == connection) >= PATIENT
                tried += impatient
                if not impatient:
                    assert (script, plan, rig.heard(phone).end) == (script, plan, story.end)
                    twice += check_prompts(rig, phone, story, books)
            assert tried <= 1 + len(cast) // 50, "patience ran out too often for chance"
            check_once(rig, phones, books)
            await check_nothing_lost(rig)
            lost = sum(n for key, n in books.lost.items() if books.verbs[key] in MEDIA)
            print(
                f"\nchaos: {len(cast)} calls, {len(rig.emulator.deliveries)} deliveries,"
                f" {len(rig.emulator.requests)} requests; {lost} prompts said and denied, {twice} of them said again"
            )

    play(run)


def check_once(rig: Wire, phones: list[str], books: Account) -> None:
    """Answered and handed over exactly once, whatever became of the answers to those requests."""
    done = Counter(r.operation for r in rig.emulator.requests if r.fate == "done" and r.operation in ONCE)
    assert done["answer"] == len(phones) == len(rig.calls)
    for phone in phones:
        transferred = [entry for entry in rig.emulator.transcript(phone) if entry.kind == "transferred"]
        assert len(transferred) == (rig.heard(phone).end[0] == "transferred")
    assert all(times == 1 for key, times in books.done.items() if books.verbs[key] in ONCE and key[0])


async def check_nothing_lost(rig: Wire) -> None:
    """A request whose answer was lost in the last moment of a call is sent once more, when its time comes."""
    engine = rig.runtime.desk.engine
    await rig.run_until(lambda: engine.gauges().waiting == 0 and engine.gauges().in_flight == 0)
    assert engine.gauges().live == 0
    tokens = Counter((d.token == "good", d.status) for d in rig.emulator.deliveries)
    assert set(tokens) == {(True, 200), (False, 401)}
    assert all(status == 200 for _, status in rig.emulator.grid.attempts)
    assert rig.metric("troubles") == 0
