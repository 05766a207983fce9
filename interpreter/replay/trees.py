"""Two versions of a declaration, compared as trees: where a line stands does not count, only what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from dsl import Program
from dsl.ast import Declaration
from dsl.source import Span


@dataclass(frozen=True, slots=True)
class Differing:
    """The smallest part that differs: as it was and as it is, with their places; ``None`` for what is not there.
    ``within`` are the parts around it, the innermost last."""

    old: Any
    new: Any
    old_span: Span | None
    new_span: Span | None


def differing(old: Any, new: Any, old_span: Span | None = None, new_span: Span | None = None) -> Iterator[Differing]:
    """The smallest parts that differ between two trees, in order."""
    if _same(old, new):
        return
    old_span, new_span = _span(old) or old_span, _span(new) or new_span
    if is_dataclass(old) and type(old) is type(new):
        names = [each.name for each in fields(old) if not _is_place(each.name)]
        simple = [name for name in names if not _is_tree(getattr(old, name)) and not _is_tree(getattr(new, name))]
        if any(getattr(old, name) != getattr(new, name) for name in simple):
            yield Differing(old, new, old_span, new_span)
            return
        for name in names:
            yield from differing(getattr(old, name), getattr(new, name), old_span, new_span)
        return
    if isinstance(old, tuple) and isinstance(new, tuple):
        yield from _lists(old, new, old_span, new_span)
        return
    yield Differing(old, new, old_span, new_span)


def _lists(
    old: tuple[Any, ...], new: tuple[Any, ...], old_span: Span | None, new_span: Span | None
) -> Iterator[Differing]:
    """Entries that are in both stand for themselves; the others are paired in order."""
    gone = [each for each in old if not any(_same(each, other) for other in new)]
    come = [each for each in new if not any(_same(each, other) for other in old)]
    for number in range(max(len(gone), len(come))):
        before = gone[number] if number < len(gone) else None
        after = come[number] if number < len(come) else None
        if before is not None and after is not None:
            yield from differing(before, after, old_span, new_span)
        else:
            yield Differing(before, after, _span(before) or old_span, _span(after) or new_span)
    if not gone and not come and len(old) == len(new):
        yield Differing(old, new, old_span, new_span)  # only the order


def _same(old: Any, new: Any) -> bool:
    if is_dataclass(old) and is_dataclass(new):
        return type(old) is type(new) and all(
            _same(getattr(old, each.name), getattr(new, each.name)) for each in fields(old) if not _is_place(each.name)
        )
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    return bool(old == new)


def _is_place(name: str) -> bool:
    return name == "span" or name.endswith("_span")


def _is_tree(value: Any) -> bool:
    return is_dataclass(value) or (isinstance(value, tuple) and any(map(_is_tree, value))) or value == ()


def _span(value: Any) -> Span | None:
    found = getattr(value, "span", None)
    return found if isinstance(found, Span) else None


def declared(program: Program) -> dict[tuple[str, str], Declaration]:
    """The declarations by kind and name. Tests and promises say nothing to callers."""
    found: dict[tuple[str, str], Declaration] = {}
    for each in program.declarations():
        kind = type(each).__name__.lower()
        if kind not in ("test", "promise", "use"):
            found.setdefault((kind, each.name.text), each)
    return found
