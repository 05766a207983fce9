"""A line that could not be read, as the explanations look at it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsl.source import Source, Span
from dsl.syntax.words import EXAMPLES, phrase

_VALUE = frozenset({"NAME", "INT", "DECIMAL", "DURATION", "ISO_DATE", "MINUS"})
"""What a value of an expression can begin with."""

STRING = re.compile(r'"(\\[^\r\n]|[^"\\\r\n])*"')


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where reading stopped. ``kind`` is the declaration (or ``when``) that the line stands in, ``""`` for its first
    line.

    ``found`` is what stood there, ``terminals`` what could have.
    """

    source: Source
    line: Span
    found: Span
    kind: str
    terminals: frozenset[str]
    keyword: bool = False
    """What was found is a word of the language."""

    @property
    def text(self) -> str:
        return self.source.slice(self.line)

    def find(self, position: int, length: int) -> Span:
        """A span from a position within the line."""
        return Span(self.line.start + position, self.line.start + position + length)

    @property
    def at(self) -> int:
        """Where reading stopped, within the line."""
        return self.found.start - self.line.start

    @property
    def rest(self) -> str:
        """The line from where reading stopped."""
        return self.source.text[self.found.start : self.line.end]

    @property
    def code(self) -> str:
        """The line with its texts blanked out (their length kept) and its comment cut off."""
        blanked = STRING.sub(lambda m: '"' + " " * (len(m.group()) - 2) + '"', self.text)
        return blanked.split(";")[0]

    @property
    def wanted(self) -> str:
        """What could have stood where reading stopped, in words."""
        hidden = {"_NL", "$END", "_DEDENT", "WS", "COMMENT"} if len(self.terminals) > 1 else set()
        if len(self.terminals) == 1 and (example := EXAMPLES.get(next(iter(self.terminals)))):
            return example
        if self.terminals >= _VALUE:
            return "a value"
        phrases = sorted({phrase(terminal) for terminal in self.terminals - hidden})
        if len(phrases) > 6:
            phrases = [p for p in phrases if p.startswith("a ")] or phrases[:6]
        return " or ".join([", ".join(phrases[:-1]), phrases[-1]]) if len(phrases) > 1 else "".join(phrases)
