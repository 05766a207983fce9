"""500 files with scrambled layout, made of every script that the product has: the formatter brings each back.

`test_format` shows the same for the formatter's own samples; here are scripts as users have them, so that a script
that joins the samples joins this test.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from test_format import Scramble, bare, comments, layout

from dsl import Source, parse
from dsl.syntax.layout import read_layout

HERE = Path(__file__).parent
FILES = [*sorted((HERE.parents[1] / "scripts").rglob("*.ivr")), HERE / "sample.ivr", HERE / "format" / "everything.ivr"]
TOTAL = 500


class Wilder(Scramble):
    """A hand that also writes above the version and behind the last line, and leaves a byte order mark. ``openers`` are
    the lines that may have lines of their own: the next one of their block must not stand deeper than they do."""

    def __init__(self, chance: random.Random, openers: frozenset[str]) -> None:
        super().__init__(chance)
        self.openers = openers

    def indent(self, line: str) -> str:
        before = self.opener
        made = super().indent(line)
        if self.even or line.startswith(" " * 8) or line.lstrip().startswith(";"):
            self.opener = before
        elif line.strip() in self.openers:
            self.opener = len(made)
        return made

    def everything(self, text: str) -> str:
        """One of three hands: whitespace only, whitespace with comments, or comments twice over."""
        scrambled = self.whitespace(text)
        for _ in range(self.chance.randrange(3)):
            scrambled = self.comments(scrambled)
        if self.chance.random() < 0.3:
            scrambled = "\ufeff" * self.chance.randrange(2) + self.comment() + "\n" + scrambled
        return scrambled + self.gap(0) + (f"\n{self.comment()}" if self.chance.random() < 0.3 else "")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scrambled_files_keep_tree_and_comments_and_settle(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    meant = bare(parse(Source(path.name, text)).script)
    lines = read_layout(Source(path.name, text)).lines
    openers = frozenset(text[line.content : line.end].strip() for line in lines if line.opens)
    seeds = range(FILES.index(path), TOTAL, len(FILES))
    different = set()
    for seed in seeds:
        scrambled = Wilder(random.Random(f"scramble {seed}"), openers).everything(text)
        different.add(scrambled)
        formatted = layout(scrambled)
        read = parse(Source(path.name, formatted))
        assert not read.diagnostics, seed
        assert bare(read.script) == meant, seed
        assert comments(formatted) == comments(re.sub(r"[\r\ufeff]", "", scrambled)), seed
        assert layout(formatted) == formatted, seed
        assert not re.search(r"[ \t]\n|\r|\n\n\n|^\n|\n\n\Z|^ *\t", formatted), seed
    assert len(different) == len(seeds)
    assert text not in different
