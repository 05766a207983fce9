"""Reading a whole file so that all of its mistakes are found in one run.

Each declaration is parsed alone. When a line of it cannot be read, that line is explained, blanked out and the
declaration is parsed again: the rest keeps its places, and one mistake cannot disturb the next declaration.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from lark import Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from dsl.ast import Declaration, Name, Script
from dsl.bundle import section_starts
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Source, Span
from dsl.spell import listed, nearest
from dsl.syntax.explain import explain
from dsl.syntax.findings import finding, not_built, unsupported
from dsl.syntax.foreign import brace, character
from dsl.syntax.layout import Line, read_layout
from dsl.syntax.lower import Lowering, lower
from dsl.syntax.parser import read_declaration
from dsl.syntax.trouble import Trouble
from dsl.syntax.words import DECLARATIONS, ELSEWHERE, PLANNED, UNSUPPORTED, keyword_text

VERSION = 1
RESERVED = ("finish", "repeat")
"""What cannot be the name of a block: behind an arrow it means something already."""

_LIKE_A_VERSION = re.compile(r"(?:ivr|version)[ \t]+[0-9.]+[ \t]*(;.*)?$", re.I)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree, complete as far as the text could be read, and everything that could not."""

    script: Script
    diagnostics: tuple[Diagnostic, ...]


def parse(source: Source) -> Parsed:
    """Read a script. Never raises for any text."""
    layout = read_layout(source)
    diagnostics = list(layout.diagnostics)
    declarations: list[Declaration] = []
    lost: set[str] = set()
    unread: set[str] = set()
    version = None
    heads = _first_lines(source)
    for lines in layout.chunks():
        first = source.slice(Span(lines[0].content, lines[0].end))
        leads = heads and lines[0].start >= heads[0]
        while heads and lines[0].start >= heads[0]:
            heads.pop(0)
        if re.match(r"ivr\b", first) or (leads and _LIKE_A_VERSION.match(first)):
            named, found = _version(source, lines, bool(leads))
            version = version or named  # a script speaks for the files that it uses
            diagnostics += found
            continue
        chunk = _Chunk(source, layout.text, lines)
        diagnostics += chunk.read()
        lost |= chunk.lost
        unread |= chunk.unread
        if chunk.declaration is not None:
            declarations.append(chunk.declaration)
        else:
            lost.update(_NAME.findall(first)[1:2] or [""])
    if version is None and not any(d.code == "IVR101" for d in diagnostics):
        diagnostics.append(_no_version(source, layout.lines))
    script = Script(version, tuple(declarations), frozenset(lost), Span(0, len(source.text)), frozenset(unread))
    return Parsed(script, tuple(diagnostics))


def _first_lines(source: Source) -> list[int]:
    """Where the files of a bundle begin: each begins with its version."""
    return [0, *section_starts(source)]


def _version(source: Source, lines: tuple[Line, ...], first: bool) -> tuple[Name | None, list[Diagnostic]]:
    line = lines[0]
    span = Span(line.content, line.end)
    words = re.match(r"ivr[ \t]+([0-9]+)[ \t]*(;.*)?$", source.slice(span))
    name = Name("ivr", span)
    if words is None or int(words.group(1)) != VERSION:
        what = f"language version `{words.group(1)}` is not known" if words else "the version line cannot be read"
        fix = Fix("write the version of this language", (Edit(span, f"ivr {VERSION}"),), "unsafe")
        return name, [finding(source, "IVR101", what, span, "here", help=f"write `ivr {VERSION}`", fix=fix)]
    if not first:
        return name, [
            finding(
                source, "IVR101", "`ivr` must be the first line", span, "not the first line", help="move it to the top"
            )
        ]
    return name, [
        finding(
            source,
            "IVR100",
            "nothing belongs below the version line",
            Span(extra.content, extra.end),
            "indented line",
            help="begin it at the margin, if it is a declaration; else move it below one, such as `flow main`",
        )
        for extra in lines[1:2]
    ]


def _no_version(source: Source, lines: tuple[Line, ...]) -> Diagnostic:
    span = Span(lines[0].content, lines[0].end) if lines else Span(0, 0)
    return finding(
        source,
        "IVR101",
        "the script does not say which version of the language it is written in",
        span,
        "before this line" if lines else "the file is empty",
        help=f"make `ivr {VERSION}` the first line",
        fix=Fix("add the version line", (Edit(Span(0, 0), f"ivr {VERSION}\n"),), "safe"),
    )


def _statement_kind(head: str) -> str:
    """What the lines below a statement belong to, as `words.LINES` calls it."""
    match = re.match(r"(when[ \t]+hours|(?:record|transcribe)[ \t]+call|stream[ \t]+audio|[a-z]+)\b", head)
    return " ".join(match.group(1).split()) if match else "when"


class _Chunk:
    """One declaration while it is being read. A line that cannot be read is repaired where it is plain what was meant,
    and else blanked out. ``offsets`` says where in the source each character of the text stands."""

    def __init__(self, source: Source, text: str, lines: tuple[Line, ...]) -> None:
        self.source = source
        self.lines = list(lines)
        self.start = source.line_start(lines[0].number)
        self.text = text[self.start : lines[-1].end] + "\n"
        self.offsets: Sequence[int] = range(self.start, self.start + len(self.text) + 1)
        self.broken = False
        self.told: set[int] = set()
        self.unread: set[str] = set()
        self.kind = (re.match(r"[A-Za-z_]*", source.text[lines[0].content :]) or [""])[0]
        self.declaration: Declaration | None = None
        self.lost: set[str] = set()

    def read(self) -> Iterator[Diagnostic]:
        if self.kind not in DECLARATIONS:
            yield self._unknown_declaration()
        while self.lines:
            try:
                tree = read_declaration(self.text, self._levels(), "declaration")
            except UnexpectedInput as error:
                line = self._line_of(error)
                if line is None:
                    return
                yield from self._mend(error, line)
                if not self.lines:
                    return
            else:
                yield from self._lower(tree)
                return

    def _mend(self, error: UnexpectedInput, line: Line) -> Iterator[Diagnostic]:
        """Explain a line, once, and repair it or take it out."""
        fix = None
        if line.number not in self.told and not self._is_aftermath(error, line):
            self.told.add(line.number)
            diagnostic = explain(self._trouble(error, line))
            fix = diagnostic.fix
            yield diagnostic
        if self._repair(line, fix):
            return
        if line.level:
            self._blank(line)
        elif self.lost or not self._repair_head(line):
            self.lines = []  # nothing of it can be read

    def _repair(self, line: Line, fix: Fix | None) -> bool:
        """Read a line as the fix of its mistake would make it: what stands on it is then known to all rules."""
        if fix is None or fix.safety != "safe":
            return False
        inside = all(line.content <= edit.span.start <= edit.span.end <= line.end for edit in fix.edits)
        if not inside or any("\n" in edit.text for edit in fix.edits):
            return False
        for edit in sorted(fix.edits, key=lambda each: each.span, reverse=True):
            self._replace_parts(edit)
        return True

    def _replace(self, span: Span, text: str) -> None:
        begin, end = self._position(span.start), self._position(span.end)
        offsets = list(self.offsets)
        within = [offsets[min(begin + i, end)] for i in range(len(text))]
        self.offsets = [*offsets[:begin], *within, *offsets[end:]]
        self.text = self.text[:begin] + text + self.text[end:]

    def _replace_parts(self, edit: Edit) -> None:
        """Only what differs, so that a text that keeps its words keeps its place in the source."""
        old = self.source.slice(edit.span)
        for what, begin, end, first, last in reversed(SequenceMatcher(None, old, edit.text, False).get_opcodes()):
            if what != "equal":
                self._replace(Span(edit.span.start + begin, edit.span.start + end), edit.text[first:last])

    def _position(self, offset: int) -> int:
        """Where a place of the source stands in the text; behind what was put in there."""
        return bisect_right(self.offsets, offset) - 1

    def _lower(self, tree: Tree[Token]) -> Iterator[Diagnostic]:
        lowering = Lowering(self.source, self.offsets, self.broken)
        self.declaration = lower(tree, lowering)
        yield from lowering.diagnostics
        name = self.declaration.name
        if name.text in RESERVED:
            self.declaration = replace(self.declaration, broken=True)
            yield finding(
                self.source,
                "IVR110",
                f"`{name.text}` cannot be the name of a block",
                name.span,
                f"`-> {name.text}` means something else already",
                help="choose another name",
            )

    def _repair_head(self, line: Line) -> bool:
        """Read the lines of a declaration whose own line is wrong, under the name that it was most likely to have.

        Whatever else the name may have been counts as lost, so that nobody is told that it does not exist.
        """
        if self.kind not in DECLARATIONS or self.kind in ("use", "prompts", "test", "promise"):
            return False
        words = self.source.slice(Span(line.content, line.end)).split(";")[0].split()[1:]
        names = _NAME.findall(" ".join(words))
        first = re.sub(r"[^A-Za-z0-9_]+", "_", words[0]).strip("_") if words else ""
        name = first if _NAME.fullmatch(first) else next(iter(names), "_")
        self.lost |= {*names, "_".join(names)} if names else {""}
        self.unread.update(_NAME.findall(self.source.slice(Span(line.content, line.end))))
        given = re.search(r"\b(?:gives|returns)\b([^;\"]*)", self.source.slice(Span(line.content, line.end)))
        gives = [each for each in _NAME.findall(given.group(1)) if each not in ("for", "or", "and")] if given else []
        self._replace(
            Span(line.content, line.end), f"{self.kind} {name}" + (f" gives {', '.join(gives)}" if gives else "")
        )
        self.broken = True
        return True

    def _levels(self) -> dict[int, int]:
        first = self.lines[0].number
        return {line.number - first + 1: line.level for line in self.lines}

    def _line_of(self, error: UnexpectedInput) -> Line | None:
        """The line to blame. A missing word is noticed at the newline or at the next line: that is the line before."""
        number = getattr(error, "line", -1)
        if not isinstance(number, int) or number < 1:
            number = self.lines[-1].number - self.lines[0].number + 1
        wanted = number + self.lines[0].number - 1
        token = getattr(error, "token", None)
        if token and getattr(error, "accepts", None) == {"_INDENT"}:  # the next statement stands where lines belong
            wanted -= 1
        candidates = [line for line in self.lines if line.number <= wanted]
        return candidates[-1] if candidates else self.lines[-1]

    def _is_aftermath(self, error: UnexpectedInput, line: Line) -> bool:
        """Whether a ``when`` is only wrong because all of its cases were blanked out."""
        below = [other for other in self.lines if other.number > line.number][:1]
        gone = line.opens and not (below and below[0].level == 2)
        return gone and self.broken and getattr(error, "token", None) is not None and self._had_cases(line)

    def _had_cases(self, line: Line) -> bool:
        following = self.source.text[line.end :].lstrip("\r\n")
        return following.startswith((" " * 5, "\t\t"))

    def _trouble(self, error: UnexpectedInput, line: Line) -> Trouble:
        terminals: set[str] = set()
        if isinstance(error, UnexpectedToken):
            terminals = set(error.accepts or error.expected or ())
        elif isinstance(error, UnexpectedCharacters):
            terminals = set(error.allowed or ())
        position = self.offsets[min(getattr(error, "pos_in_stream", None) or 0, len(self.offsets) - 1)]
        position = min(max(position, line.content), line.end)
        length = len(error.token) if isinstance(error, UnexpectedToken) and error.token.type != "_NL" else 1
        whole = _NAME.match(self.source.text, position, line.end)
        cut = whole is not None and whole.end() > position + length  # `every` of `everywhere`
        length = whole.end() - position if whole is not None and cut else length
        kind = self.kind
        if line.level == 2:
            opener = [other for other in self.lines if other.level == 1 and other.number < line.number]
            head = self.source.slice(Span(opener[-1].content, opener[-1].end)) if opener else ""
            kind = _statement_kind(head)
        elif line.level == 0:
            kind = ""
        found = Span(position, min(position + length, line.end))
        keyword = isinstance(error, UnexpectedToken) and not cut and keyword_text(error.token.type) is not None
        return Trouble(self.source, Span(line.content, line.end), found, kind, frozenset(terminals), keyword)

    def _blank(self, line: Line) -> None:
        """Take a line out, with the cases below it when it opens a block."""
        self.broken = True
        gone = [line]
        if line.opens:
            for other in self.lines:
                if other.number > line.number:
                    if other.level != 2:
                        break
                    gone.append(other)
        for each in gone:
            begin, end = bisect_left(self.offsets, each.content), self._position(each.end)
            self.text = self.text[:begin] + " " * (end - begin) + self.text[end:]
            self.unread.update(_NAME.findall(self.source.slice(Span(each.content, each.end))))
            self.lines.remove(each)

    def _unknown_declaration(self) -> Diagnostic:
        line = self.lines[0]
        word = self.kind
        span = Span(line.content, line.content + len(word)) if word else Span(line.content, line.end)
        trouble = Trouble(self.source, Span(line.content, line.end), span, "", frozenset())
        stray = (brace(trouble) or character(trouble)) if not word else None
        if stray is not None:
            self.lines = []
            return stray
        if word in PLANNED or word in UNSUPPORTED:
            self.lines = []
            return (not_built if word in PLANNED else unsupported)(self.source, word, span)
        close = nearest(word, DECLARATIONS)
        if close is None:
            self.lines = []
            meant = ELSEWHERE.get(word.lower(), "")
            known = f"a line at the margin starts with {listed(DECLARATIONS)}"
            return finding(
                self.source,
                "IVR106",
                f"no declaration is called `{word}`" if word else "this is not a declaration",
                span,
                "not known here",
                help=f"did you mean `{meant}`?" if meant in DECLARATIONS else known,
            )
        self._replace(span, close)
        self.kind = close
        return finding(
            self.source,
            "IVR106",
            f"no declaration is called `{word}`",
            span,
            "not known here",
            help=f"did you mean `{close}`?",
            fix=Fix(f"write `{close}`", (Edit(span, close),), "safe"),
        )
