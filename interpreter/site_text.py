"""Where each key of a TOML text stands.

``tomllib`` gives values without places. This scanner knows just enough of TOML's lexis (https://toml.io/en/v1.0.0:
tables, dotted and quoted keys, strings of four kinds, arrays and inline tables that span lines, comments) to say where
a key begins. It is only run on texts that ``tomllib`` has accepted, so it never has to report a mistake.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Place = tuple[int, int]
"""Line and column, both from 1."""

Path = tuple[str, ...]
"""A key with all the tables above it."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (
    re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.S),
    re.compile(r"'''.*?'{3,5}", re.S),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)
_OPEN, _CLOSE = "[{", "]}"


@dataclass(frozen=True, slots=True)
class Places:
    """The place of every key of one TOML text."""

    of: Mapping[Path, Place]

    def find(self, path: Path) -> Place:
        """The place of the key, else of the nearest table above it, else the text's first character."""
        for end in range(len(path), 0, -1):
            if (place := self.of.get(path[:end])) is not None:
                return place
        return (1, 1)


def scan(text: str) -> Places:
    """The places of all keys and table headers of a valid TOML text."""
    found: dict[Path, Place] = {}
    table: Path = ()
    for start, line_no, column in _statements(text):
        if text[start] == "[":
            inner = start + 2 if text.startswith("[[", start) else start + 1
            table, _ = _key(text, inner)
            found.setdefault(table, (line_no, column))
            continue
        key, after = _key(text, start)
        found[table + key] = (line_no, column)
        for end in range(1, len(key)):
            found.setdefault(table + key[:end], (line_no, column))
        _inline(text, after, table + key, found)
    return Places(found)


def _statements(text: str) -> Iterator[tuple[int, int, int]]:
    """Offset, line and column of every header or key that begins a logical line."""
    position, line_no, line_start = 0, 1, 0
    while position < len(text):
        first = position
        while first < len(text) and text[first] in " \t\r":
            first += 1
        if first < len(text) and text[first] not in "#\n":
            yield first, line_no, first - line_start + 1
            end = _line_end(text, first)
        else:
            end = text.find("\n", first)
            end = len(text) if end < 0 else end
        line_no += text.count("\n", position, end + 1)
        position = line_start = end + 1


def _line_end(text: str, position: int) -> int:
    """The newline (or the end of the text) that ends the statement at ``position``."""
    depth = 0
    while position < len(text):
        char = text[position]
        if char in "\"'":
            position = _skip_string(text, position)
            continue
        if char == "#":
            newline = text.find("\n", position)
            position = len(text) if newline < 0 else newline
            continue
        depth += (char in _OPEN) - (char in _CLOSE)
        if char == "\n" and depth <= 0:
            return position
        position += 1
    return position


def _inline(text: str, position: int, path: Path, found: dict[Path, Place]) -> None:
    """Adds the keys of the inline table that follows a ``=``, if one does."""
    position = _skip_blank(text, position)
    position = _skip_blank(text, position + 1)
    if position >= len(text) or text[position] != "{":
        return
    position = _skip_blank(text, position + 1)
    while position < len(text) and text[position] != "}":
        key, after = _key(text, position)
        line_start = text.rfind("\n", 0, position)
        found[path + key] = (text.count("\n", 0, position) + 1, position - line_start)
        _inline(text, after, path + key, found)
        position = _skip_value(text, after)
        position = _skip_blank(text, position + 1) if text[position : position + 1] == "," else position


def _skip_value(text: str, position: int) -> int:
    """The comma or the bracket that ends an inline table's value."""
    depth = 0
    while position < len(text):
        char = text[position]
        if char in "\"'":
            position = _skip_string(text, position)
            continue
        if depth == 0 and char in ",}":
            return position
        depth += (char in _OPEN) - (char in _CLOSE)
        position += 1
    return position


def _key(text: str, position: int) -> tuple[Path, int]:
    """A possibly dotted key at ``position``, and where it ends."""
    parts: list[str] = []
    while True:
        position = _skip_blank(text, position)
        if text[position] in "\"'":
            end = _skip_string(text, position)
            parts.append(tomllib.loads(f"k = {text[position:end]}")["k"])
        else:
            bare = _BARE.match(text, position)
            assert bare is not None, "the text was accepted by tomllib"
            parts.append(bare.group())
            end = bare.end()
        position = _skip_blank(text, end)
        if text[position : position + 1] != ".":
            return tuple(parts), position
        position += 1


def _skip_string(text: str, position: int) -> int:
    for pattern in _STRINGS:
        if (match := pattern.match(text, position)) is not None:
            return match.end()
    return position + 1


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position
