"""Scripts without a finding that hold together every kind of line that the language has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dsl import Source, check
from dsl.format import format_text
from dsl.report import render
from dsl.syntax.words import LINES

SCRIPTS = sorted(Path(__file__).with_name("clean").glob("*.ivr"))
OLD = ("flow", "menu", "collect", "transfer", "hours", "step", "when")
"""What the sample and the scripts of the manual show; of these only the new lines are here."""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script_is_clean_and_canonical(path: Path) -> None:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    assert render(check(source).diagnostics) == ""
    assert format_text(source).text == source.text


def test_every_line_of_the_blocks_that_reach_people_is_there() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    lines = {re.sub(r" +", " ", line.strip()) for line in text.splitlines()}
    for kind, words in LINES.items():
        for word in words if kind not in OLD else ():
            assert any(f"{line} ".startswith(f"{word} ") for line in lines), (kind, word)
