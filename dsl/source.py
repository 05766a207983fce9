"""A text with a name, and places in it.

Inside, a place is a pair of offsets. Lines and columns exist only where a person or an editor looks.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a source: offsets in characters, ``end`` exclusive."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of ``other``."""
        return Span(self.start, max(self.end, other.end))


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both counted from 1. Columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Source:
    """A text and the name under which people know it, usually a path."""

    name: str
    text: str
    _starts: list[int] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        starts = [0]
        position = self.text.find("\n")
        while position >= 0:
            starts.append(position + 1)
            position = self.text.find("\n", position + 1)
        object.__setattr__(self, "_starts", starts)

    @property
    def digest(self) -> str:
        """SHA-256 of the text, hexadecimal: the name of this version of a script."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def line_count(self) -> int:
        return len(self._starts)

    def place(self, offset: int) -> Place:
        """Line and column of an offset; an offset past the end is the end."""
        offset = min(max(offset, 0), len(self.text))
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    def line_start(self, line: int) -> int:
        """Offset of the first character of a line (from 1)."""
        return self._starts[line - 1]

    def line_text(self, line: int) -> str:
        """The line without its line ending."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def slice(self, span: Span) -> str:
        return self.text[span.start : span.end]
