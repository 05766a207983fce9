"""What the formats make of findings, down to the character where a terminal or a tool depends on it."""

from __future__ import annotations

import json
import re

import pytest

from dsl import Diagnostic, Edit, Fix, Label, Source, Span
from dsl.fix import apply
from dsl.report import explain, formats, render, summary
from dsl.report.explain import similar

TEXT = """\
step a
\tsay "日本語" oops
    go to b

transfer desk
    to number desk
    answered -> x

step last
    hang up"""
SOURCE = Source("scripts/a b.ivr", TEXT)
SITE = Source("site.toml", 'x = 1\ny = "2"\n')


def _at(words: str) -> Span:
    start = TEXT.rindex(words)
    return Span(start, start + len(words))


def _finding(span: Span, text: str = "this", *labels: Label, **more: object) -> Diagnostic:
    return Diagnostic("IVR201", "unknown-target", "error", "no `x`", SOURCE, Label(span, text), labels, **more)  # type: ignore[arg-type]


FRAMES = {
    "a tab is four columns and a wide character two": (
        _finding(_at("oops")),
        """\
error[IVR201]: no `x`
 --> scripts/a b.ivr:2:12
  |
2 |     say "日本語" oops
  |                  ^^^^ this
""",
    ),
    "labels of one line stand below each other, gaps are left out": (
        _finding(
            _at("number"),
            "one",
            Label(Span(_at("to number").start, _at(" number").start), "two"),
            Label(_at("last"), "three"),
        ),
        """\
error[IVR201]: no `x`
 --> scripts/a b.ivr:6:8
  |
6 |     to number desk
  |     -- ^^^^^^ one
  |     |
  |     two
...
9 | step last
  |      ---- three
""",
    ),
    "a place over several lines has a rail": (
        _finding(Span(TEXT.index("transfer"), TEXT.index("\n\nstep last")), "all of it", note="why", help="do that"),
        """\
error[IVR201]: no `x`
 --> scripts/a b.ivr:5:1
  |
5 | / transfer desk
6 | |     to number desk
7 | |     answered -> x
  | |_________________^ all of it
  |
  = note: why
  = help: do that
""",
    ),
    "the end of the text is a place, and the gutter fits the widest number": (
        _finding(Span(len(TEXT), len(TEXT)), "here"),
        """\
error[IVR201]: no `x`
  --> scripts/a b.ivr:10:12
   |
10 |     hang up
   |            ^ here
""",
    ),
    "a label in another file has a frame of its own": (
        _finding(Span(TEXT.index("desk"), TEXT.index("desk") + 4), "this", Label(Span(6, 7), "that", SITE)),
        """\
error[IVR201]: no `x`
 --> scripts/a b.ivr:5:10
  |
5 | transfer desk
  |          ^^^^ this
 ::: site.toml:2:1
  |
2 | y = "2"
  | - that
""",
    ),
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames(name: str) -> None:
    finding, expected = FRAMES[name]
    assert render([finding]) == expected + "\n"
    bare = re.sub(r"\x1b\[[0-9;]*m", "", render([finding], colour=True))
    assert "\n".join(line.rstrip() for line in bare.split("\n")) == expected + "\n"


def test_a_text_cannot_act_on_the_terminal() -> None:
    source = Source("a\x1b[2J.ivr", 'say "\x1b[31m\u202e"\x00\ud800\r\n')
    finding = Diagnostic("IVR100", "syntax-error", "error", "`\u202e`", source, Label(Span(0, 3), "\x07"))
    for name in formats():
        shown = render([finding], name)
        assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800]", shown.replace("\n", "")), name
        shown.encode("utf-8")


def test_concise_is_one_line_a_finding() -> None:
    findings = [_finding(_at("oops"), help="try y"), _finding(_at("last"))]
    assert render(findings, "concise").splitlines() == [
        "scripts/a b.ivr:2:12: error[IVR201] unknown-target: no `x` (try y)",
        "scripts/a b.ivr:9:6: error[IVR201] unknown-target: no `x`",
    ]


def test_github_drops_columns_of_a_place_over_several_lines() -> None:
    several = _finding(Span(TEXT.index("transfer"), TEXT.index("answered")), help="100%, or: not")
    one, other = render([_finding(_at("oops")), several], "github").splitlines()
    head = "::error title=IVR201 unknown-target,file=scripts/a b.ivr,"
    assert one == head + "line=2,endLine=2,col=12,endColumn=16::no `x`"
    assert other.startswith(head + "line=5,endLine=7::")
    assert other.endswith("::no `x`%0Ahelp: 100%25, or: not")


def test_json_and_sarif_agree_on_places_and_fixes() -> None:
    fix = Fix("write y", (Edit(_at("oops"), "y"),), "safe")
    finding = _finding(_at("oops"), "this", Label(Span(6, 7), "that", SITE), fix=fix)
    (plain,) = json.loads(render([finding], "json"))
    assert (plain["code"], plain["place"]["start"]) == (
        "IVR201",
        {"line": 2, "column": 12, "offset": _at("oops").start},
    )
    assert plain["labels"][0]["file"] == "site.toml"
    assert plain["rendered"] == render([finding]).rstrip("\n")
    sarif = json.loads(render([finding], "sarif"))
    (run,) = sarif["runs"]
    (result,) = run["results"]
    assert sarif["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "IVR201"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "scripts/a%20b.ivr"
    assert place["region"] == {"startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 16}
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": place["region"], "insertedContent": {"text": "y"}}]


def test_nothing_found_is_nothing_said() -> None:
    assert [render([], name) for name in ("text", "concise", "github")] == ["", "", ""]
    assert json.loads(render([], "json")) == []
    assert json.loads(render([], "sarif"))["runs"][0]["results"] == []
    assert summary([]) == "no findings"
    fix = Fix("t", (Edit(Span(0, 1), ""),), "safe")
    assert summary([_finding(_at("oops"), fix=fix), _finding(_at("last"))]) == "2 errors; 1 can be repaired with --fix"


def test_explain_finds_rules_by_code_number_and_name() -> None:
    page = explain("IVR304")
    assert page is not None
    assert page.startswith("IVR304 option-without-input (error, cannot be suppressed)\n")
    assert explain("304") == explain("ivr304") == explain("option-without-input") == page
    assert explain("IVR999") is None
    assert similar("unrouted-outcom") == "unrouted-outcome"


EDITS = [
    ("fixes are made from the end, whole or not at all", [("ab", [(0, 1, "x"), (1, 2, "yy")])], "xyy", 1),
    ("of two that overlap the first is made", [("ab", [(0, 2, "x")]), ("ab", [(1, 2, "y")])], "x", 1),
    ("two that meet are both made", [("ab", [(0, 1, "x")]), ("ab", [(1, 2, "y")])], "xy", 2),
    ("two insertions at one place are in doubt", [("ab", [(1, 1, "x")]), ("ab", [(1, 1, "y")])], "axb", 1),
    ("a fix for another text is not made", [("ab", [(1, 9, "x")])], "ab", 0),
    ("a fix that contradicts itself is not made", [("ab", [(0, 2, "x"), (1, 2, "y")])], "ab", 0),
]


@pytest.mark.parametrize(("name", "fixes", "expected", "count"), EDITS, ids=[each[0] for each in EDITS])
def test_fixes(name: str, fixes: list[tuple[str, list[tuple[int, int, str]]]], expected: str, count: int) -> None:
    made = [Fix(name, tuple(Edit(Span(a, b), text) for a, b, text in edits), "safe") for _, edits in fixes]
    text, applied = apply("ab", made)
    assert (text, len(applied)) == (expected, count)
    assert apply("ab", [Fix(name, fix.edits, "display") for fix in made], unsafe=True) == ("ab", ())
