"""Defects as they hurt callers, seeded one by one into a script that has none: each is found by the linter, by a
promise, or by a test that a machine has written for the script as it was."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from dsl import Program, Source, check, parse
from dsl.analysis.told import all_tests
from interpreter.explore import coverage, prove
from interpreter.testing import run_test
from interpreter.tooling.covering import generated

CLINIC = Path(__file__).with_name("clinic.ivr").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Defect:
    """A change of the script, and what finds it: the code of a rule, a promise or ``test``."""

    was: str
    now: str
    found_by: str


SORRY = "We are very sorry, and we know that this is not what you have called us for. "
RESULTS = 'say "Your results are there, {patient.name}. The doctor calls you today."'
ONE, TWO = "    press 1 -> appointments", "    press 2 -> who"
HANDS_OVER = '    after 3 tries "One moment, I will connect you." -> desk'
DEFECTS = {
    "a caller is stranded: an outcome leads nowhere": Defect(
        "    empty                       -> sorry\n", "", "IVR203"
    ),
    "a caller is stranded: the limit of a menu is gone": Defect(f"{HANDS_OVER}\n", "", "IVR102"),
    "a step leads to itself": Defect("    holiday   -> closed", "    holiday   -> welcome", "IVR210"),
    "the desk and the mailbox lead to each other": Defect(
        "    failed                      -> sorry", "    failed                      -> desk", "IVR210"
    ),
    "a PIN is said aloud": Defect(RESULTS, RESULTS.replace(".name}", ".name}, {pin_entered}"), "IVR602"),
    "a PIN is no secret any more": Defect("into secret pin_entered", "into pin_entered", "IVR121"),
    "a sentence has no Spanish": Defect('    "That PIN is not right." = "Esa clave no es correcta."\n', "", "IVR703"),
    "a Spanish sentence that nobody hears": Defect("    language es-US\n    go to", "    go to", "IVR207"),
    "English after Spanish was chosen": Defect(RESULTS, RESULTS.replace("say ", "say en-US "), "nothing in another"),
    "the desk cannot be reached": Defect("    press 0 -> desk", "    press 0 -> sorry", "desk within 2 prompts"),
    "a silent caller never gets to the desk": Defect(
        HANDS_OVER, HANDS_OVER.replace("-> desk", "-> appointments"), "silent caller reaches desk"
    ),
    "closed, and callers wait in the queue": Defect("    closed    -> closed", "    closed    -> appointments", "test"),
    "the emergency switch is forgotten": Defect("    emergency -> closed", "    emergency -> languages", "test"),
    "a holiday is a day like any other": Defect("    holiday   -> closed", "    holiday   -> languages", "test"),
    "a look-up that hangs for a quarter of a minute": Defect(
        "(caller.number) within 3s", "(caller.number) within 15s", "no silence longer than"
    ),
    "a prompt that nobody listens to to its end": Defect(
        'say "We are closed.', f'say "{SORRY * 4}We are closed.', "IVR"
    ),
    "keys are swapped": Defect(f"{ONE}\n{TWO}", "    press 1 -> who\n    press 2 -> appointments", "test"),
    "the call ends without a word": Defect(
        "    no answer or busy or declined or failed -> mailbox",
        "    no answer or busy or declined or failed -> quiet",
        "every path ends",
    ),
    "unknown callers hear somebody else's results": Defect(
        "        not found or failed -> desk", "        not found or failed -> told", "IVR126"
    ),
    "three wrong PINs, and nothing happens": Defect(
        "    after limit of wrong_pins -> desk", "    after limit of wrong_pins -> results", "test"
    ),
    "the wait in the queue has no end": Defect(
        "    waited 10m or no agents or full", "    no agents or full", "IVR203"
    ),
    "the caller is told the wrong thing": Defect(
        'no input "I did not get any digits."', 'no input "A PIN has four digits."', "test"
    ),
    "the wrong result in the reports": Defect("    finish nobody_there", "    finish handled", "test"),
}
EXTRA = {
    "the call ends without a word": """
step quiet
    finish unanswered
""",
}


@cache
def written_for_the_good_one() -> str:
    """What `ivr test --generate` writes for the script as it was."""
    checked = check(Source("clinic.ivr", CLINIC))
    assert checked.program is not None
    written, failed = generated(coverage(checked.program))
    assert failed == []
    return "\n".join(written)


def found_by(text: str) -> list[str]:
    """Everything that finds something: rules, promises, ``test``."""
    source = Source("clinic.ivr", text)
    found = [each.code for each in check(source).diagnostics]
    program = Program(source, parse(source).script)
    if not any(each.severity == "error" for each in check(source).diagnostics):
        proof = prove(program)
        found += [each.promise.name.text for each in proof.verdicts if each.broken is not None]
        found += ["flaw" for _ in proof.flaws]
    whole = Source("clinic.ivr", f"{text}\n{written_for_the_good_one()}")
    tested = Program(whole, parse(whole).script)
    found += ["test"] * (not all(run_test(tested, each).passed for each in all_tests(tested)))
    return found


def test_the_good_one_has_no_fault() -> None:
    assert found_by(CLINIC) == []
    assert len(DEFECTS) >= 20


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_found(name: str) -> None:
    defect = DEFECTS[name]
    assert CLINIC.count(defect.was) == 1, name
    text = CLINIC.replace(defect.was, defect.now).replace("\nstep sorry", EXTRA.get(name, "") + "\nstep sorry")
    found = found_by(text)
    assert any(each.startswith(defect.found_by) for each in found), found
