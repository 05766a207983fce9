"""Applying the changes that findings propose."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from dsl.diagnostics import Edit, Fix


def apply(text: str, fixes: Iterable[Fix], unsafe: bool = False) -> tuple[str, tuple[Fix, ...]]:
    """The text with all fixes made that can be made together, and which ones those were.

    A fix is made whole or not at all. Where two of them touch, the earlier one in ``fixes`` is made; check the new text
    again for the other. Without ``unsafe`` only safe fixes are made; those for display never are.
    """
    wanted = {"safe", "unsafe"} if unsafe else {"safe"}
    taken: list[Edit] = []
    applied: list[Fix] = []
    for fix in fixes:
        inside = all(0 <= edit.span.start <= edit.span.end <= len(text) for edit in fix.edits)
        own = sorted(fix.edits, key=_place)
        clean = not any(_touch(a, b) for a, b in itertools.pairwise(own))
        free = not any(_touch(new, old) for new in fix.edits for old in taken)
        if fix.safety in wanted and fix.edits and inside and clean and free:
            taken += fix.edits
            applied.append(fix)
    for edit in sorted(taken, key=_place, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text, tuple(applied)


def _place(edit: Edit) -> tuple[int, int]:
    return edit.span.start, edit.span.end


def _touch(a: Edit, b: Edit) -> bool:
    """Whether two edits overlap, or insert at the same place, where their order would decide what comes out."""
    if a.span == b.span:
        return True
    return a.span.start < b.span.end and b.span.start < a.span.end
