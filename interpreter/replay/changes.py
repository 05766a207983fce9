"""What a new version of a script changes for callers, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dsl import Program
from dsl.ast import (
    BLOCKS,
    Destination,
    Finish,
    Give,
    GoBack,
    GoTo,
    HangUp,
    Hole,
    Repeat,
    Words,
)
from dsl.lint.walk import keyword
from dsl.source import Span
from interpreter.replay.trees import Differing, declared, differing
from interpreter.replay.words import place

_DESTINATIONS = (GoTo, Finish, HangUp, Repeat, Give, GoBack)


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``block`` is where a call has to come to for meeting it, empty for what holds everywhere; ``at`` is
    its place in the new version, or in the old one for what is gone."""

    block: str
    words: str
    at: str


def changes(old: Program, new: Program) -> list[Change]:
    """Every change, in the order of the new version's text; what is gone comes last."""
    before, after = declared(old), declared(new)
    found: list[Change] = []
    for key, each in after.items():
        if key not in before:
            title = f"{keyword(each)} {each.name.text}"
            found.append(Change(_block(each), f"{title} is new", place(new, each.name.span.start)))
            continue
        for part in differing(before[key], each):
            found += _told(old, new, each, part)
    for key, each in before.items():
        if key not in after:
            title = f"{keyword(each)} {each.name.text}"
            found.append(Change(_block(each), f"{title} is gone", place(old, each.name.span.start)))
    if _entry(old) != _entry(new):
        found.insert(0, Change("", f"calls begin in `{_entry(new)}` instead of `{_entry(old)}`", place(new, 0)))
    return list(dict.fromkeys(found))


def _entry(program: Program) -> str:
    return program.entry


def _block(declaration: Any) -> str:
    """The block that a call has to come to; what is no block, or holds everywhere, may touch any call."""
    return declaration.name.text if isinstance(declaration, BLOCKS) else ""


def _told(old: Program, new: Program, declaration: Any, part: Differing) -> Iterator[Change]:
    title = f"{keyword(declaration)} {declaration.name.text}"
    at = place(new, part.new_span.start) if part.new_span is not None else ""
    if part.new is None and part.old_span is not None:
        at = place(old, part.old_span.start)
    yield Change(_block(declaration), f"{title}: {_words(old, new, part)}", at)


def _words(old: Program, new: Program, part: Differing) -> str:
    was, is_now = part.old, part.new
    if was is None:
        return f"new: `{_line(new, part.new_span)}`"
    if is_now is None:
        return f"gone: `{_line(old, part.old_span)}`"
    if isinstance(was, Words | Hole) or isinstance(is_now, Words | Hole):
        return f"{_quoted(old, part.old_span)} is now {_quoted(new, part.new_span)}"
    if isinstance(was, _DESTINATIONS) and isinstance(is_now, _DESTINATIONS):
        cause = _line(new, part.new_span).split("->")[0].strip()
        where = f"`{cause}` leads" if "->" in _line(new, part.new_span) else "it goes on"
        return f"{where} to {_destination(is_now)} instead of {_destination(was)}"
    return _replaced(old, new, part)


def _replaced(old: Program, new: Program, part: Differing) -> str:
    before, after = _line(old, part.old_span), _line(new, part.new_span)
    if before == after:
        return f"`{after}` stands in another order"
    if "->" in before and "->" in after and before.split("->")[0].strip() == after.split("->")[0].strip():
        cause = after.split("->")[0].strip()
        return f"`{cause}` leads to `{after.split('->')[1].strip()}` instead of `{before.split('->')[1].strip()}`"
    return f"`{before}` is now `{after}`"


def _line(program: Program, span: Span | None) -> str:
    """The line in which something stands, without its comment."""
    if span is None:
        return ""
    text = program.source.line_text(program.source.place(span.start).line).strip()
    return " ".join(text.split(";")[0].split()) if '"' not in text else " ".join(text.split())


def _quoted(program: Program, span: Span | None) -> str:
    return f"`{_line(program, span)}`"


def _destination(found: Destination) -> str:
    match found:
        case GoTo():
            return f"`{found.target.text}`"
        case Finish():
            return f"the end `{found.result.text}`"
        case Give():
            return f"the outcome `{found.outcome.text}`"
        case HangUp():
            return "hanging up"
        case Repeat():
            return "hearing it again"
        case GoBack():
            return "where the key was pressed"


def touches(change: Change, entered: frozenset[str]) -> bool:
    """Whether a call that came to these blocks can have met a change."""
    return not change.block or change.block in entered
