"""Lines, their levels, and where declarations begin.

A script is two levels deep: declarations at the margin, their lines indented by four spaces, the cases of a ``when`` by
eight. That makes a forgiving reading possible: the level of every line is known from its words and the lines above,
even where the spaces are wrong. Wrong spaces are reported once and the parser never sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.source import Source, Span
from dsl.spell import nearest
from dsl.syntax.findings import finding
from dsl.syntax.words import DECLARATIONS, ELSEWHERE, LINES, OPENERS

UNIT = 4
_BLANK = " \t\f\ufeff"
_ODD = "\u00a0\u2002\u2003\u2009\u200b\u202f\u3000"
"""Blanks that come from web pages and word processors. At the start of a line they are read as spaces and reported."""
_SPACES = str.maketrans(dict.fromkeys(_ODD + "\ufeff", " "))
_DECLARATION = re.compile(
    rf"({'|'.join(word for word in DECLARATIONS if word not in ('use', 'prompts', 'test', 'promise'))})"
    r"[ \t]+[A-Za-z_][A-Za-z0-9_]*[ \t]*(;.*)?$"
    r'|flow\b.*$|ivr[ \t]+[0-9]|use[ \t]+".*$|prompts[ \t]+[a-z]{2,3}-[A-Z]{2}'
    r'|test[ \t]+".*$|promise[ \t]+\S.*$'
)
_OPENER = re.compile(rf"({'|'.join(OPENERS)})\b")
_ALONE = re.compile(r"(record[ \t]+call|transcribe[ \t]+call|stream[ \t]+audio|notify|brief)\b")
_BRIEF = re.compile(rf"({'|'.join(LINES['brief'])})\b")
_FILLER = re.compile(r"after[ \t]+[0-9.]+[a-z]*[ \t]+(say|play)\b")
_STATEMENT_WORDS = frozenset(word.split()[0] for words in LINES.values() for word in words) - {
    "is",
    "says",
    "otherwise",
}
_NEVER_AN_OUTCOME = frozenset(w.split()[0] for k in LINES if k not in ("hours", "when", "test") for w in LINES[k]) - {
    "no"
}
_FOREIGN_COMMENT = re.compile(r"#|//|--|/\*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line with code on it. ``level`` is what it means, ``width`` how far it is really indented."""

    number: int
    start: int
    content: int
    end: int
    width: int
    level: int
    opens: bool
    may_stand_alone: bool = False
    """It opens a block, and may have nothing in it: then the next statement follows."""
    hands_over: bool = False

    @property
    def indent(self) -> Span:
        return Span(self.start, self.content)


@dataclass(frozen=True, slots=True)
class Layout:
    """The code lines in order, and what was wrong with their spaces.

    ``text`` is the source's text with everything at its place; where a line is a comment of another language, it is one
    of this language.
    """

    lines: tuple[Line, ...]
    diagnostics: tuple[Diagnostic, ...]
    text: str

    def chunks(self) -> Iterator[tuple[Line, ...]]:
        """The lines of each declaration, the declaration's own first. Lines before the first one come alone."""
        chunk: list[Line] = []
        for line in self.lines:
            if line.level == 0 and chunk:
                yield tuple(chunk)
                chunk = []
            chunk.append(line)
        if chunk:
            yield tuple(chunk)


def read_layout(source: Source) -> Layout:
    """Find the level of every line of code."""
    lines: list[Line] = []
    foreign: list[tuple[int, Span]] = []
    opener: Line | None = None
    kind = ""
    for number, start, content, end in _code_lines(source):
        text = source.text[content:end]
        if mark := _FOREIGN_COMMENT.match(text):
            foreign.append((number, Span(content, content + mark.end())))
            continue
        width = sum(UNIT if c == "\t" else 1 for c in source.text[start:content] if c != "\ufeff")
        level = (
            1
            if width and (_is_callback_line(kind, text) or _is_test_line(kind, text))
            else _level(text, width, opener, any(line.level == 0 for line in lines))
        )
        kind = _kind(text) if level == 0 else kind
        opens = level == 1 and (kind == "step" or kind not in DECLARATIONS) and _opens(text)
        alone, brief = bool(_ALONE.match(text)), _word(text) == "brief"
        line = Line(number, start, content, end, width, level, opens, opens and alone, opens and brief)
        lines.append(line)
        if level < 2:
            opener = line if opens else None
    read = re.sub(rf"(?m)^[{_BLANK}{_ODD}]+", lambda m: m.group().translate(_SPACES), source.text)
    for _, span in foreign:
        read = read[: span.start] + ";".ljust(span.end - span.start) + read[span.end :]
    return Layout(tuple(lines), (*_check(source, lines), *_foreign(source, foreign)), read)


def _code_lines(source: Source) -> Iterator[tuple[int, int, int, int]]:
    for number in range(1, source.line_count + 1):
        text = source.line_text(number)
        stripped = text.strip(_BLANK + _ODD)
        if not stripped or stripped.startswith(";"):
            continue
        start = source.line_start(number)
        content = start + len(text) - len(text.lstrip(_BLANK + _ODD))
        yield number, start, content, start + len(text.rstrip(_BLANK))


def _level(text: str, width: int, opener: Line | None, inside: bool) -> int:
    if _DECLARATION.match(text):
        return 0
    if opener is not None and (_is_case(text) or (opener.hands_over and _BRIEF.match(text))):
        return 2
    if width == 0:
        first = re.match(r"[A-Za-z_]+", text)
        stray = inside and first is not None and first.group() in _STATEMENT_WORDS and first.group() not in DECLARATIONS
        return 1 if stray or (inside and not _visible(text)) else 0
    if opener is not None and width > opener.width:
        return 1 if opener.may_stand_alone and _is_statement(text) else 2
    return 1


def _visible(text: str) -> bool:
    """Whether anything can be seen of a line. Control characters alone, left by a paste, begin no declaration: the
    block goes on below them."""
    return any(each.isprintable() and not each.isspace() for each in text)


def _is_callback_line(kind: str, text: str) -> bool:
    """``queue billing`` and ``hours support`` in a `callback`, where `for queue` and `during` are meant."""
    return kind == "callback" and re.match(r"(queue|hours)\b", text) is not None


def _is_test_line(kind: str, text: str) -> bool:
    """``transfer busy`` in a test: what the other side does, not the beginning of a block."""
    return kind == "test" and re.match(r"(transfer|queue|voicemail|callback|consult|pay|dial)\b", text) is not None


def _kind(text: str) -> str:
    """What a line at the margin declares, also when the word is misspelt."""
    word = _word(text)
    return word if word in DECLARATIONS else nearest(word, DECLARATIONS) or ELSEWHERE.get(word.lower()) or word


def _word(text: str) -> str:
    """The first word of a line; a line of separators that nobody sees has none."""
    return next(iter(text.split()), "")


def _is_statement(text: str) -> bool:
    """Whether a line can only be the next statement of a step."""
    words = " ".join(text.split())
    return any(words == each or words.startswith(f"{each} ") for each in LINES["step"])


def _is_case(text: str) -> bool:
    """Whether a line below a `when` can only be one of its cases, wherever it begins."""
    code = re.sub(r'"(\\.|[^"\\])*"', '""', text).split(";")[0]
    if _FILLER.match(code):
        return True
    first = re.match(r"[A-Za-z_]+|[<>]", code)
    return first is not None and "->" in code and first.group() not in _NEVER_AN_OUTCOME


def _opens(text: str) -> bool:
    code = re.sub(r'"(\\.|[^"\\])*"', '""', text).split(";")[0]
    word = re.match(r"[A-Za-z_]+", code)
    foreign = word is not None and ELSEWHERE.get(word.group().lower()) in OPENERS
    return (bool(_OPENER.match(code)) or foreign) and "->" not in code


def _check(source: Source, lines: list[Line]) -> Iterator[Diagnostic]:
    tabbed = [line for line in lines if "\t" in source.slice(line.indent)]
    if tabbed:
        yield _tabs(source, tabbed)
    odd = [line for line in lines if set(source.slice(line.indent)) & set(_ODD)]
    if odd:
        yield _invisible(source, odd)
    groups: dict[tuple[int, int], list[Line]] = {}
    declarations: dict[int, Line | None] = {}
    declaration: Line | None = None
    opener: Line | None = None
    for line in lines:
        if line.level == 0:
            declaration = line
        opener = line if line.opens else opener
        seen = _visible(source.text[line.content : line.end])
        if line.width == line.level * UNIT or line in tabbed or line in odd or not seen:
            continue
        owner = line.number if line.level == 0 or declaration is None else declaration.number
        key = (owner, line.width - line.level * UNIT)
        declarations[line.number] = declaration if line.level < 2 else opener
        groups.setdefault(key, []).append(line)
    for group in groups.values():
        yield _indentation(source, group, declarations[group[0].number])


def _foreign(source: Source, comments: list[tuple[int, Span]]) -> Iterator[Diagnostic]:
    """One finding for comments on lines that follow each other."""
    runs: list[list[tuple[int, Span]]] = []
    for number, span in comments:
        if runs and runs[-1][-1][0] == number - 1:
            runs[-1].append((number, span))
        else:
            runs.append([(number, span)])
    for run in runs:
        span = run[0][1]
        yield finding(
            source,
            "IVR100",
            f"`{source.slice(span)}` does not start a comment",
            span,
            f"{len(run)} lines begin like this" if len(run) > 1 else "here",
            help="a comment starts with `;`",
            fix=Fix("write comments with `;`", tuple(Edit(each, ";") for _, each in run), "safe"),
        )


def _tabs(source: Source, lines: list[Line]) -> Diagnostic:
    edits = tuple(Edit(line.indent, " " * (line.level * UNIT)) for line in lines)
    count = f"{len(lines)} lines are" if len(lines) > 1 else "this line is"
    return finding(
        source,
        "IVR115",
        "tab used for indentation",
        lines[0].indent,
        f"{count} indented with tabs",
        help="indent with four spaces",
        fix=Fix("replace the tabs by spaces", edits, "safe"),
    )


def _invisible(source: Source, lines: list[Line]) -> Diagnostic:
    edits = tuple(Edit(line.indent, " " * (line.level * UNIT)) for line in lines)
    count = f"{len(lines)} lines begin" if len(lines) > 1 else "this line begins"
    return finding(
        source,
        "IVR100",
        "a line does not begin with ordinary spaces",
        lines[0].indent,
        f"{count} with blanks of a web page or a word processor",
        help="indent with four spaces",
        fix=Fix("replace them by spaces", edits, "safe"),
    )


def _below(source: Source, opener: Line | None) -> str:
    """What is wrong with the place of a line below a statement."""
    word = source.text[opener.content :].split(maxsplit=1)[0] if opener is not None else "when"
    what = "a case of a `when`" if word == "when" else f"a line below `{word}`"
    return f"{what} is indented by 8 spaces"


def _indentation(source: Source, lines: list[Line], declaration: Line | None) -> Diagnostic:
    """One finding for all lines of a declaration that are off by the same number of spaces: it is one mistake."""
    line = lines[0]
    wanted = line.level * UNIT
    labels: tuple[Label, ...] = ()
    if line.level and declaration is not None:
        what = "the block that it stands in" if line.level < 2 else "the statement that it belongs to"
        labels = (Label(Span(declaration.content, declaration.end), what),)
    where = {0: "a declaration starts at the margin", 1: "a line of a block is indented by 4 spaces"}
    headline = where.get(line.level) or _below(source, declaration)
    edits = tuple(Edit(other.indent, " " * (other.level * UNIT)) for other in lines)
    span = line.indent if line.width else Span(line.content, line.end)
    return finding(
        source,
        "IVR114",
        headline,
        span,
        f"this one is indented by {line.width}",
        labels=labels,
        help=f"indent it by {wanted} spaces" if wanted else "remove the spaces before it",
        fix=Fix("repair the indentation", edits, "safe"),
    )
