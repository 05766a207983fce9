"""The one canonical way in which a script is laid out.

Works on tokens and levels, never on the tree, so that a new statement needs no change here. A line is cut into tokens
and the gaps between them are chosen anew; the level of a line comes from `dsl.syntax.layout`, so wrong indentation and
tabs are repaired. A gap is only opened or closed where the lexer of the language is certain to read the same tokens;
everywhere else two tokens stay as far apart as the author put them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from dsl.diagnostics import Diagnostic
from dsl.source import Source
from dsl.syntax import parse
from dsl.syntax.layout import UNIT, Line, read_layout

READABLE = frozenset({"IVR104", "IVR105", "IVR114", "IVR115"})
"""Mistakes of reading that leave no doubt about what stands where. All others refuse: half-read text is not moved."""

COLUMN_WORDS = frozenset({"prompt", "reprompt"})
"""First words of lines whose texts stand in one column when the lines follow each other."""

WIDEST_LEFT_SIDE = 60
"""Columns. When a line of a run is longer than this before its arrow or its ``=``, none of the run is aligned."""

BEFORE_GROUPS = frozenset(
    {
        "and",
        "or",
        "not",
        "in",
        "is",
        "when",
        "if",
        "else",
        "by",
        "priority",
        "amount",
        "number",
        "language",
        "check",
        "to",
    }
)
"""Words behind which a parenthesis groups an expression. Behind any other name it holds the arguments of a call."""

BEFORE_SIGNS = BEFORE_GROUPS | frozenset("=(,+-*/<>") | {"<=", ">="}
"""Behind these a minus belongs to the value that follows it."""

WITH_VALUES = frozenset(
    {"presses", "given", "with", "requests", "transfer", "queue", "voicemail", "callback", "consult", "pay", "dial"}
)
"""First words of the lines of a test that hold keys or values."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# The terminals of `ivr.lark`, in the order in which they must be tried.
_TOKEN = re.compile(
    r"""
      (?P<text>    "(?:\\[^\r\n]|[^"\\\r\n])*" )
    | (?P<comment> ;.* )
    | (?P<arrow>   -> )
    | (?P<word>    [a-z]{2,3}-[A-Z]{2}(?![A-Za-z0-9_])
                 | [0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])
                 | [0-9]{2}-[0-9]{2}(?![0-9-])
                 | [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])
                 | [0-9]+(?:\.[0-9]+)?(?:(?:ms|s|m|h|d)(?![A-Za-z0-9_]))?
                 | [A-Za-z_]+(?=[0-9]{1,2}:)
                 | [A-Za-z_][A-Za-z0-9_]*
                 | <= | >= | [<>=*\#+-] )
    | (?P<mark>    [,.(){}] )
    | (?P<other>   [^ \t\f] )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """The canonical text. ``refused`` holds the mistakes that keep the script from being formatted; ``text`` is then
    the source's own."""

    text: str
    changed: bool
    refused: tuple[Diagnostic, ...] = ()


def format_text(source: Source) -> Formatted:
    """Lay a script out. The tree, the comments and their order stay; formatting twice changes nothing more.

    Never raises for any text.
    """
    refused = tuple(d for d in parse(source).diagnostics if d.code not in READABLE)
    if refused:
        return Formatted(source.text, False, refused)
    rows = _with_blanks(_rows(source))
    columns = _columns(rows)
    arrows = _arrows(rows)
    text = "".join(_render(row, columns.get(at, 0), arrows.get(at, 0)) for at, row in enumerate(rows))
    return Formatted(text, text != source.text)


# --------------------------------------------------------------------------------------------------------------------
# Tokens and rows


@dataclass(frozen=True, slots=True)
class _Token:
    """``apart``: whether the author left a gap before it."""

    kind: str
    text: str
    apart: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the result: code with or without a comment, or a comment alone (no tokens).

    ``blank``: an empty line stands before it. ``heads``: it opens a block.
    """

    level: int
    tokens: tuple[_Token, ...]
    comment: str
    blank: bool
    heads: bool = False

    @property
    def is_version(self) -> bool:
        return self.level == 0 and bool(self.tokens) and self.tokens[0].text == "ivr"

    @property
    def is_line(self) -> str:
        """The word of a declaration that is one line and may stand in a group."""
        word = self.tokens[0].text if self.level == 0 and self.tokens else ""
        return word if word in ("use", "promise") else ""

    @property
    def is_told(self) -> bool:
        """A line of a test that has keys or values."""
        return self.level == 1 and bool(self.tokens) and self.tokens[0].text in WITH_VALUES


def _rows(source: Source) -> Iterator[_Row]:
    """The lines in order. A comment waits for the line of code below it: that line decides how far it is indented."""
    code = {line.number: line for line in read_layout(source).lines}
    waiting: list[tuple[int, _Row]] = []
    above: Line | None = None
    blank = False
    for number in range(1, source.line_count + 1):
        text = source.line_text(number)
        line = code.get(number)
        if line is not None:
            yield from _comments(source, waiting, above, line.level)
            waiting = []
            yield _code(source, line, blank)
            above = line
        elif bare := text.strip(" \t\f\ufeff"):
            width = sum(UNIT if c == "\t" else 1 for c in text[: text.index(";")] if c != "\ufeff")
            waiting.append((width, _Row(0, (), bare.rstrip(), blank)))
        blank = line is None and not text.strip(" \t\f\ufeff")
    yield from _comments(source, waiting, above, 0)


def _code(source: Source, line: Line, blank: bool) -> _Row:
    tokens = list(_tokens(source.text[line.content : line.end]))
    comment = tokens.pop().text if tokens[-1].kind == "comment" else ""
    row = _Row(line.level, tuple(tokens), comment, blank, line.opens)
    return replace(row, heads=line.opens or (line.level == 0 and not row.is_version))


def _tokens(code: str) -> Iterator[_Token]:
    end = 0
    for match in _TOKEN.finditer(code):
        yield _Token(match.lastgroup or "other", match.group(), match.start() > end)
        end = match.end()


def _comments(source: Source, waiting: list[tuple[int, _Row]], above: Line | None, below: int) -> Iterator[_Row]:
    """Comments between two lines of code. They belong to the line below, except where a block ends and the author
    indented them with the block: there they stay in it, until one of them leaves it."""
    deepest = below
    if above is not None and not re.match(r"ivr\b", source.text[above.content : above.end]):
        deepest = max(below, above.level, 1)
    for width, row in waiting:
        level = below
        if deepest > below and width > 0 and above is not None:
            level = deepest if width >= above.width else max(1, below)
        deepest = min(deepest, level)
        yield replace(row, level=level)


def _with_blanks(rows: Iterator[_Row]) -> list[_Row]:
    """Decide for each row whether an empty line stands before it."""
    done: list[_Row] = []
    for row in rows:
        above = done[-1] if done else None
        done.append(replace(row, blank=above is not None and _parted(above, row)))
    return done


def _parted(above: _Row, row: _Row) -> bool:
    if above.heads and row.level > above.level:
        return False
    if above.is_line and above.is_line == row.is_line:
        return row.blank  # files that are used, and promises, stand in groups, as the author likes
    if row.level == 0 and not above.is_version and (above.level > 0 or above.tokens):
        return True
    return row.blank


# --------------------------------------------------------------------------------------------------------------------
# Columns


def _runs(rows: list[_Row], member: Callable[[_Row], bool]) -> Iterator[list[int]]:
    """Members of one level that follow each other. An empty line or another line of code ends a run, a comment
    does not."""
    run: list[int] = []
    for at, row in enumerate(rows):
        belongs = bool(row.tokens) and member(row)
        if row.blank or (row.tokens and not (belongs and run and rows[run[-1]].level == row.level)):
            if run:
                yield run
            run = []
        if belongs:
            run.append(at)
    if run:
        yield run


def _columns(rows: list[_Row]) -> dict[int, int]:
    """For rows with a column word: the width of the widest one of the run."""
    found: dict[int, int] = {}
    for run in _runs(rows, lambda row: row.tokens[0].text in COLUMN_WORDS):
        found |= dict.fromkeys(run, max(len(rows[at].tokens[0].text) for at in run))
    return found


def _arrows(rows: list[_Row]) -> dict[int, int]:
    """For rows with an arrow or a translation: the width of the widest left side of the run, unless that is too wide to
    align."""
    found: dict[int, int] = {}
    for member in (_arrow, _equals):
        for run in _runs(rows, partial(_has, member)):
            widest = max(_width(_join(rows[at].tokens[: member(rows[at].tokens)])) for at in run)
            if widest <= WIDEST_LEFT_SIDE:
                found |= dict.fromkeys(run, widest)
    return found


def _has(place: Callable[[tuple[_Token, ...]], int], row: _Row) -> bool:
    return place(row.tokens) > 0


def _arrow(tokens: tuple[_Token, ...]) -> int:
    """Which token is the arrow; 0 when none is."""
    return next((at for at, token in enumerate(tokens) if token.kind == "arrow"), 0)


def _equals(tokens: tuple[_Token, ...]) -> int:
    """Which token stands between a text and its translation; 0 when the line is none."""
    return int(len(tokens) > 1 and tokens[0].kind == "text" and tokens[1].text == "=")


def _width(text: str) -> int:
    """Columns on a screen: a phrase may be Japanese, and its accents may be characters of their own.
    Source: Unicode Standard Annex 11."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


# --------------------------------------------------------------------------------------------------------------------
# Text


def _render(row: _Row, column: int, arrow: int) -> str:
    tokens = tuple(_told(row.tokens)) if row.is_told else row.tokens
    parts = [_join(tokens, column, arrow)] if tokens else []
    parts += [row.comment] if row.comment else []
    return "\n" * row.blank + " " * (row.level * UNIT) + "  ".join(parts) + "\n"


def _told(tokens: tuple[_Token, ...]) -> Iterator[_Token]:
    """The tokens of a line of a test: keys that are written together are one, and a parenthesis holds a list."""
    pressed = tokens[0].text == "presses"
    for token in tokens:
        if pressed and (token.text in ("*", "#") or token.text.isdecimal()):
            yield replace(token, kind="other")
        else:
            yield replace(token, kind="list") if token.text == "(" else token


def _join(tokens: tuple[_Token, ...], column: int = 0, arrow: int = 0) -> str:
    """The tokens with their canonical gaps; ``column`` and ``arrow`` are widths to fill before the second token and
    before the arrow (or the ``=`` of a translation)."""
    text = tokens[0].text.ljust(column) if tokens else ""
    aligned = (_arrow(tokens) or _equals(tokens)) if arrow else 0
    for at, (left, right) in enumerate(pairwise(tokens), start=1):
        if at == aligned:
            text += " " * (arrow - _width(text))
        signed = at > 1 and left.text == "-" and tokens[at - 2].text in BEFORE_SIGNS and right.text != "-"
        text += " " * (_apart(left, right) and not signed) + right.text
    return text


def _apart(left: _Token, right: _Token) -> bool:
    if right.text in (",", ")", ".") or left.text in ("(", "."):
        return False
    if right.kind == "list":
        return True
    if right.text == "(" and left.text not in BEFORE_GROUPS and _NAME.fullmatch(left.text):
        return False  # what is called, and its arguments
    if "other" in (left.kind, right.kind):
        return right.apart
    return True
