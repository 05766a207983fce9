"""Scenario S1, main menu with tapered retries, over the wire: the simulator's tables, the real SDK, exact times."""

from __future__ import annotations

from itertools import product

import pytest
from machine_rig import seconds
from test_s1 import CASES, FIRST, FULL, HANDOVER, KEEPS, NOTICE, SCRIPT, SECOND, SILENCE, SORRY, WRONG, Heard
from wire_rig import Heard as HeardOnWire
from wire_rig import play, wire
from wire_stories import SCRIPTS

PATH = SCRIPTS / "s1_main_menu.ivr"
AFTER_NOTICE = f"wait {seconds(NOTICE):.2f}s; "


def check_heard(heard: HeardOnWire, expected: list[Heard], why: str) -> None:
    """Wording literally, times exactly: each relative to the end of what was heard before."""
    prompts = heard.story().prompts
    assert [prompt.text for prompt in prompts] == [each.text for each in expected], why
    before = 0.0
    for prompt, each in zip(prompts, expected, strict=True):
        assert prompt.t == pytest.approx(before + each.gap, abs=1e-3), (why, prompt)
        length = seconds(each.text) if each.cut is None else each.cut
        assert prompt.end - prompt.t == pytest.approx(length, abs=1e-3), (why, prompt)
        assert prompt.interrupted is (each.cut is not None), (why, prompt)
        before = prompt.end


def test_a_caller_is_led() -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            for case in CASES:
                heard = await rig.call(AFTER_NOTICE + case.plan)
                check_heard(heard, [Heard(0, NOTICE), *case.heard], case.name)
                ending, result, block = heard.end
                assert (ending, block, result) == case.end, case.name

    play(run)


def test_every_failing_path_reaches_the_operator_within_four_prompts() -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            for plan in product(("silent", "press 7", 'say "uh"'), repeat=3):
                heard = await rig.call(AFTER_NOTICE + ";".join(plan))
                prompts = heard.story().prompts
                assert len(prompts) == 1 + 4, plan
                assert prompts[-1].text == HANDOVER
                assert heard.end == ("transferred", "connected", "operator"), plan
                silent = plan.count("silent") * 5.0
                assert prompts[-1].end == pytest.approx(silent + sum(seconds(p.text) for p in prompts), abs=1e-3), plan

    play(run)


@pytest.mark.parametrize(
    ("plan", "block"),
    [
        ("hang up at 1s", "welcome"),
        ("wait 4s; hang up at 1s", "main_menu"),
        ("hang up", "main_menu"),
        ("silent; hang up at 0s", "main_menu"),
        ("silent; hang up", "main_menu"),
        ("silent; silent; hang up", "main_menu"),
        ("silent; silent; silent; hang up at 1s", "main_menu"),
        ("silent; silent; silent; hang up", "operator"),
        ("press 1; hang up", "billing"),
        ("press 1; transfer busy; hang up", "operator"),
        ("press 1; transfer busy; transfer busy; hang up at 1s", "sorry"),
    ],
)
def test_a_hang_up_ends_the_call_at_once_and_says_where(plan: str, block: str) -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            heard = await rig.call(plan)
            assert heard.end == ("abandoned", "abandoned", block)
            assert heard.phone.ended_by == "caller"
            gone = next(entry.t for entry in heard.transcript if entry.kind == "ended")
            assert rig.clock.now() - gone <= 1.0  # the clean-up included: nothing waits any more
            assert all(entry.t <= gone for entry in heard.transcript)

    play(run)


def test_a_key_pressed_during_the_notice_is_dropped_or_kept_as_the_menu_says() -> None:
    silent = [Heard(5, f"{SILENCE} {FIRST}"), Heard(5, f"{SILENCE} {SECOND}"), Heard(5, HANDOVER)]

    async def run() -> None:
        async with wire(SCRIPT) as rig:
            check_heard(await rig.call("press 1 at 0.5s"), [Heard(0, NOTICE), Heard(0, FULL), *silent], "dropped")
        async with wire(KEEPS) as rig:
            kept = await rig.call("press 1 at 0.5s")
            check_heard(kept, [Heard(0, NOTICE)], "kept")  # not cut off, and the menu is not said at all
            assert kept.end == ("transferred", "connected", "billing")
            wrong = await rig.call("press 7 at 0.5s; press 1")
            check_heard(wrong, [Heard(0, NOTICE), Heard(0, f"{WRONG} {FIRST}")], "kept, and wrong")

    play(run)


def test_a_target_that_answers_late_gets_the_caller() -> None:
    async def run() -> None:
        async with wire(PATH) as rig:
            heard = await rig.call("press 7; press 8; press 9; silent; transfer answered late at 2s")
            asked = [Heard(0, NOTICE), Heard(0, FULL), Heard(0, f"{WRONG} {FIRST}"), Heard(0, f"{WRONG} {SECOND}")]
            check_heard(heard, [*asked, Heard(0, HANDOVER), Heard(25, SORRY, cut=2.0)], "the script had given it up")
            assert heard.end == ("transferred", "connected", "operator")

    play(run)
