"""`ivr lint`, `ivr fmt` and `ivr explain`: exit codes, streams, formats, and what they write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from cli_rig import BROKEN, DESK, Said, ivr, write

from dsl import pages


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a good script, a broken one, and one that only has a warning."""
    monkeypatch.chdir(tmp_path)
    warned = f'{DESK}\nstep forgotten\n    say "Nobody comes here."\n    hang up\n'
    write(tmp_path, good_ivr=DESK, broken_ivr=BROKEN, warned_ivr=warned)
    (tmp_path / "latin.ivr").write_bytes(b'ivr 1\nstep a\n    say "Gr\xfc\xdfe"\n')
    (tmp_path / "empty").mkdir()
    more = tmp_path / "more" / "below"
    more.mkdir(parents=True)
    write(more, good_ivr=DESK, broken_ivr=BROKEN)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "code", "err"),
    [
        (("good.ivr",), 0, "no findings"),
        (("warned.ivr",), 0, "1 warning"),
        (("broken.ivr",), 1, "2 errors; 1 can be repaired with --fix"),
        (("good.ivr", "broken.ivr", "broken.ivr"), 1, "2 errors; 1 can be repaired with --fix"),
        (("more",), 1, "2 errors; 1 can be repaired with --fix"),
        (("missing.ivr",), 2, "ivr: there is no file missing.ivr"),
        (("good.ivr", "missing.ivr"), 2, "ivr: there is no file missing.ivr"),
        (("empty",), 2, "ivr: there is no .ivr file in the folder empty"),
        (("latin.ivr",), 2, "ivr: latin.ivr is not UTF-8 text (byte 24); save it as UTF-8"),
        (("good.ivr", "--site", "missing.toml"), 2, "ivr: missing.toml cannot be read: No such file or directory"),
        (("good.ivr", "--site", "broken.ivr"), 2, "ivr: broken.ivr is not a site file: "),
    ],
)
def test_exit_codes(words: tuple[str, ...], code: int, err: str) -> None:
    said = ivr("lint", *words)
    assert (said.code, said.err.startswith(err)) == (code, True), said


def test_nothing_to_lint_is_a_mistake_of_usage() -> None:
    assert ivr("lint").code == 2


def _places(said: Said) -> list[str]:
    """``path:line code`` of every finding, from the concise format."""
    return [" ".join(re.match(r"(.*?:\d+):\d+: \w+\[(\w+)\]", line).groups()) for line in said.out.splitlines()]  # type: ignore[union-attr]


def test_concise_has_a_line_for_each_finding_of_every_file(folder: Path) -> None:
    said = ivr("lint", "good.ivr", "broken.ivr", "more", "--format", "concise")
    below = Path("more/below/broken.ivr")
    assert _places(said) == ["broken.ivr:17 IVR203", "broken.ivr:19 IVR104", f"{below}:17 IVR203", f"{below}:19 IVR104"]


def test_json() -> None:
    said = ivr("lint", "broken.ivr", "--format", "json")
    first, second = json.loads(said.out)
    assert (first["code"], first["name"], first["severity"]) == ("IVR203", "unrouted-outcome", "error")
    start = second["place"]["start"]
    assert (second["code"], start["line"], start["column"]) == ("IVR104", 19, 10)
    assert BROKEN[start["offset"] : second["place"]["end"]["offset"]] == "25"
    assert second["fix"]["safety"] == "safe"
    assert (said.code, said.err) == (1, "")
    assert json.loads(ivr("lint", "good.ivr", "--format", "json").out) == []


def test_github() -> None:
    lines = ivr("lint", "broken.ivr", "--format", "github").out.splitlines()
    assert len(lines) == 2
    fields = re.fullmatch(r"::error (.*?)::(.*)", lines[1])
    assert fields is not None
    told = dict(pair.split("=", 1) for pair in fields[1].split(","))
    assert told == {
        "title": "IVR104 duration-without-unit", "file": "broken.ivr",
        "line": "19", "endLine": "19", "col": "10", "endColumn": "12",
    }  # fmt: skip
    assert fields[2] == "a duration needs a unit%0Ahelp: write `25s` for seconds"


def test_sarif() -> None:
    """The parts of SARIF 2.1.0 that code scanners need: section 3.13 (log), 3.14 (run), 3.27 (result)."""
    log = json.loads(ivr("lint", "broken.ivr", "--format", "sarif").out)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], run["tool"]["driver"]["name"], run["columnKind"]) == ("2.1.0", "ivr", "unicodeCodePoints")
    assert [rule["id"] for rule in rules] == list(pages())
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "broken.ivr"
    (fixed,) = [result for result in run["results"] if "fixes" in result]
    (replacement,) = fixed["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"]["text"] == "25s"
    assert replacement["deletedRegion"] == {"startLine": 19, "startColumn": 10, "endLine": 19, "endColumn": 12}


def test_site_binds_names(folder: Path) -> None:
    write(folder, full_toml='[numbers]\nfront_desk = "+14255550199"\n[switches]\nbuilding_closed = "off"\n')
    write(folder, half_toml='[numbers]\nfront_dest = "+14255550199"\n[switches]\nbuilding_closed = "off"\n')
    assert ivr("lint", "good.ivr", "--site", "full.toml").code == 0
    said = ivr("lint", "good.ivr", "--site", "half.toml")
    assert said.code == 1
    assert "IVR901" in said.out
    assert "front_dest" in said.out


def test_fix_writes_the_file_once_and_only_what_is_safe(folder: Path) -> None:
    said = ivr("lint", "broken.ivr", "--fix", "--format", "concise")
    assert (said.code, said.err) == (1, "1 fix made\n1 error\n")
    assert _places(said) == ["broken.ivr:17 IVR203"]
    assert (folder / "broken.ivr").read_text(encoding="utf-8") == BROKEN.replace("ring 25\n", "ring 25s\n")
    assert ivr("lint", "broken.ivr", "--fix").err == "0 fixes made\n1 error\n"


UNTIDY = DESK.replace("    to number front_desk", "    to   number front_desk ; by name")


def test_fmt(folder: Path) -> None:
    write(folder, untidy_ivr=UNTIDY)
    before = ivr("fmt", "--check", "untidy.ivr", "good.ivr")
    assert before == Said(1, "would reformat untidy.ivr\n", "1 of 2 scripts would change\n")
    assert (folder / "untidy.ivr").read_text(encoding="utf-8") == UNTIDY
    assert ivr("fmt", "untidy.ivr") == Said(0, "reformatted untidy.ivr\n", "1 of 1 script changed\n")
    assert (folder / "untidy.ivr").read_text(encoding="utf-8") == UNTIDY.replace(
        "to   number front_desk ;", "to number front_desk  ;"
    )
    assert ivr("fmt", "--check", "untidy.ivr").code == 0


def test_fmt_refuses_what_it_cannot_read(folder: Path) -> None:
    text = DESK.replace('say "Thank you for calling."', 'say "Thank you for calling.')
    write(folder, torn_ivr=text)
    said = ivr("fmt", "torn.ivr", "good.ivr")
    assert said.code == 1
    assert "error[IVR100]" in said.err
    assert "torn.ivr:12" in said.err
    assert (folder / "torn.ivr").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("code", ["IVR203", "ivr203", "203", "unrouted-outcome"])
def test_explain(code: str) -> None:
    said = ivr("explain", code)
    assert said.code == 0
    assert said.out.startswith("IVR203 unrouted-outcome (error, cannot be suppressed)\n")
    assert "error[IVR203]" in said.out


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("unruoted-outcome", "did you mean `unrouted-outcome`?"),
        ("unrouted", "did you mean `unrouted-outcome`?"),
        ("IVR199", "rules with such a code are `IVR100`, `IVR101`"),
    ],
)
def test_explain_suggests(code: str, advice: str) -> None:
    said = ivr("explain", code)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"ivr: there is no rule `{code}`; {advice}")
