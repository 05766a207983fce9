"""Every test that the manual names as the proof of a scenario exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`((?:scripts|tests)/[\w/]+\.(?:ivr|py))::([^`]+)`")
HELD = PAGE.partition("## What does not hold yet")[0]
ROWS = [line for line in HELD.splitlines() if line.startswith("| ") and not line.startswith("| What has to hold")]


def is_there(path: Path, name: str) -> bool:
    """Whether a file has a test of this name."""
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ivr":
        return f'\ntest "{name}"\n' in text
    return name.startswith("test_") and f"def {name}(" in text


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(PAGE))))
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    assert is_there(ROOT / file, name), f"{file} has no test {name}"


def test_every_sentence_has_a_proof_in_the_simulator_and_one_over_the_wire() -> None:
    assert len(ROWS) > 80
    for row in ROWS:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 3, row
        assert all(NAMED.fullmatch(cell) for cell in cells[1:]), row


def test_every_scenario_is_there() -> None:
    for number in (3, 6, 7, 8, 11, 12, 13):
        assert f"\n## S{number}: " in HELD


def test_a_name_that_does_not_exist_is_noticed() -> None:
    assert not is_there(ROOT / "tests/wire/test_s3_wire.py", "test_of_nothing")
    assert not is_there(ROOT / "scripts/s3_callback_test.ivr", "of nothing")
    assert not is_there(ROOT / "tests/wire/no_such_file.py", "test_of_nothing")
