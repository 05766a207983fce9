"""The formatter: what it does to chosen texts, and what it never does to any text."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.format import _join, _tokens, format_text
from dsl.source import Source, Span
from dsl.syntax import parse
from dsl.syntax.words import LINES

HERE = Path(__file__).parent / "format"
ROOT = Path(__file__).parents[2]
SCRIPTS = [*sorted((ROOT / "scripts").glob("*.ivr")), *sorted(HERE.glob("*.ivr"))]
CASES = sorted(HERE.glob("*.txt"))
_CUT = re.compile(r'("(?:\\.|[^"\\\n])*")|(;[^\n]*)')


def layout(text: str) -> str:
    formatted = format_text(Source("test.ivr", text))
    assert not formatted.refused, [d.headline for d in formatted.refused]
    assert formatted.changed == (formatted.text != text)
    return formatted.text


def bare(node: object) -> object:
    """A tree without its places."""
    if isinstance(node, tuple):
        return tuple(bare(each) for each in node)
    if is_dataclass(node) and not isinstance(node, type):
        found = {each.name: getattr(node, each.name) for each in fields(node)}
        return (type(node).__name__, {k: bare(v) for k, v in found.items() if not isinstance(v, Span)})
    return node


def tree(text: str) -> object:
    return bare(parse(Source("test.ivr", text)).script)


def comments(text: str) -> list[str]:
    return [match[2].rstrip() for match in _CUT.finditer(text) if match[2]]


# --------------------------------------------------------------------------------------------------------------------
# Chosen texts


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_text_is_laid_out_as_written_down(path: Path) -> None:
    before, after = path.read_text(encoding="utf-8").split("----\n")
    assert layout(before) == after
    assert layout(after) == after


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_script_is_canonical(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert layout(text) == text


def test_characters_that_no_statement_knows_stay_where_they_are() -> None:
    assert _join(tuple(_tokens('say  ~a  :b /c "x"@ ->y'))) == 'say ~a :b /c "x"@ -> y'


def test_every_kind_of_line_is_in_the_samples() -> None:
    text = (HERE / "everything.ivr").read_text(encoding="utf-8")
    starts = {re.sub(r" +", " ", line.strip()) for line in text.splitlines()}
    words = {word for words in LINES.values() for word in words}
    missing = [word for word in sorted(words) if not any(f"{start} ".startswith(f"{word} ") for start in starts)]
    assert missing == []


REFUSED = {
    "no version": ("step a\n    finish x\n", ["IVR101"]),
    "another version": ("ivr 2\nstep a\n    finish x\n", ["IVR101"]),
    "quote not closed": ('ivr 1\nstep a\n    say "x\n    finish x\n', ["IVR100"]),
    "word unknown": ('ivr 1\nstep a\n    sya  "x"\n    finish x\n', ["IVR106"]),
    "nothing": ("", ["IVR101"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_script_is_refused_and_left_alone(name: str) -> None:
    text, codes = REFUSED[name]
    formatted = format_text(Source("test.ivr", text))
    assert [d.code for d in formatted.refused] == codes
    assert (formatted.text, formatted.changed) == (text, False)


def test_mistakes_that_hide_nothing_do_not_refuse() -> None:
    text = "ivr 1\ntransfer t\n\tto number a\n   ring 25\n      ring   30s\n"
    assert layout(text) == "ivr 1\ntransfer t\n    to number a\n    ring 25\n    ring 30s\n"


# --------------------------------------------------------------------------------------------------------------------
# Any text


class Scramble:
    """A script as a careless hand would have typed it. ``chance`` makes every choice."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.unit = chance.choice(["  ", "    ", "   ", "\t", "        ", " "])
        self.even = chance.random() < 0.5
        self.opener = 0

    def whitespace(self, text: str) -> str:
        """Other spaces, tabs, blank lines and line endings: nothing that a canonical layout may keep."""
        lines = []
        for line in text.splitlines():
            if not line and self.chance.random() < 0.5:
                lines += [self.gap(0)] * self.chance.randint(1, 3)
            lines.append(self.indent(line) + self.spaced(line.lstrip()) + self.gap(0) if line else self.gap(0))
        return self.chance.choice(["\n", "\r\n"]).join(lines) + self.chance.choice(["", "\n", "\n\n\n"])

    def comments(self, text: str) -> str:
        """Comments and blank lines everywhere, in strange columns."""
        lines = []
        for line in text.split("\n"):
            while self.chance.random() < 0.2:
                lines.append(self.gap(0) + self.chance.choice([self.comment(), ""]))
            behind = self.chance.random() < 0.2 and line.strip() and not comments(line)
            lines.append(line.rstrip("\r") + self.gap(0) + self.comment() if behind else line)
        return "\n".join(lines)

    def comment(self) -> str:
        return "; " + self.chance.choice(["", "a", '"', 'say "b" -> c', ";;  x  y", "\\", "é\t->", "step z"])

    def gap(self, least: int) -> str:
        return "".join(self.chance.choices(" \t", weights=[3, 1], k=self.chance.randint(least, 4)))

    def indent(self, line: str) -> str:
        level = (len(line) - len(line.lstrip())) // 4
        if self.even:
            return self.unit * level
        if line.lstrip().startswith(";"):
            return " " * (0, 1, 20)[level]
        if level == 2:
            return " " * (self.opener + self.chance.randint(1, 5))
        width = level and self.chance.randint(1, self.opener or 6)
        self.opener = width if re.match(r" +when\b(?!.*->)", line) else 0
        return " " * width

    def spaced(self, line: str) -> str:
        """Other gaps between the tokens. Texts and comments keep theirs."""
        return "".join(
            part if part.startswith(('"', ";")) else re.sub(r" *(->|[,=()+<>]+) *| +", self.around, part)
            for part in re.split(_CUT, line)
            if part
        )

    def around(self, match: re.Match[str]) -> str:
        return self.gap(0) + match[1] + self.gap(0) if match[1] else self.gap(1)


def scrambles(path: Path, total: int) -> Iterator[tuple[str, Scramble]]:
    """This script's share of a number of seeded scrambles, with the name of each."""
    for seed in range(SCRIPTS.index(path), total, len(SCRIPTS)):
        yield f"seed {seed}", Scramble(random.Random(seed))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_other_whitespace_gives_the_same_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for seed, scramble in scrambles(path, 100):
        assert layout(scramble.whitespace(text)) == layout(text), seed


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_tree_and_comments_stay(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    meant = tree(text)
    for seed, scramble in scrambles(path, 500):
        scrambled = scramble.comments(scramble.whitespace(text))
        formatted = layout(scrambled)
        read = parse(Source("test.ivr", formatted))
        assert not read.diagnostics, seed
        assert bare(read.script) == meant, seed
        assert comments(formatted) == comments(scrambled.replace("\r", "")), seed
        assert layout(formatted) == formatted, seed
        assert not re.search(r"[ \t]\n|\r|\n\n\n|^\n|\n\n\Z|^ *\t", formatted), seed


BLOCKS = [part for path in SCRIPTS for part in path.read_text("utf-8").split("\n\n")]
WORDS = re.findall(r'"[^"\n]*"|[A-Za-z_]+|[0-9]+|[^\sA-Za-z0-9]', "\n".join(BLOCKS))
CHANGES = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["", " ", "\t", "\f", ";", "\n"])), max_size=4)


def dented(block: str, changes: list[tuple[int, str]]) -> str:
    """Gaps closed, widened and torn open: words may run into each other and texts may break."""
    for at, gap in changes:
        places = [m.start() for m in re.finditer(r"\s|\b", block)]
        place = places[at % len(places)] if places else 0
        block = block[:place] + gap + (block[place:].lstrip(" ") if not gap else block[place:])
    return block


BLOCK = st.builds(dented, st.sampled_from(BLOCKS), CHANGES)
LINE = st.builds(str.join, st.sampled_from(["", " ", "  "]), st.lists(st.sampled_from(WORDS), max_size=6))
PARTS = st.one_of(st.lists(BLOCK, max_size=3), st.lists(st.one_of(BLOCK, LINE, st.text(max_size=20)), max_size=4))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.one_of(BLOCK, LINE, st.text(max_size=20)), max_size=6), st.sampled_from(["\n", "\n\n    ", "\r\n\t"])
)
def test_any_text_is_formatted_without_loss_or_refused(parts: list[str], joint: str) -> None:
    text = "ivr 1\n" + joint.join(parts)
    formatted = format_text(Source("any.ivr", text))
    if formatted.refused:
        assert formatted.text == text
        return
    again = format_text(Source("any.ivr", formatted.text))
    assert (again.text, again.refused) == (formatted.text, ())
    assert tree(formatted.text) == tree(text)
    assert re.sub(r"\s|\ufeff", "", formatted.text) == re.sub(r"\s|\ufeff", "", text)
