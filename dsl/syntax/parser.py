"""The generated parser, and the indentation that layout has already decided.

Only this package knows lark. `read_declaration` is the whole use of it: text and levels in, tree or lark's exception
out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from lark import Lark, Token, Tree
from lark.lark import PostLex


class _Levels(PostLex):
    """Turns the level of the line after each newline into indent and dedent tokens."""

    always_accept = ("_NL",)

    def __init__(self) -> None:
        self.levels: Mapping[int, int] = {}

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        level = 0
        for token in stream:
            yield token
            if token.type != "_NL":
                continue
            wanted = self.levels.get(token.end_line or 0, 0)
            while level < wanted:
                level += 1
                yield Token.new_borrow_pos("_INDENT", "", token)
            while level > wanted:
                level -= 1
                yield Token.new_borrow_pos("_DEDENT", "", token)


def build(*, strict: bool = False, tables: str = "") -> tuple[Lark, _Levels]:
    """A new parser. ``tables`` is a file to keep its tables in: reading them takes a tenth of the time of making
    them. lark checks that they are of this grammar, and makes them again otherwise. ``strict`` proves that no two
    terminals collide and needs the ``interegular`` package."""
    levels = _Levels()
    grammar = resources.files("dsl.syntax").joinpath("ivr.lark").read_text(encoding="utf-8")
    parser = Lark(
        grammar,
        parser="lalr",
        start=["version", "declaration"],
        postlex=levels,
        propagate_positions=True,
        maybe_placeholders=True,
        strict=strict,
        cache=tables or False,
    )
    return parser, levels


_tables = ""


def keep_tables(file: str) -> None:
    """Where the tables of the grammar may be kept between runs: a file in a folder that only its owner can write to.

    Without this nothing is read or written. It counts for the first script that is read after it."""
    global _tables
    _tables = file


@cache
def _shared() -> tuple[Lark, _Levels]:
    return build(tables=_tables)


_lock = threading.Lock()


def read_declaration(text: str, levels: Mapping[int, int], start: str) -> Tree[Token]:
    """Parse one declaration (or the version line). ``levels`` gives the level of each code line, counted from 1.

    Raises lark's `UnexpectedInput`.
    """
    parser, postlex = _shared()
    with _lock:
        postlex.levels = levels
        return parser.parse(text, start=start)
