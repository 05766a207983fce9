"""`ivr new`: what it makes works at once, and it overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_rig import Said, ivr

NOON = ("--at", "2026-03-02 12:00")
"""A Monday: the office is open."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_it_makes_and_says(folder: Path) -> None:
    said = ivr("new", "front-desk")
    assert said == Said(
        0,
        "made front-desk with front_desk.ivr, front_desk.toml, busy.plan, README.md and front_desk_test.ivr\n"
        "\n"
        "next:\n"
        "  ivr call front-desk/front_desk.ivr  call it from the terminal\n"
        "  ivr dev front-desk                  call it from the browser\n"
        "  ivr lint front-desk                 after every change\n"
        "  ivr test front-desk                 and this, too\n",
        "",
    )
    made = folder / "front-desk"
    names = {"front_desk.ivr", "front_desk_test.ivr", "front_desk.toml", "busy.plan", "README.md"}
    assert {path.name for path in made.iterdir()} == names
    assert len((made / "README.md").read_text().splitlines()) == 12
    assert 'for "Front desk"' in (made / "front_desk.ivr").read_text()


def test_the_script_is_clean_with_and_without_its_site_and_canonical() -> None:
    ivr("new", "desk")
    assert ivr("lint", "desk") == Said(0, "", "no findings\n")
    assert ivr("lint", "desk", "--site", "desk/desk.toml") == Said(0, "", "no findings\n")
    assert ivr("fmt", "--check", "desk").code == 0


def test_its_tests_pass_and_its_promises_hold() -> None:
    ivr("new", "desk")
    assert ivr("test", "desk") == Said(0, "3 tests pass\n", "")
    proved = ivr("prove", "desk")
    assert (proved.code, proved.out.splitlines()[-1]) == (0, "3 of 3 promises hold")


def test_the_plan_is_a_call_in_which_nobody_is_free() -> None:
    ivr("new", "desk")
    said = ivr("call", "desk/desk.ivr", "--site", "desk/desk.toml", "--plan", "desk/busy.plan", *NOON)
    assert (said.code, said.err) == (0, "")
    assert "* sales: busy" in said.out
    assert "* front_desk: no answer" in said.out
    assert said.out.rstrip().endswith("result no_one_answered")


def test_outside_of_hours_the_caller_hears_when_to_call_again() -> None:
    ivr("new", "desk")
    said = ivr("at", "2026-03-07 12:00", "desk/desk.ivr")
    assert "We are closed. We open again Monday at 9 a.m. Goodbye." in said.out


def test_an_empty_folder_and_a_path_with_a_space_will_do(folder: Path) -> None:
    (folder / "my lines" / "Éclair 2").mkdir(parents=True)
    said = ivr("new", "my lines/Éclair 2")
    assert said.code == 0
    assert "ivr lint 'my lines/Éclair 2'" in said.out
    assert ivr("lint", "my lines").code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("full", "the folder full is not empty; choose another name, or empty it"),
        ("file.txt", "file.txt is a file; choose another name"),
        ("---", "`---` has neither letters nor digits to name a script after; choose another name"),
        ("file.txt/desk", "file.txt/desk cannot be made: Not a directory"),
    ],
)
def test_what_it_refuses(folder: Path, name: str, message: str) -> None:
    (folder / "full").mkdir()
    (folder / "full" / "notes.md").write_text("mine")
    (folder / "file.txt").write_text("mine")
    before = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    assert ivr("new", "--", name) == Said(2, "", f"ivr: {message}\n")
    assert {path: path.read_text() for path in folder.rglob("*") if path.is_file()} == before
