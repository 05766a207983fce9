"""Where a call goes, and what is heard on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from dsl.ast.parts import Duration, Name, Text
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class GoTo:
    """Go on in another block."""

    target: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Finish:
    """End the call; ``result`` is what reports and promises call it."""

    result: Name
    span: Span


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call without a name for the result."""

    span: Span


@dataclass(frozen=True, slots=True)
class Repeat:
    """Say the menu again; not an attempt."""

    span: Span


@dataclass(frozen=True, slots=True)
class Give:
    """``give verified``: end a sub-flow with one of the outcomes that it ``gives``."""

    outcome: Name
    span: Span


@dataclass(frozen=True, slots=True)
class GoBack:
    """``go back``: to the block in which the caller pressed a key that holds anywhere, as a new visit."""

    span: Span


Destination: TypeAlias = GoTo | Finish | HangUp | Repeat | Give | GoBack


@dataclass(frozen=True, slots=True)
class Route:
    """``no answer or busy "Her line is busy." -> mailbox``: one or more outcomes, a sentence on the way, a
    destination. ``waited`` is the duration of the outcome ``waited 10m``."""

    outcomes: tuple[Name, ...]
    say: Text | None
    destination: Destination
    span: Span
    waited: Duration | None = None


@dataclass(frozen=True, slots=True)
class Filler:
    """``after 1s say "One moment."`` or ``after 1s play "typing"``: what is heard while something takes long.

    ``file``: ``content`` names a recording."""

    after: Duration
    content: Text
    file: bool
    span: Span
