"""`ivr test` and `ivr prove`: what they print, how they exit, and what they say when they cannot run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cli_rig import Said, ivr

NIGHT = """\
ivr 1
flow night for "Contoso at night"
    timezone "America/New_York"
    on caller hangup -> finish abandoned
    on system error  -> guard

menu choose
    prompt "The office is closed. For the guard, press 1."
    press 1 -> guard
    no input "I did not hear anything."
    no match "There is only key 1."
    after 2 tries -> goodbye

transfer guard
    to number guard
    answered                                -> finish handled
    no answer or busy or declined or failed -> goodbye

step goodbye
    say "Nobody is here right now. Please call again tomorrow."
    finish nobody_there
"""
TESTS = """\
ivr 1

use "night.ivr"

promise every path ends in handled, nobody_there, abandoned

test "the guard answers"
    presses 1
    transfer answered
    ends handled
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night.ivr").write_text(NIGHT, encoding="utf-8")
    (tmp_path / "night_test.ivr").write_text(TESTS, encoding="utf-8")
    return tmp_path


def test_a_folder_a_file_and_a_name() -> None:
    assert ivr("test", ".") == Said(0, "1 test passes\n", "")
    assert ivr("test", "night_test.ivr", "-k", "GUARD") == Said(0, "1 test passes\n", "")
    nothing = ivr("test", "night_test.ivr", "-k", "doctor")
    assert nothing == Said(2, "", "ivr: no test has `doctor` in its name; there are 1\n")
    assert ivr("test", "night.ivr") == Said(2, "", "ivr: there is no test to run\n")
    assert ivr("test", "nowhere.ivr").code == 2


def test_formats_for_machines() -> None:
    (found,) = json.loads(ivr("test", ".", "--format", "json").out)
    assert (found["name"], found["passed"], found["line"]) == ("the guard answers", True, 7)
    assert found["call"]["end"]["result"] == "handled"
    suites = ElementTree.fromstring(ivr("test", ".", "--format", "junit").out)
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")


def test_a_failure_exits_with_one(folder: Path) -> None:
    (folder / "night_test.ivr").write_text(TESTS.replace("ends handled", "ends abandoned"), encoding="utf-8")
    said = ivr("test", ".")
    assert said.code == 1
    assert "the call does not end like this" in said.out
    assert "nearest: it ends `transferred` with `handled` at guard" in said.out
    junit = ElementTree.fromstring(ivr("test", ".", "--format", "junit").out)
    assert junit.find("testsuite/testcase/failure") is not None


def test_a_script_with_errors_runs_no_test(folder: Path) -> None:
    (folder / "night_test.ivr").write_text(TESTS.replace("ends handled", "ends handeld"), encoding="utf-8")
    said = ivr("test", ".")
    assert said.code == 1
    assert "the script has no result `handeld`" in said.err
    assert "did you mean `handled`?" in said.err


def test_coverage_generated_tests_and_the_page(folder: Path) -> None:
    missing = ivr("test", ".", "--coverage")
    assert missing.code == 1
    assert "menu choose: no input 2" in missing.out
    generated = ivr("test", ".", "--generate")
    assert generated.code == 0
    with (folder / "night_test.ivr").open("a", encoding="utf-8") as file:
        file.write("\n" + generated.out[generated.out.index('test "') :])
    assert ivr("lint", ".").code == 0
    whole = ivr("test", ".", "--coverage", "--html", "page.html")
    assert whole.code == 0
    assert "(100%)" in whole.out
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert '<span class="yes">press 1</span>' in page
    assert 'class="no"' not in page.split("</style>")[1]


def test_what_no_test_takes_is_red_in_the_picture() -> None:
    assert "linkStyle" in ivr("graph", "night.ivr", "--tests", "night_test.ivr").out
    assert "linkStyle" not in ivr("graph", "night.ivr").out
    assert "#c0392b" in ivr("graph", "night.ivr", "--tests", "night_test.ivr", "--format", "dot").out
    other = ivr("graph", "night_test.ivr", "--tests", "night.ivr")
    assert other.code == 2
    assert "has no tests for" in other.err


def test_recording_needs_one_script() -> None:
    assert ivr("test", ".", "--record").code == 2
    assert ivr("test", "night_test.ivr", "--record").code == 2
    assert ivr("call", "night.ivr", "--plan", "x.plan", "--record", "y.ivr").code == 2


def test_proofs(folder: Path) -> None:
    said = ivr("prove", ".")
    assert said.code == 0
    assert said.out.startswith("night_test.ivr: ")
    assert "night.ivr: " not in said.out.replace("night_test.ivr: ", "")
    assert said.out.endswith("1 of 1 promise holds\n")
    (found,) = json.loads(ivr("prove", ".", "--format", "json").out)
    assert (found["complete"], found["promises"][0]["holds"]) == (True, True)
    given_up = ivr("prove", ".", "--states", "5")
    assert given_up.code == 1
    assert "exploring was given up after 5 states" in given_up.out
    (folder / "night_test.ivr").write_text(TESTS.replace("nobody_there, ", ""), encoding="utf-8")
    broken = ivr("prove", ".")
    assert broken.code == 1
    assert "a call ends `hung_up` with `nobody_there` at goodbye" in broken.out
    (found,) = json.loads(ivr("prove", ".", "--format", "json").out)
    assert found["promises"][0]["call"].startswith('test "broken promise 1"\n')


def test_nothing_to_prove(folder: Path) -> None:
    (folder / "night.ivr").unlink()
    (folder / "night_test.ivr").write_text("ivr 1\n", encoding="utf-8")
    assert ivr("prove", ".") == Said(2, "", "ivr: there is no flow that takes calls\n")
