"""Tests under faults, tests that a machine writes, and calls by hand that become tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsl import Program, Source, check
from dsl.analysis.told import all_tests
from interpreter.explore import coverage
from interpreter.phone import (
    Becomes,
    HangUp,
    HostFails,
    Press,
    Silent,
    Speak,
    SpeechFails,
    TargetDoes,
    TargetIsLate,
    Wait,
)
from interpreter.protocol import Money
from interpreter.simulate import SILENT, Faults, Given, Simulation
from interpreter.testing import run_test
from interpreter.testing.faults import Fault, suffer
from interpreter.testing.recording import as_test, line_of
from interpreter.testing.writing import Writer, title
from interpreter.tooling.covering import generated

SCRIPT = """\
ivr 1
flow desk for "Contoso desk"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> desk

data crm
    by_phone(number phone) gives name text

step welcome
    lookup customer = crm.by_phone(caller.number) within 3s
        after 1s say "One moment, please."
        found     -> known
        not found -> choose
        failed    -> {failed}

step known
    say "Welcome back, {{customer.name}}."
    go to choose

menu choose
    prompt "For the desk, press 0 or say desk."
    press 0 or say "desk" -> desk
    phrases anywhere
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 2 tries -> desk

transfer desk
    to number front_desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry

step sorry
    say "Nobody is here right now. Goodbye."
    finish nobody_there

step broken
    say "We cannot help you now. Goodbye."
    finish broken

promise every path ends in handled, nobody_there, abandoned

test "to the desk"
    hears "For the desk"
    presses 0
    transfer answered
    ends handled
"""


def program(failed: str = "choose") -> Program:
    text = SCRIPT.format(failed=failed)
    if failed != "broken":
        a, b = text.index("step broken"), text.index("promise every")
        text = text[:a] + text[b:]
    checked = check(Source("desk.ivr", text))
    assert checked.program is not None, [each.headline for each in checked.errors]
    return checked.program


def test_a_good_script_comes_through_every_fault() -> None:
    whole = program()
    suffered = list(suffer(whole, all_tests(whole)[0]))
    assert {each.fault.name for each in suffered} == {
        "every callback comes twice",
        "the process ends after each event",
        "callbacks are 2s late, and others overtake them",
        "no transfer is put through",
        "data takes 2s",
        "lookup crm.by_phone fails",
        "lookup crm.by_phone never answers",
    }
    assert [each.wrong for each in suffered] == [""] * 7


def test_an_end_that_was_not_promised_is_told() -> None:
    whole = program("broken")
    wrong = {each.fault.name: each.wrong for each in suffer(whole, all_tests(whole)[0]) if each.wrong}
    assert set(wrong) == {"lookup crm.by_phone fails", "lookup crm.by_phone never answers"}
    assert all("`broken`, which is none of what the script promises" in each for each in wrong.values())


def test_a_fault_that_changes_what_must_not_change_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a repeated event taken twice, the test would fail."""
    whole = program()

    def deaf(simulation: Simulation) -> None:
        simulation.world.broken.append(Given("lookup", "crm.by_phone", "found", (("name", "Ana"),)))

    monkeypatch.setattr("interpreter.testing.faults.faults_of", lambda _: [Fault("another caller", deaf, strict=True)])
    text = SCRIPT.format(failed="choose").replace('hears "For the desk"', 'never hears "Ana"')
    a, b = text.index("step broken"), text.index("promise every")
    other = check(Source("desk.ivr", text[:a] + text[b:])).program
    assert other is not None
    (suffered,) = suffer(other, all_tests(other)[0])
    assert suffered.wrong.startswith("the caller hears this")
    assert whole is not other


def test_faults_do_what_they_say() -> None:
    whole = program()
    plain = Simulation(whole, 1_772_463_600.0)
    plain.press("0")
    plain.transfer("answered")
    for faults in (Faults(twice=True), Faults(killed=True)):
        again = Simulation(whole, 1_772_463_600.0, faults=faults)
        again.press("0")
        again.transfer("answered")
        assert [line.text for line in again.lines] == [line.text for line in plain.lines]
    late = Simulation(whole, 1_772_463_600.0, faults=Faults(late=2.0))
    late.press("0")
    assert late.now > plain.start + plain.lines[-1].t
    refused = Simulation(whole, 1_772_463_600.0, faults=Faults(refused=True))
    refused.press("0")
    assert "cannot ring front_desk: refused" in [line.text for line in refused.lines]


def test_generated_tests_pass_and_cover_everything() -> None:
    whole = program()
    found = coverage(whole)
    written, failed = generated(found)
    assert failed == []
    assert coverage(whole).spots != []
    text = whole.source.text + "\n" + "\n".join(written)
    checked = check(Source("desk.ivr", text))
    assert checked.program is not None, [each.headline for each in checked.errors]
    again = coverage(checked.program)
    for test in all_tests(checked.program):
        result = run_test(checked.program, test)
        assert result.passed, (test.name.text, result.failure)
        assert result.simulation is not None
        again.take(result.simulation.trace)
    assert [(spot.block, spot.cause) for spot in again.missing] == []
    causes = {spot.cause for spot in again.spots}
    assert {
        "press 0",
        'say "desk"',
        "no input 1",
        "no input 2",
        "no match",
        "after 2 tries",
        "caller hangs up",
    } <= causes
    assert {"found", "not found", "failed", "slow", "rings too long", "speech unavailable", "on system error"} <= causes


def test_a_draft_that_cannot_be_done_is_not_written() -> None:
    whole = program()
    assert Writer(whole).complete('test "x"\n    queue connected\n') is None
    written = Writer(whole).complete('test "x"\n    presses 0\n    transfer busy\n')
    assert written is not None
    assert written.text.splitlines()[-1] == "    ends nobody_there at sorry"


def test_titles_are_told_apart() -> None:
    assert title('say "x"', []) == "say 'x'"
    assert title("a", ["a", "a (2)"]) == "a (3)"


ACTIONS = {
    Press("12#", 0.5): "presses 12# at 0.5s",
    Speak('a "word"'): 'says "a \\"word\\""',
    Silent(): "silent",
    Wait(90.0): "waits 90s",
    SpeechFails(): "speech fails",
    HostFails(): "host fails",
    HangUp(1.0): "hangs up at 1s",
    TargetDoes("no answer", 3.0): "transfer no answer after 3s",
    TargetIsLate(): "transfer answered late",
    Becomes("queue", "position", (("position", 3.0),)): "queue position 3",
    Becomes("pay", "paid", (("reference", "1"),), 2.0): 'pay paid { reference "1" } after 2s',
    Given("lookup", "crm.x", "found", (("amount", Money("35.00", "USD")),), 2.0): (
        "given lookup crm.x is found { amount 35.00 USD } after 2s"
    ),
    Given("check", "crm.ok", "yes", when=(("pin", "1"),)): 'given check crm.ok is yes when pin is "1"',
    Given("recall", "tongue", "found", (("value", "es-US"),)): 'given recall tongue is found { "es-US" }',
    Given("count", "tries", "", (("value", 2.0),)): "given count tries is 2",
    Given("action", "crm.do", "failed"): "given action crm.do fails",
    Given("action", "crm.do", "failed", after=SILENT): "given action crm.do never answers",
}


@pytest.mark.parametrize("action", ACTIONS, ids=repr)
def test_each_action_is_a_line_of_a_test(action: object) -> None:
    assert line_of(action) == ACTIONS[action]  # type: ignore[arg-type]


def test_a_call_by_hand_is_a_test_that_passes() -> None:
    whole = program()
    simulation = Simulation(whole, 1_772_463_600.0, caller="")
    text = as_test(whole, simulation, [Silent(), Press("0"), TargetDoes("busy")], "by hand")
    assert text.splitlines()[:3] == ['test "by hand"', "    at 2026-03-02 10:00:00", "    calls from withheld"]
    checked = check(Source("desk.ivr", f"{whole.source.text}\n{text}"))
    assert checked.program is not None
    assert run_test(checked.program, all_tests(checked.program)[-1]).passed
    assert replace(Faults(), twice=True).twice
