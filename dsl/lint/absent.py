"""Values that may not be there: on which way, and where they are given."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.assigned import Missing, assigned
from dsl.analysis.given import looked_up
from dsl.analysis.program import Program
from dsl.analysis.types import types_of
from dsl.diagnostics import Label

_SEARCHED = 100
"""Ways are looked for only for so many values: more findings than that come from one mistake, and nobody reads them."""
_FIRST, _LAST = 2, 6
"""Of a long way this many blocks are named."""


def absent(program: Program, *, looked: bool) -> Iterator[tuple[Missing, str, tuple[Label, ...]]]:
    """Every read of a value that may not be there, with the way on which it is not and where it is given. ``looked``:
    those that something outside gives, which may have none; else those that the script or the caller gives."""
    result, types = assigned(program), types_of(program)
    found = [each for each in result.missing if (each.name in looked_up(program)) is looked]
    for number, each in enumerate(found):
        given = types.given.get(each.name)
        labels = (Label(given, "given here"),) if given is not None else ()
        yield each, _way(result.path(each)) if number < _SEARCHED else "not there on every way", labels


def _way(path: tuple[str, ...]) -> str:
    if not path:
        return "nothing is given yet where calls begin, or where they are led when something fails"
    if len(path) > _FIRST + _LAST:
        path = (*path[:_FIRST], "…", *path[-_LAST:])
    return f"on the way {', '.join(path)}"
