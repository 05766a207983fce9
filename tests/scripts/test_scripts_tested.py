"""Every script in `scripts/` has a file of tests beside it: its tests pass, every way that a caller can take is taken
by one of them, and its promises hold in every state that a call can be in."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl import Program, Source, check
from dsl.analysis.told import all_tests
from dsl.format import format_text
from interpreter.explore import coverage, prove
from interpreter.testing import run_test
from interpreter.testing.reporting import text
from interpreter.tooling.project import takes_calls

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
TESTED = sorted(SCRIPTS.rglob("*_test.ivr"))


def _program(path: Path) -> Program:
    source = Source(str(path), path.read_text(encoding="utf-8"))
    checked = check(source, read=lambda name: (path.parent / name).read_text(encoding="utf-8"))
    assert checked.program is not None, [each.headline for each in checked.errors]
    assert format_text(source).text == source.text
    return checked.program


def test_every_script_that_takes_calls_has_tests() -> None:
    with_calls = {path.stem for path in SCRIPTS.rglob("*.ivr") if takes_calls(path)}
    assert with_calls == {path.stem.removesuffix("_test") for path in TESTED}


@pytest.mark.parametrize("path", TESTED, ids=lambda path: path.stem)
def test_tests_pass_cover_everything_and_promises_hold(path: Path) -> None:
    program = _program(path)
    proof = prove(program)
    covered = coverage(program, proof.graph)
    ran = [(program, run_test(program, each)) for each in all_tests(program)]
    assert all(result.passed for _, result in ran), text(ran)
    for _, result in ran:
        assert result.simulation is not None
        covered.take(result.simulation.trace)
    assert [(spot.block, spot.cause) for spot in covered.missing] == []
    assert proof.graph.complete
    assert [verdict.promise.name.text for verdict in proof.verdicts if verdict.broken is not None] == []
    assert [flaw.why for flaw in proof.flaws] == []
    assert len(proof.verdicts) >= 3
    assert len(ran) >= 10
