"""Changes to a script as a fuzzer makes them: of lines, of words and of blocks, never only of bytes.

Random bytes hardly ever pass the reader; lines and words in the wrong place do, and reach what lies behind it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from dsl import pages
from dsl.analysis.outcomes import VERBS
from dsl.syntax.words import DECLARATIONS, ELSEWHERE, LINES, OPENERS, PLANNED, WEEKDAYS

ROOT = Path(__file__).resolve().parents[2]
ODD = (
    *"\t\r\f\v\0\"\\;#*:{}()=<>+-,._'`~@/|!?%^&$",
    *("\u00a0", "\ufeff", "\u202e", "\u2028", "\u0085", "\u201c", "\u201d", "\u2192", "\u2013", "\u0301", "\u00e9"),
    *("\U0001f4de", "\u0665", "->", "=>", "==", "//", "/*", "{{", "}}", "\r\n", "    ", "\n\n", "\n    ", "\n        "),
)
VALUES = (
    *("0", "1", "9", "12", "3.5", "5s", "90m", "0s", "99999999999999h", "500ms", "09:00", "24:00", "24:01", "00:00"),
    *("12-25", "02-30", "2026-11-26", "2026-02-29", "0000-00-00", "en-US", "xx-YY", '"x"', '""', '"', '"{x}"'),
    *('"{caller.number as digits}"', '"Press 1 or say yes."', "caller.number", "repeat", "x", "main", "sorry"),
)
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|[A-Za-z_]+|[0-9]+|->|\s+|.', re.S)


def seeds() -> list[str]:
    """Every script that the project has: the product's samples, those of the tests, and the examples of the rules."""
    files = [*(ROOT / "scripts").rglob("*.ivr"), *(ROOT / "tests").rglob("*.ivr")]
    texts = [path.read_text(encoding="utf-8") for path in sorted(files)]
    for path in sorted((ROOT / "tests" / "dsl" / "mistakes").glob("*.txt")):
        texts.append(path.read_text(encoding="utf-8").partition("----")[0])
    for page in pages().values():
        texts += [page.rule.bad, page.rule.good]
    return list(dict.fromkeys(texts))


class Mutator:
    """Changes texts. ``chance`` makes every choice, so a seed repeats it; ``donors`` lend lines and blocks."""

    def __init__(self, chance: random.Random, donors: list[str]) -> None:
        self.chance = chance
        self.donors = donors

    def change(self, text: str) -> str:
        """The text with one to four changes."""
        kinds: tuple[Callable[[str], str], ...] = (self.lines, self.lines, self.words, self.words, self.blocks)
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            text = self.chance.choice((*kinds, self.letters))(text)
        return text

    def lines(self, text: str) -> str:
        """A line deleted, doubled, swapped, indented otherwise, lent by another script, torn or joined."""
        lines = text.split("\n")
        a, b = self.chance.randrange(len(lines)), self.chance.randrange(len(lines))
        match self.chance.randrange(7):
            case 0:
                del lines[a]
            case 1:
                lines.insert(b, lines[a])
            case 2:
                lines[a], lines[b] = lines[b], lines[a]
            case 3:
                lines[a] = self.chance.choice((" " * self.chance.randrange(13), "\t", " \t")) + lines[a].strip()
            case 4:
                lines.insert(a, self.chance.choice(self.chance.choice(self.donors).split("\n")))
            case 5:
                at = self.chance.randrange(len(lines[a]) + 1)
                lines[a : a + 1] = [lines[a][:at], lines[a][at:]]
            case _:
                lines[a : a + 2] = [" ".join(line.strip() for line in lines[a : a + 2])]
        return "\n".join(lines)

    def words(self, text: str) -> str:
        """A token deleted, doubled, swapped, or another word of the language or a value in its place."""
        tokens = _TOKEN.findall(text) or [""]
        a, b = self.chance.randrange(len(tokens)), self.chance.randrange(len(tokens))
        match self.chance.randrange(6):
            case 0:
                tokens[a] = ""
            case 1:
                tokens[a] = f"{tokens[a]} {tokens[a]}"
            case 2:
                tokens[a], tokens[b] = tokens[b], tokens[a]
            case 3:
                tokens[a] = self.chance.choice(self.vocabulary)
            case 4:
                tokens[a] = self.chance.choice(VALUES)
            case _:
                tokens.insert(a, f" {self.chance.choice((*self.vocabulary, *VALUES))} ")
        return "".join(tokens)

    def blocks(self, text: str) -> str:
        """A declaration moved, doubled, removed, or one of another script put in."""
        parts = re.split(r"\n(?=\S)", text)
        a, b = self.chance.randrange(len(parts)), self.chance.randrange(len(parts))
        match self.chance.randrange(4):
            case 0:
                parts.insert(b, parts.pop(a))
            case 1:
                parts.insert(b, parts[a])
            case 2:
                del parts[a]
            case _:
                parts.insert(a, self.chance.choice(re.split(r"\n(?=\S)", self.chance.choice(self.donors))))
        return "\n".join(parts)

    def letters(self, text: str) -> str:
        """A character deleted, doubled, of another case, or an odd one put in."""
        at = self.chance.randrange(len(text) + 1)
        letter = text[at : at + 1]
        odd = self.chance.choice(ODD)
        return text[:at] + self.chance.choice(("", letter * 2, letter.swapcase(), odd, odd + letter)) + text[at + 1 :]

    def cross(self, one: str, other: str) -> str:
        """The head of one text and the tail of another, cut between two lines."""
        head, tail = one.split("\n"), other.split("\n")
        return "\n".join(head[: self.chance.randrange(len(head) + 1)] + tail[self.chance.randrange(len(tail)) :])

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """The words of the language, those of other tools, and the names of outcomes."""
        lines = [word for words in LINES.values() for word in words]
        outcomes = [outcome.name for each in VERBS.values() for outcome in each]
        found = [*DECLARATIONS, *OPENERS, *WEEKDAYS, *lines, *outcomes, *ELSEWHERE, *PLANNED]
        return tuple(dict.fromkeys([*found, "or", "and", "not", "is", "to", "for", "into", "secret", "gives"]))
