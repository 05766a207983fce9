"""The rules on small scripts: `cases.txt` says what each line must give, and nothing else may be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl import Source, check
from dsl.lint.example import script

FILE = Path(__file__).with_name("cases.txt")
PIECES = FILE.read_text(encoding="utf-8").split("----\n")[1:]


def _whole(piece: str) -> str:
    framed = re.search(r"^ivr 1", piece, re.M) is None
    return script(piece) if framed else piece


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.strip().splitlines()[0][:50])
def test_findings_are_those_expected(piece: str) -> None:
    source = Source("case.ivr", _whole(piece))
    expected: list[tuple[int, str, str]] = []
    for number, line in enumerate(source.text.split("\n"), start=1):
        for code, words in re.findall(r";! (IVR[0-9]+) ([^;]+)", line):
            expected.append((number, code, words.strip()))
    left = list(check(source).diagnostics)
    for number, code, words in expected:
        hits = [
            each
            for each in left
            if (source.place(each.label.span.start).line, each.code) == (number, code) and words in each.headline
        ]
        assert hits, f"line {number}: {code} with `{words}` was not found, but {[(d.code, d.headline) for d in left]}"
        left.remove(hits[0])
    assert not left, [(source.place(each.label.span.start).line, each.code, each.headline) for each in left]
