"""`ivr lint` on scripts that use files, and `ivr lint --baseline`."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_rig import BROKEN, DESK, ivr, write

SORRY = '\nstep sorry\n    say "Nobody is here. Goodbye."\n    finish nobody_there\n'
HOURS = "\nhours office\n    emergency switch building_closed\n    monday to friday 09:00 to 17:00\n"
SHARED = f"ivr 1\n{HOURS}{SORRY}"
MAIN = DESK.replace(HOURS, "").replace(SORRY, "").replace("ivr 1\n", 'ivr 1\nuse "shared.ivr"\n\n')


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two scripts that use one file."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, a_ivr=MAIN, b_ivr=MAIN, shared_ivr=SHARED)
    return tmp_path


def told(*words: str) -> list[str]:
    """``file:line code`` of each finding."""
    lines = ivr("lint", *words, "--format", "concise").out.splitlines()
    return [f"{':'.join(line.split(':')[:2])} {line.split('[')[1][:6]}" for line in lines]


# --------------------------------------------------------------------------------------------------------------------
# Projects


def test_the_frame_is_clean() -> None:
    assert (told("."), told("a.ivr")) == ([], [])


def test_a_finding_in_a_shared_file_is_told_once_and_at_its_own_line(folder: Path) -> None:
    write(folder, shared_ivr=SHARED.replace("    say", "    wait 4s\n    say"))
    assert told(".") == told("a.ivr", "shared.ivr", "b.ivr") == ["shared.ivr:8 IVR408"]


def test_what_one_of_several_scripts_needs_is_not_unused(folder: Path) -> None:
    extra = '\nstep extra\n    say "Hello."\n    hang up\n'
    write(folder, shared_ivr=SHARED + extra)
    assert told(".") == ["shared.ivr:11 IVR206"]
    write(
        folder,
        b_ivr=MAIN.replace(
            "    when hours office\n", '    when caller.number is "1" -> extra\n    when hours office\n'
        ),
    )
    assert told(".") == []
    assert told("a.ivr") == ["shared.ivr:11 IVR206"]


def test_a_file_that_is_only_used_is_looked_at_where_it_is_used(folder: Path) -> None:
    assert told("shared.ivr") == []
    write(folder, shared_ivr=SHARED.replace("    say", "    wait 4s\n    say"), b_ivr=MAIN + "step extra\n")
    assert told("shared.ivr") == ["shared.ivr:8 IVR408"]
    write(folder, shared_ivr=SHARED.replace("say ", "sya "))
    before = (folder / "b.ivr").read_text()
    assert ivr("lint", "shared.ivr", "--fix").code == 0
    assert (folder / "shared.ivr").read_text() == SHARED
    assert (folder / "b.ivr").read_text() == before


def test_a_file_that_nobody_uses_and_that_has_no_flow_is_told(folder: Path) -> None:
    write(folder, lonely_ivr='ivr 1\n\nstep lonely\n    say "Hello."\n    hang up\n')
    said = ivr("lint", ".")
    assert told(".") == ["lonely.ivr:1 IVR102"]
    assert "it is for the `use` of another script" in said.out


def test_files_that_use_each_other_are_not_forgotten(folder: Path) -> None:
    for name, other in (("x", "y"), ("y", "x")):
        text = f'ivr 1\nuse "{other}.ivr"\n\nstep {name}\n    say "Hello."\n    hang up\n'
        (folder / f"{name}.ivr").write_text(text, encoding="utf-8")
    assert told("x.ivr", "y.ivr") == ["x.ivr:1 IVR102", "y.ivr:4 IVR206"]


def test_files_below_are_named_from_the_folder_of_the_script(folder: Path) -> None:
    below = folder / "parts"
    below.mkdir()
    write(folder, a_ivr=MAIN.replace("shared.ivr", "parts/shared.ivr"))
    write(below, shared_ivr=f'ivr 1\nuse "parts/sorry.ivr"\n{HOURS}', sorry_ivr=f"ivr 1\n{SORRY}")
    assert told("a.ivr", "parts") == []


USES = {
    "is not there": ("share.ivr", "there is no file `share.ivr`"),
    "is a folder": ("parts", "there is no file `parts`"),
    "leads out": ("../shared.ivr", "does not lie in the folder of the script"),
    "is absolute": ("/etc/shared.ivr", "does not lie in the folder of the script"),
    "is the script itself": ("a.ivr", "`a.ivr` uses itself"),
    "is used already": ("shared.ivr", "`shared.ivr` is used twice"),
    "is used already by another spelling": ("./shared.ivr", "`./shared.ivr` is used twice"),
}


@pytest.mark.parametrize("name", USES)
def test_a_file_that_cannot_be_used_is_told(folder: Path, name: str) -> None:
    (folder / "parts").mkdir()
    file, words = USES[name]
    write(folder, a_ivr=MAIN.replace('"shared.ivr"', f'"shared.ivr"\nuse "{file}"'))
    said = ivr("lint", "a.ivr")
    assert told("a.ivr") == ["a.ivr:3 IVR118"]
    assert words in said.out


def test_a_file_that_two_files_use_is_no_mistake(folder: Path) -> None:
    write(folder, more_ivr='ivr 1\nuse "shared.ivr"\n', a_ivr=MAIN.replace('use "', 'use "more.ivr"\nuse "'))
    assert told("a.ivr") == []


def test_fixes_are_made_in_used_files(folder: Path) -> None:
    write(folder, shared_ivr=SHARED.replace("    finish", "\tfinish"))
    assert ivr("lint", ".", "--fix").err == "1 fix made\nno findings\n"
    assert (folder / "shared.ivr").read_text(encoding="utf-8") == SHARED


def test_a_used_file_is_laid_out_alone(folder: Path) -> None:
    write(folder, shared_ivr=SHARED.replace("    say", "  say"))
    assert ivr("fmt", ".").out == "reformatted shared.ivr\n"
    assert (folder / "shared.ivr").read_text(encoding="utf-8") == SHARED


# --------------------------------------------------------------------------------------------------------------------
# Baselines


WAITS = DESK.replace("    when hours", "    wait 4s\n    when hours")


def test_known_findings_are_not_counted(folder: Path) -> None:
    write(folder, a_ivr=WAITS)
    said = ivr("lint", "a.ivr", "--baseline", "known.json", "--write-baseline")
    assert (said.code, said.out, said.err) == (0, "", "1 finding written to known.json\nno findings\n")
    again = ivr("lint", "a.ivr", "--baseline", "known.json")
    assert (again.code, again.out, again.err) == (0, "", "1 finding of the baseline left out\nno findings\n")


def test_a_baseline_stands_moved_lines_and_another_layout(folder: Path) -> None:
    write(folder, a_ivr=WAITS)
    ivr("lint", "a.ivr", "--baseline", "known.json", "--write-baseline")
    write(folder, a_ivr=WAITS.replace("flow main", "; moved\n\nflow main").replace("wait 4s", "wait   4s"))
    assert told("a.ivr", "--baseline", "known.json") == []


def test_it_lies_where_it_lies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are named from the baseline's folder, not from where the command runs."""
    write(folder, a_ivr=WAITS)
    ivr("lint", "a.ivr", "--baseline", "known.json", "--write-baseline")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    assert told("../a.ivr", "--baseline", "../known.json") == []


def test_what_is_new_is_told_even_when_it_looks_the_same(folder: Path) -> None:
    write(folder, a_ivr=WAITS)
    ivr("lint", "a.ivr", "--baseline", "known.json", "--write-baseline")
    twice = WAITS.replace("    wait 4s\n", '    wait 4s\n    say "One moment."\n    wait 4s\n')
    write(folder, a_ivr=twice)
    assert told("a.ivr", "--baseline", "known.json") == ["a.ivr:15 IVR408"]


def test_an_error_that_is_new_fails(folder: Path) -> None:
    write(folder, a_ivr=WAITS)
    ivr("lint", "a.ivr", "--baseline", "known.json", "--write-baseline")
    write(folder, a_ivr=WAITS.replace("-> desk", "-> dsk", 1))
    assert ivr("lint", "a.ivr", "--baseline", "known.json").code == 1


def test_findings_that_are_gone_are_told(folder: Path) -> None:
    write(folder, a_ivr=WAITS, b_ivr=WAITS)
    ivr("lint", ".", "--baseline", "known.json", "--write-baseline")
    write(folder, a_ivr=DESK)
    said = ivr("lint", "a.ivr", "--baseline", "known.json")
    assert said.code == 0
    gone, which, rest = said.err.splitlines()
    assert gone == "1 finding of the baseline is gone; write it anew with --write-baseline"
    assert which.startswith("  a.ivr: [IVR408] ")
    assert rest == "no findings"
    (folder / "b.ivr").unlink()
    assert "2 findings of the baseline are gone" in ivr("lint", "a.ivr", "--baseline", "known.json").err


def test_what_nobody_may_suppress_is_not_written(folder: Path) -> None:
    write(folder, a_ivr=BROKEN)
    said = ivr("lint", "a.ivr", "--baseline", "known.json", "--write-baseline")
    assert (said.code, said.err.splitlines()[:2]) == (
        1,
        ["0 findings written to known.json", "2 findings not written: nobody may suppress them"],
    )
    assert told("a.ivr", "--baseline", "known.json") == told("a.ivr")


@pytest.mark.parametrize(
    ("text", "err"),
    [
        (None, "there is no baseline known.json; make one with --write-baseline"),
        ("", "known.json is not a baseline; write it anew with --write-baseline"),
        ("[1]", "known.json is not a baseline; write it anew with --write-baseline"),
        (
            '{"version": 1, "findings": [{"code": 1}]}',
            "known.json is not a baseline; write it anew with --write-baseline",
        ),
        ('{"version": 2}', "known.json is of another version of `ivr`; write it anew with --write-baseline"),
    ],
)
def test_a_baseline_that_cannot_be_read(folder: Path, text: str | None, err: str) -> None:
    if text is not None:
        (folder / "known.json").write_text(text, encoding="utf-8")
    said = ivr("lint", "a.ivr", "--baseline", "known.json")
    assert (said.code, said.err) == (2, f"ivr: {err}\n")


def test_it_must_be_said_where_to_write() -> None:
    said = ivr("lint", "a.ivr", "--write-baseline")
    assert (said.code, said.err) == (2, "ivr: --write-baseline needs --baseline FILE: where to write it\n")
