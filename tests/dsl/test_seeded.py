"""What an author sees for 300 seeded mistakes: mostly one message, of the right rule, at its line, with its repair."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from seeded import CODES, KINDS, Mistake, mistakes

from dsl import Source, check
from dsl.bundle import used_names

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "scripts"
EVERY = [*sorted(FOLDER.glob("*.ivr")), *sorted(FOLDER.glob("center/*.ivr"))]
FILES = [HERE / "sample.ivr", *(path for path in EVERY if not path.stem.endswith("_test"))]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FILES}
USED = {name for text in TEXTS.values() for name in used_names(text)}
SCRIPTS = {name: text for name, text in TEXTS.items() if name not in USED}
TOTAL = 300
ENOUGH = 0.95
RARE = {"wrong_type", "secret_said_aloud"}
"""Kinds for which the scripts have few places."""


def miss(mistake: Mistake) -> str | None:
    """Why the messages of a mistake are not good; ``None`` when they are."""
    found = check(Source("main.ivr", mistake.text), read=TEXTS.get).diagnostics
    if len(found) != 1:
        return f"{len(found)} messages: {[f'{each.code} {each.headline}' for each in found]}"
    (only,) = found
    line = only.source.place(only.label.span.start).line
    if line != mistake.line:
        return f"at line {line}: {only.headline}"
    if only.code not in CODES[mistake.kind].split():
        return f"{only.code} is another mistake: {only.headline}"
    if mistake.repair not in only.help:
        return f"the help does not say `{mistake.repair}`: {only.headline} ({only.help})"
    return None


def test_mistakes_give_one_message_of_their_rule_at_their_line_with_the_right_repair() -> None:
    seeded = mistakes(SCRIPTS, TOTAL)
    assert len(seeded) == TOTAL
    missed = [(mistake, why) for mistake in seeded if (why := miss(mistake))]
    total, bad = Counter(each.kind for each in seeded), Counter(each.kind for each, _ in missed)
    for kind, count in total.items():
        print(f"{kind:20} {count - bad[kind]:3} of {count}")
    for mistake, why in missed:
        line = mistake.text.split("\n")[mistake.line - 1]
        print(f"{mistake.kind}, {mistake.script}:{mistake.line}: {line.strip()}\n    {why}")
    assert len(missed) <= TOTAL * (1 - ENOUGH)


def test_every_kind_is_there_and_repeatable() -> None:
    seeded = mistakes(SCRIPTS, TOTAL)
    total = Counter(each.kind for each in seeded)
    assert seeded == mistakes(SCRIPTS, TOTAL)
    assert len(total) >= 12
    for kind in KINDS:
        assert total[kind.__name__] >= (4 if kind.__name__ in RARE else 15), kind.__name__


@pytest.mark.parametrize("name", SCRIPTS)
def test_without_a_mistake_there_is_no_message(name: str) -> None:
    """Else a message of the script itself would count for a mistake."""
    assert not check(Source(name, SCRIPTS[name]), read=TEXTS.get).diagnostics
