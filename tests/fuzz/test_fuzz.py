"""The guided fuzzer's own parts, without the fuzzer: its changes can be repeated, its properties hold for the scripts
that stand, and they do notice what they are there for."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import fuzz_lint
import pytest
from fuzz_lint import decode, forget_repaired, keep, kind_of, repeat
from fuzz_mutate import Mutator, seeds
from fuzz_properties import Broken, examine, fixing_ends, formatting_keeps_everything, messages_are_whole

from dsl import Checked, Edit, Fix, Source, Span, check
from dsl.format import Formatted, format_text

SEEDS = seeds()
WRONG = "ivr 1\nflow main\n    on caller hangup -> finish x\n    on system error  -> a\n\nstep a\n    go to b\n"
"""One error: the step that it goes to is not there."""


def test_the_scripts_that_stand_hold_every_property() -> None:
    assert len(SEEDS) > 150
    for text in SEEDS[:: max(1, len(SEEDS) // 40)]:
        examine(text)


def test_a_seed_repeats_a_change_and_other_seeds_change_otherwise() -> None:
    def changed(seed: int) -> str:
        mutator = Mutator(random.Random(seed), SEEDS)
        return mutator.cross(mutator.change(SEEDS[0]), mutator.change(SEEDS[1]))

    assert changed(1) == changed(1)
    assert len({changed(seed) for seed in range(40)}) > 35


def test_every_kind_of_change_takes_even_nothing() -> None:
    for seed in range(300):
        mutator = Mutator(random.Random(seed), SEEDS)
        assert isinstance(mutator.change(mutator.change("")), str)
        assert isinstance(mutator.cross("", "\n"), str)


def test_a_message_without_words_or_outside_of_its_text_is_noticed() -> None:
    (finding,) = check(Source("fuzz.ivr", WRONG)).diagnostics
    messages_are_whole(Checked(None, (finding,)))
    mute = replace(finding, headline=" ")
    outside = replace(finding, label=replace(finding.label, span=Span(0, len(WRONG) + 1)))
    twice = (finding, finding)
    for found in ((mute,), (outside,), twice):
        with pytest.raises(Broken):
            messages_are_whole(Checked(None, found))


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (Formatted("ivr 1\n", True), "loses text"),
        (Formatted(WRONG.replace("go to b", "go to b\n    ; x"), True), "loses text"),
        (Formatted(WRONG.replace("go to b", "go  to  b"), True), "twice"),
        (Formatted(WRONG, True), "wrong about"),
    ],
)
def test_a_formatter_that_does_harm_is_noticed(monkeypatch: pytest.MonkeyPatch, made: Formatted, what: str) -> None:
    real = format_text
    answers = iter([made])
    monkeypatch.setattr("fuzz_properties.format_text", lambda source: next(answers, None) or real(source))
    with pytest.raises(Broken, match=what):
        formatting_keeps_everything(Source("fuzz.ivr", WRONG))


def test_fixes_without_end_and_fixes_that_do_harm_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    (finding,) = check(Source("fuzz.ivr", WRONG)).diagnostics
    at = WRONG.index("go to b")

    def fixed(span: Span, text: str) -> Checked:
        return Checked(None, (replace(finding, fix=Fix("t", (Edit(span, text),), "safe")),))

    monkeypatch.setattr("fuzz_properties.check", lambda source: fixed(Span(0, 0), ""))
    with pytest.raises(Broken, match="no end"):
        fixing_ends(WRONG, fixed(Span(0, 0), ""), False)
    monkeypatch.undo()
    with pytest.raises(Broken, match="IVR204"):
        fixing_ends(WRONG, fixed(Span(at, at + len("go to b")), 'say "b"'), False)


def keeps_breaking() -> None:
    raise Broken("it is odd", "still")


def test_a_finding_is_kept_once_and_the_shortest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz_lint, "ROOT", tmp_path)
    monkeypatch.setattr(fuzz_lint, "FOLDER", tmp_path)
    error = Broken("it is odd", "very")
    first = keep(b"four", error)
    assert first is not None
    assert keep(b"longer", Broken("it is odd", "more")) is None
    assert keep(b"two", error) == first
    assert (first.read_bytes(), kind_of(error)) == (b"two", "it is odd")
    assert f"--repeat {first.name}" in first.with_suffix(".txt").read_text()
    monkeypatch.setattr(fuzz_lint, "examine", lambda text: keeps_breaking())
    forget_repaired()
    assert first.exists()
    monkeypatch.undo()
    monkeypatch.setattr(fuzz_lint, "FOLDER", tmp_path)
    first.write_bytes(WRONG.encode())
    assert repeat([first]) == 0
    forget_repaired()
    assert list(tmp_path.iterdir()) == []
    assert "nothing breaks" in capsys.readouterr().out
    assert decode(b"a\xff") == "a\ufffd"
