"""The smallest parts of a script: names, counts, durations and texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier where it stands."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Duration:
    """A time span in seconds. ``unit`` is false when the author gave a bare number."""

    seconds: float
    span: Span
    unit: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number where it stands."""

    value: int
    span: Span


@dataclass(frozen=True, slots=True)
class Words:
    """Literal characters of a text."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Hole:
    """``{caller.number as digits}`` in a text."""

    path: tuple[str, ...]
    format: str
    span: Span
    format_span: Span | None = None


TextPart: TypeAlias = Words | Hole


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text. ``span`` includes the quotes."""

    parts: tuple[TextPart, ...]
    span: Span

    @property
    def plain(self) -> str:
        """The text with its holes as written."""
        return "".join(p.text if isinstance(p, Words) else "{" + ".".join(p.path) + "}" for p in self.parts)
