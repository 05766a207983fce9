"""The rules on small scripts, a file for each part of the catalogue: as in `cases.txt`, each line says what it gives.

Scripts stand in pieces between two lines of dashes. Behind a line stand, as ``;! code words``, the findings that it
must give, with words of their headlines. Nothing else may be found. A piece without a line ``ivr 1`` gets the frame
that the examples of the rules share.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl import Source, check
from dsl.lint.example import script

FILES = sorted(Path(__file__).parent.glob("*.txt"))
PIECES = [
    pytest.param(piece, id=f"{file.stem}-{number}")
    for file in FILES
    for number, piece in enumerate(file.read_text(encoding="utf-8").split("----\n")[1:], start=1)
]


@pytest.mark.parametrize("piece", PIECES)
def test_findings_are_those_expected(piece: str) -> None:
    whole = piece if re.search(r"^ivr 1", piece, re.M) else script(piece)
    source = Source("case.ivr", whole)
    left = [(source.place(each.label.span.start).line, each.code, each.headline) for each in check(source).diagnostics]
    for number, line in enumerate(whole.split("\n"), start=1):
        for code, words in re.findall(r";! (IVR[0-9]+) ([^;]+)", line):
            hits = [each for each in left if each[:2] == (number, code) and words.strip() in each[2]]
            assert hits, f"line {number}: no {code} with `{words.strip()}` in {left}"
            left.remove(hits[0])
    assert not left
