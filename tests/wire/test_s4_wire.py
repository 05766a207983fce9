"""Scenario S4, hours, holiday and emergency switch, over the wire: the simulator's tables, the real SDK, exact times.

The queue of S4 comes with queues; here the caller who has waited in the menu takes its place.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import aiohttp
import pytest
from machine_rig import moment, seconds
from test_s4 import CALLS, CLOSED, GREETING, LEAVE, MENU, Call
from wire_people import LINE
from wire_rig import OPERATOR, play, wire
from wire_stories import SCRIPTS

from interpreter.simulate import AUDIO

PATH = SCRIPTS / "s4_hours.ivr"
NOTICE = "[emergency_notice]"


@pytest.fixture(autouse=True)
def server_elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The schedule's zone counts, not the server's."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("case", CALLS.values(), ids=CALLS)
def test_a_call_at_that_time(case: Call) -> None:
    async def run() -> None:
        async with wire(PATH, at=moment(case.at), switches=dict(case.switches)) as rig:
            heard = await rig.call(case.plan)
            prompts = heard.story().prompts
            assert [prompt.text for prompt in prompts] == [text for _, text in case.heard]
            before = 0.0
            for prompt, (gap, text) in zip(prompts, case.heard, strict=True):
                assert prompt.t == pytest.approx(before + gap, abs=1e-3)
                length = AUDIO if text.startswith("[") else seconds(text)
                assert prompt.end - prompt.t == pytest.approx(length, abs=1e-3)
                before = prompt.end
            ending, result, block = heard.end
            assert (ending, block, result) == case.end

    play(run)


@pytest.mark.parametrize(("late", "more"), [(9.0, [CLOSED]), (7.9, [])])
def test_the_line_looks_at_the_clock_again_at_17_00_01(late: float, more: list[str]) -> None:
    async def run() -> None:
        async with wire(PATH, at=moment("2026-03-02 16:59:52")) as rig:
            heard = await rig.call(f"wait {late}s; press 0")
            (pressed,) = [entry for entry in heard.transcript if entry.kind == "pressed"]
            assert pressed.t - heard.answered == pytest.approx(late)
            assert heard.story().texts == [GREETING, MENU, *more]

    play(run)


def test_a_flipped_switch_counts_from_the_next_call_on() -> None:
    """Within 5 s of switching, and not for the call that is in the menu."""

    async def run() -> None:
        async with wire(PATH, sections=OPERATOR.section) as rig, aiohttp.ClientSession() as session:
            running = rig.people.dial(LINE, "silent; silent; press 1")
            await rig.advance(2.0)
            for on, texts in ((True, [GREETING, NOTICE, LEAVE]), (False, [GREETING, MENU])):
                async with session.put(
                    f"{rig.server_url}/switches/emergency_closure", json={"on": on}, headers=OPERATOR.headers
                ) as response:
                    assert response.status == 200
                at = rig.clock.now()
                following = rig.people.dial(LINE, "press 1")
                await rig.advance(5.0)
                assert rig.heard(following).story().texts[:2] == texts[:2]
                assert rig.heard(following).answered - at <= 5.0
                await rig.finish(following)
                assert rig.heard(following).story().texts == texts
            await rig.finish(running)
            assert NOTICE not in rig.heard(running).story().texts
            assert rig.heard(running).end == ("transferred", "connected", "billing")

    play(run)


@pytest.mark.parametrize(
    ("at", "on", "plan", "block"),
    [
        ("2026-03-02 10:00", True, "wait 2s; hang up at 1s", "emergency_notice"),
        ("2026-03-02 10:00", True, "hang up", "emergency_choice"),
        ("2026-03-02 10:00", True, "silent; hang up at 0.1s", "goodbye"),
        ("2026-11-26 10:00", False, "wait 2s; hang up at 1s", "holiday_notice"),
        ("2026-03-02 12:30", False, "wait 2s; hang up at 1s", "lunch_notice"),
        ("2026-03-01 10:00", False, "wait 2s; hang up at 1s", "closed_notice"),
        ("2026-03-01 10:00", False, "hang up", "mailbox"),
        ("2026-03-01 10:00", False, "transfer busy; hang up at 1s", "no_mailbox"),
        ("2026-03-02 10:00", False, "press 1; hang up", "billing"),
        ("2026-03-02 10:00", False, "press 0; hang up", "front_desk"),
    ],
)
def test_a_hang_up_is_abandoned(at: str, on: bool, plan: str, block: str) -> None:
    async def run() -> None:
        async with wire(PATH, at=moment(at), switches={"emergency_closure": on}) as rig:
            assert (await rig.call(plan)).end == ("abandoned", "abandoned", block)

    play(run)
