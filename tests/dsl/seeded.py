"""Mistakes as people make them, seeded into correct scripts: one mistake in each text, at a place that chance chose.

A kind of mistake is a function that proposes `Change`s to a script; which of them is made is decided by a seeded
generator, so that the same total gives the same mistakes. A kind that finds no place in any script gives none, and
joins as soon as a script has such a line.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from dsl.analysis.outcomes import VERBS
from dsl.syntax.words import DECLARATIONS, ELSEWHERE, LINES, WEEKDAYS

OUTCOMES = {outcome.name for outcomes in VERBS.values() for outcome in outcomes}
ONCE = ("timezone", "voice", "into", "ring", "first within", "no input", "no match", "caller id", "up to", "type ahead")
"""First words of lines that a block has once."""
KNOWN = {
    word
    for phrase in (
        *DECLARATIONS,
        *WEEKDAYS,
        *OUTCOMES,
        *ELSEWHERE,
        *(each for words in LINES.values() for each in words),
    )
    for word in phrase.split()
}
_TEXT = re.compile(r'"[^"\n]+"')
_ARROW = re.compile(r" *-> (?=\w)")
_TARGET = re.compile(r"(?:-> |go to )(?!repeat\b|finish\b|go\b|hang\b|give\b)(\w+)$")
_OTHER_TYPES = (
    (r"^    (?:    )?(?:lookup \w+ = |do )\w+\.\w+\((caller\.number)", "12"),
    (r"^    amount (.+)$", '"much"'),
    (r"^    number (.+)$", "12"),
    (r"^    priority (\d+.*)$", '"high"'),
    (r"\{[\w.]+ as (short_date|date|money)\}", "phone"),
    (r"^    by (\w+\.\w+) for", "yes"),
)
"""Where a value of one type stands, and one of another."""
_DURATION = re.compile(r"(?<=[ ,])(\d+)(ms|s|m|h)\b(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)")


@dataclass(frozen=True, slots=True)
class Change:
    """Line ``at`` (from 0) becomes ``new``, which may be several lines. The message belongs to line ``line`` (from 1),
    and its help must hold ``repair``, which is empty where there is no single right repair."""

    at: int
    new: str
    line: int
    repair: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A script with one mistake of a kind. ``script`` names the one that it was made of."""

    kind: str
    script: str
    text: str
    line: int
    repair: str


Kind = Callable[[Sequence[str], random.Random], Iterator[Change]]


def mistakes(scripts: dict[str, str], total: int) -> list[Mistake]:
    """So many different mistakes, of all kinds in turn, from scripts by name."""
    chance = random.Random(f"{total} mistakes")
    lines = {name: text.split("\n") for name, text in scripts.items()}
    found: dict[str, Mistake] = {}
    places = {kind: [name for name in sorted(lines) if any(kind(lines[name], chance))] for kind in KINDS}
    kinds = [kind for kind, names in places.items() if names]
    for number in range(total * 20):
        if len(found) == total:
            break
        kind = kinds[number % len(kinds)]
        name = chance.choice(places[kind])
        change = chance.choice(list(kind(lines[name], chance)))
        text = "\n".join([*lines[name][: change.at], change.new, *lines[name][change.at + 1 :]])
        found.setdefault(text, Mistake(kind.__name__, name, text, change.line, change.repair))
    return list(found.values())


def misspelt(word: str, chance: random.Random) -> str:
    """The word with two letters swapped, one left out, one doubled or one wrong; never another word of the language."""
    for _ in range(50):
        at = chance.randrange(len(word) - 1)
        new = chance.choice(
            (
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[: at + 1] + word[at + 2 :],
                word[: at + 1] + word[at:],
                word[: at + 1] + chance.choice("aeinrst") + word[at + 2 :],
            )
        )
        if new != word and new not in KNOWN and new.isidentifier():
            return new
    raise AssertionError(f"`{word}` cannot be misspelt")


def code(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Lines of code: where, the line, and the first word of its block."""
    head = ""
    for at, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith(";"):
            head = head if line.startswith(" ") else line.split()[0]
            yield at, line, head


def outcomes_of(line: str) -> list[str]:
    """The outcomes that a line names, in order; none where it is no outcome line."""
    left = re.split(r' "| *->', line.strip())[0] if "->" in line else ""
    names = re.split(r" or ", left)
    return names if all(name in OUTCOMES for name in names) else []


# --------------------------------------------------------------------------------------------------------------------
# The kinds


def misspelt_keyword(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, head in code(lines):
        phrases = DECLARATIONS if not line.startswith(" ") else LINES.get(head, ())
        phrase = max((each for each in phrases if f"{line.strip()} ".startswith(f"{each} ")), key=len, default="")
        words = [word for word in phrase.split() if len(word) > 2]
        if words:
            word = chance.choice(words)
            yield Change(at, line.replace(word, misspelt(word, chance), 1), at + 1, word)


def misspelt_block(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        target = _TARGET.search(line)
        if target and len(target[1]) > 3:
            yield Change(at, line[: target.start(1)] + misspelt(target[1], chance), at + 1, target[1])


def misspelt_outcome(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        names = [name for name in outcomes_of(line) if name != "accepted"]
        if names:
            name = chance.choice(names)
            word = max(name.split(), key=len)
            wrong = name.replace(word, misspelt(word, chance))
            yield Change(at, re.sub(rf"\b{name}\b", wrong, line, count=1), at + 1, name)


def wrong_indentation(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        width = len(line) - len(line.lstrip())
        if width == 4:
            shift = chance.choice((-3, -2, -1, 1, 2, 3))
            yield Change(at, " " * (width + shift) + line.lstrip(), at + 1, f"{width} spaces")


def missing_quote(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        for text in _TEXT.finditer(line):
            place = chance.choice((text.start(), text.end() - 1))
            yield Change(at, line[:place] + line[place + 1 :], at + 1, '"')


def missing_arrow(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        if _ARROW.search(line):
            yield Change(at, _ARROW.sub(" ", line), at + 1, "->")


def foreign_arrow(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        if " -> " in line:
            yield Change(at, line.replace("->", chance.choice(("=>", "\u2192", "-->", ">"))), at + 1, "`->`")


def unrouted_outcome(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    above: dict[int, int] = {}
    for at, line, _ in code(lines):
        names = outcomes_of(line)
        width = len(line) - len(line.lstrip())
        above[width] = at
        if len(names) > 1:
            name = chance.choice([each for each in names if each != "emergency"])
            left = " or ".join(each for each in names if each != name)
            yield Change(at, line.replace(" or ".join(names), left, 1), above[width - 4] + 1, f"`{name}")


def missing_unit(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        for found in _DURATION.finditer(line):
            unit = chance.choice(("", f" {found[2]}", "sec" if found[2] == "s" else ""))
            # Nobody can know that minutes were meant where no unit stands.
            meant = found[0] if unit or found[2] == "s" else f"`{found[1]}"
            yield Change(at, f"{line[: found.end(1)]}{unit}{line[found.end() :]}", at + 1, meant)


def given_twice(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        if line.startswith("    ") and f"{line.strip()} ".startswith(tuple(f"{word} " for word in ONCE)):
            yield Change(at, f"{line}\n{line}", at + 2, "one of them")


def duplicate_name(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    """A block copied to the end of the script."""
    last = len(lines) - 1
    for at, line, _ in code(lines):
        if line.startswith(("step ", "menu ", "collect ", "transfer ", "hours ")):
            body = takewhile(lambda each: each.startswith(" "), lines[at + 1 :])
            yield Change(last, "\n".join([lines[last], line, *body, ""]), last + 2, "")


def key_used_twice(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    """One of two options of a menu gets the key of the other. The message stands at the second of them."""
    options: list[tuple[int, str]] = []
    for at, line, head in code(lines):
        options = options if line.startswith(" ") and head == "menu" else []
        key = re.match(r" +press ([0-9*#]) ", line)
        for above, other in options if key else ():
            assert key is not None
            yield Change(at, line.replace(f"press {key[1]}", f"press {other}", 1), at + 1, f"`{key[1]}`")
            changed = lines[above].replace(f"press {other}", f"press {key[1]}", 1)
            yield Change(above, changed, at + 1, f"`{other}`")
        options += [(at, key[1])] if key else []


def undefined_value(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    for at, line, _ in code(lines):
        for value in re.finditer(r"(?:\{|when )((?!hours\b|switch\b)(?:[a-z_]+\.)*[a-z_]{4,})\b(?!\.)", line):
            word = value[1].rpartition(".")[2]
            wrong = value[1][: -len(word)] + misspelt(word, chance)
            yield Change(at, line[: value.start(1)] + wrong + line[value.end(1) :], at + 1, word)


def wrong_type(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    """A number where a telephone number belongs, a text where an amount or a rank does, a date read out as a phone."""
    for at, line, _ in code(lines):
        for place, other in _OTHER_TYPES:
            found = re.search(place, line)
            if found:
                yield Change(at, line[: found.start(1)] + other + line[found.end(1) :], at + 1, "")


def secret_said_aloud(lines: Sequence[str], chance: random.Random) -> Iterator[Change]:
    """What only a check may see is read out in the step that follows."""
    secrets = re.findall(r"^    into secret (\w+)$", "\n".join(lines), re.M)
    targets = re.findall(r"^    accepted +-> (\w+)$", "\n".join(lines), re.M)
    for at, line, _ in code(lines):
        if secrets and line in {f"step {target}" for target in targets}:
            yield Change(at, f'{line}\n    say "You said {{{chance.choice(secrets)} as digits}}."', at + 2, "")


CODES = {
    "misspelt_keyword": "IVR106",
    "misspelt_block": "IVR201",
    "misspelt_outcome": "IVR202",
    "wrong_indentation": "IVR114",
    "missing_quote": "IVR100",
    "missing_arrow": "IVR100",
    "foreign_arrow": "IVR100",
    "unrouted_outcome": "IVR203",
    "missing_unit": "IVR100 IVR104",
    "given_twice": "IVR105",
    "duplicate_name": "IVR111",
    "key_used_twice": "IVR301",
    "undefined_value": "IVR120",
    "wrong_type": "IVR121 IVR612",
    "secret_said_aloud": "IVR602",
}
"""The rules in whose catalogue entry a kind stands. A duration that is no duration at all may be a line that cannot be
read; a number that is called is a rule of its own."""
KINDS: tuple[Kind, ...] = (
    *(misspelt_keyword, misspelt_block, misspelt_outcome, wrong_indentation, missing_quote, missing_arrow),
    *(foreign_arrow, unrouted_outcome, missing_unit, given_twice, duplicate_name, key_used_twice, undefined_value),
    *(wrong_type, secret_said_aloud),
)
