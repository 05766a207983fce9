"""What is wrong with a script, as facts. How it looks is the business of `dsl.report`.

The headline says what is wrong, the label says it about this place, and only ``help`` says what to do. All three are
lower case without a full stop. At most one note. One message for one mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from dsl.source import Source, Span

Severity: TypeAlias = Literal["error", "warning"]
Safety: TypeAlias = Literal["safe", "unsafe", "display"]
"""``safe``: the meaning for callers stays or becomes what was plainly meant. ``unsafe``: right in most cases, a
person has to look. ``display``: shown, never applied."""


@dataclass(frozen=True, slots=True)
class Label:
    """A place with a few words about it. ``source`` when it lies in another text than the diagnostic."""

    span: Span
    text: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``span`` by ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that a machine can make."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake. ``code`` is for ever; ``name`` is the bad thing and reads after "allow"."""

    code: str
    name: str
    severity: Severity
    headline: str
    source: Source
    label: Label
    labels: tuple[Label, ...] = ()
    note: str = ""
    help: str = ""
    fix: Fix | None = None


def in_order(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """By file, then by place, then by code; the same finding only once."""
    unique = list(dict.fromkeys(diagnostics))
    return sorted(unique, key=lambda d: (d.source.name, d.label.span.start, d.code, d.label.span.end))
