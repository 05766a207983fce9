"""Scenario S1, main menu with tapered retries, on a virtual clock: every step and every assertion of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from machine_rig import MONDAY, call, program, sample, seconds

from interpreter.simulate import Line, Simulation

SCRIPT = sample("s1_main_menu")
KEEPS = SCRIPT.replace("    phrases anywhere\n", "    phrases anywhere\n    type ahead keep\n")

NOTICE = "Thank you for calling Contoso. This call may be recorded."
FULL = (
    "For billing, press 1 or say billing. For technical support, press 2 or say support."
    " To hear this again, press star."
)
SILENCE, WRONG = "I did not hear anything.", "That is not one of the choices."
FIRST = "Press 1 for billing, or 2 for support."
SECOND = "Press 1 or 2 now, or stay on the line and we will connect you."
HANDOVER = "One moment, I will connect you."
SORRY = "We cannot take your call right now. Please call again later. Goodbye."
KEYPAD = "Please use your keypad."


@dataclass(frozen=True)
class Heard:
    """A prompt, as it must be heard: after how much silence, what, and until when if it is cut off."""

    gap: float
    text: str
    cut: float | None = None


@dataclass(frozen=True)
class Case:
    """``plan`` comes after the notice, ``heard`` after the notice, too. ``end`` is ending, block and result."""

    name: str
    plan: str
    heard: list[Heard]
    end: tuple[str, str, str]


OPERATOR = ("transferred", "operator", "connected")
BILLING = ("transferred", "billing", "connected")
TOLD = ("hung_up", "sorry", "failed_after_message")
START = Heard(0, FULL)

CASES = [
    Case(
        "silence three times: the texts taper, 5.0 s each, then the operator",
        "silent; silent; silent; transfer answered",
        [START, Heard(5, f"{SILENCE} {FIRST}"), Heard(5, f"{SILENCE} {SECOND}"), Heard(5, HANDOVER)],
        OPERATOR,
    ),
    Case(
        "a wrong key is no match at once",
        "press 7; press 8; press 9",
        [START, Heard(0, f"{WRONG} {FIRST}"), Heard(0, f"{WRONG} {SECOND}"), Heard(0, HANDOVER)],
        OPERATOR,
    ),
    Case(
        "mixed errors count together",
        "press 7; silent; press 9",
        [START, Heard(0, f"{WRONG} {FIRST}"), Heard(5, f"{SILENCE} {SECOND}"), Heard(0, HANDOVER)],
        OPERATOR,
    ),
    Case(
        "a wrong key in the middle of a prompt stops it and counts",
        "press 7 at 2s; press 2",
        [Heard(0, FULL, cut=2.0), Heard(0, f"{WRONG} {FIRST}")],
        ("transferred", "support", "connected"),
    ),
    Case("a key chooses at once", "press 1", [START], BILLING),
    Case("a key chooses in the middle of the prompt", "press 1 at 1s", [Heard(0, FULL, cut=1.0)], BILLING),
    Case("a phrase is found in what was said", 'say "my bill please"', [START], BILLING),
    Case("speech stops the prompt, too", 'say "Billing!" at 1s', [Heard(0, FULL, cut=1.0)], BILLING),
    Case(
        "words that only look alike are no match",
        'say "uh"; say "my billion"; say "support"',
        [START, Heard(0, f"{WRONG} {FIRST}"), Heard(0, f"{WRONG} {SECOND}")],
        ("transferred", "support", "connected"),
    ),
    Case(
        "the recogniser fails twice in a row: keys only, and no attempt is counted",
        'speech fails; speech fails; say "billing"; silent; silent; silent',
        [
            START,
            Heard(0, FULL),
            Heard(0, f"{KEYPAD} {FULL}"),
            Heard(5, f"{SILENCE} {FIRST}"),
            Heard(5, f"{SILENCE} {SECOND}"),
            Heard(5, HANDOVER),
        ],
        OPERATOR,
    ),
    Case(
        "the keys go on working when speech does not",
        "speech fails; speech fails; press 1",
        [START, Heard(0, FULL), Heard(0, f"{KEYPAD} {FULL}")],
        BILLING,
    ),
    Case(
        "two failures that are not in a row do not switch speech off",
        'speech fails; say "uh"; speech fails; say "billing"',
        [START, Heard(0, FULL), Heard(0, f"{WRONG} {FIRST}"), Heard(0, FIRST)],
        BILLING,
    ),
    Case(
        "star repeats the whole prompt twice without counting; the third is no match",
        "press *; press *; press *; silent; silent",
        [
            START,
            Heard(0, FULL),
            Heard(0, FULL),
            Heard(0, f"{WRONG} {FIRST}"),
            Heard(5, f"{SILENCE} {SECOND}"),
            Heard(5, HANDOVER),
        ],
        OPERATOR,
    ),
    Case(
        "star after a silence says the whole prompt and leaves the count",
        "silent; press *; silent; silent",
        [START, Heard(5, f"{SILENCE} {FIRST}"), Heard(0, FULL), Heard(5, f"{SILENCE} {SECOND}"), Heard(5, HANDOVER)],
        OPERATOR,
    ),
    *(
        Case(f"billing {end}: the operator", f"press 1; transfer {end}; transfer answered", [START], OPERATOR)
        for end in ("no answer", "busy", "declined", "failed")
    ),
    *(
        Case(
            f"nobody at all, {end}: the caller is told",
            f"press 2; transfer {end}; transfer {end}",
            [START, Heard(0, SORRY)],
            TOLD,
        )
        for end in ("no answer", "busy", "declined", "failed")
    ),
    Case(
        "ring is our own limit: the script goes on while the host rings on",
        "press 7; press 8; press 9; silent",
        [START, Heard(0, f"{WRONG} {FIRST}"), Heard(0, f"{WRONG} {SECOND}"), Heard(0, HANDOVER), Heard(25, SORRY)],
        TOLD,
    ),
]


def prompts(simulation: Simulation) -> list[Line]:
    return [line for line in simulation.lines if line.who == "ivr"]


def check_heard(simulation: Simulation, expected: list[Heard]) -> None:
    """Wording literally, times exactly: each relative to the end of what was heard before."""
    lines = prompts(simulation)
    assert [line.text for line in lines] == [heard.text for heard in expected]
    before = 0.0
    for line, heard in zip(lines, expected, strict=True):
        assert line.t == pytest.approx(before + heard.gap), line
        assert line.end - line.t == pytest.approx(seconds(heard.text) if heard.cut is None else heard.cut), line
        assert line.interrupted is (heard.cut is not None)
        before = line.end


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_caller_is_led(case: Case) -> None:
    simulation = call(program(SCRIPT), f"wait {seconds(NOTICE):.2f}s; {case.plan}")
    check_heard(simulation, [Heard(0, NOTICE), *case.heard])
    assert simulation.end is not None
    assert (simulation.end.ending, simulation.end.block, simulation.end.result) == case.end


def test_every_failing_path_reaches_the_operator_within_four_prompts() -> None:
    script = program(SCRIPT)
    for plan in product(("silent", "press 7", 'say "uh"'), repeat=3):
        simulation = call(script, f"wait {seconds(NOTICE):.2f}s; {';'.join(plan)}")
        said = [line.text for line in prompts(simulation)][1:]
        assert len(said) == 4, plan
        assert said[-1] == HANDOVER
        assert simulation.end is not None
        assert simulation.end.block == "operator"
        waited = plan.count("silent") * 5.0
        assert simulation.end.at - MONDAY == pytest.approx(waited + seconds(NOTICE) + sum(map(seconds, said))), plan


@pytest.mark.parametrize(
    ("plan", "block"),
    [
        ("hang up at 1s", "welcome"),
        ("wait 4s; hang up at 1s", "main_menu"),
        ("hang up", "main_menu"),
        ("silent; hang up at 0s", "main_menu"),
        ("silent; hang up", "main_menu"),
        ("silent; silent; hang up", "main_menu"),
        ("silent; silent; silent; hang up at 1s", "main_menu"),  # "One moment ...": still in the menu
        ("silent; silent; silent; hang up", "operator"),
        ("press 1; hang up", "billing"),
        ("press 1; transfer busy; hang up", "operator"),
        ("press 1; transfer busy; transfer busy; hang up at 1s", "sorry"),
    ],
)
def test_a_hang_up_ends_the_call_at_once_and_says_where(plan: str, block: str) -> None:
    simulation = call(program(SCRIPT), plan)
    (hang_up,) = [line for line in simulation.lines if line.text == "hangs up"]
    assert simulation.end is not None
    assert (simulation.end.ending, simulation.end.result, simulation.end.block) == ("abandoned", "abandoned", block)
    assert simulation.end.at - MONDAY == pytest.approx(hang_up.t)
    assert all(line.t <= hang_up.t for line in simulation.lines)


def test_a_key_pressed_during_the_notice_is_dropped_or_kept_as_the_menu_says() -> None:
    dropped = call(program(SCRIPT), "press 1 at 0.5s")
    check_heard(
        dropped,
        [Heard(0, NOTICE), START, Heard(5, f"{SILENCE} {FIRST}"), Heard(5, f"{SILENCE} {SECOND}"), Heard(5, HANDOVER)],
    )
    kept = call(program(KEEPS), "press 1 at 0.5s")
    check_heard(kept, [Heard(0, NOTICE)])  # not cut off, and the menu is not said at all
    assert kept.end is not None
    assert kept.end.block == "billing"
    wrong = call(program(KEEPS), "press 7 at 0.5s; press 1")
    check_heard(wrong, [Heard(0, NOTICE), Heard(0, f"{WRONG} {FIRST}")])


def test_a_target_that_answers_late_gets_the_caller() -> None:
    simulation = Simulation(program(SCRIPT), MONDAY)
    for key in "789":
        simulation.press(key)
    simulation.settle()
    simulation.wait(25.0)
    assert simulation.ringing is None
    simulation.answer_late(into=2.0)
    given_up = [Heard(0, f"{WRONG} {FIRST}"), Heard(0, f"{WRONG} {SECOND}"), Heard(0, HANDOVER), Heard(25, SORRY)]
    check_heard(simulation, [Heard(0, NOTICE), START, *given_up])
    assert simulation.end is not None
    assert (simulation.end.ending, simulation.end.block) == ("transferred", "operator")
    assert simulation.t == pytest.approx(simulation.lines[-1].t)
