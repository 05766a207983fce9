"""The small parts of a declaration: texts with holes, durations, routes, options, expressions, lines of opening
hours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from lark import Token, Tree

from dsl import ast
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.source import Source, Span
from dsl.spell import listed, nearest
from dsl.syntax.findings import finding

Node = Tree[Token]
T = TypeVar("T")

MOST_DIGITS = 15
"""More digits than this a number cannot hold exactly."""
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_AFTER: dict[str, Literal["tries", "silences", "wrong"]] = {
    "tries": "tries",
    "try": "tries",
    "silences": "silences",
    "silence": "silences",
    "wrong": "wrong",
}
_DESTINATIONS = ("block", "go_to", "finish", "hang_up", "repeat", "give", "go_back")
_HOLE = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)\s*(?:\bas\s+([A-Za-z_][A-Za-z0-9_]*)\s*)?"
)


@dataclass(slots=True)
class Lowering:
    """Where each character of the chunk stands in its source, and what was found while lowering it."""

    source: Source
    offsets: Sequence[int]
    broken: bool
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def offset(self, position: int) -> int:
        """From the chunk's text to the source: what was repaired may have another length there."""
        return self.offsets[position]

    def span(self, node: Node | Token) -> Span:
        """Without the newline that ends a line, and without the indentation before it."""
        if isinstance(node, Token):
            return Span(self.offset(node.start_pos or 0), self._end(node.end_pos or 0))
        start = self.offset(node.meta.start_pos)
        end = self._end(node.meta.end_pos)
        piece = self.source.text[start:end]
        kept = _without_trailing_trivia(piece)
        return Span(start, start + len(kept))

    def _end(self, position: int) -> int:
        """The end of what ends before a position: what was taken out behind it does not belong to it."""
        return min(self.offsets[position], self.offsets[position - 1] + 1) if position else self.offsets[0]

    def twice(self, first: Span, second: Span, what: str) -> None:
        self.diagnostics.append(
            finding(
                self.source,
                "IVR105",
                f"`{what}` is given twice",
                second,
                "a second time",
                labels=(Label(first, "first given here"),),
                help="keep one of them",
            )
        )

    def refuse(self, span: Span, headline: str, label: str, help: str) -> None:
        """Something that can be read and makes no sense; the declaration counts as broken."""
        self.diagnostics.append(finding(self.source, "IVR100", headline, span, label, help=help))
        self.broken = True

    def after_word(self, word: Token) -> Literal["tries", "silences", "wrong"] | None:
        found = _AFTER.get(str(word))
        if found is None:
            close = nearest(str(word), _AFTER)
            self.diagnostics.append(
                finding(
                    self.source,
                    "IVR106",
                    f"`after` cannot count `{word}`",
                    self.span(word),
                    "not known here",
                    help=f"did you mean `{close}`?" if close else f"it counts {listed(['tries', 'silences', 'wrong'])}",
                    fix=Fix(f"write `{close}`", (Edit(self.span(word), close),), "safe") if close else None,
                )
            )
            self.broken = True
        return found


def _without_trailing_trivia(piece: str) -> str:
    """Cut trailing blank and comment lines and a comment behind the code; a quote protects a semicolon."""
    while True:
        head, newline, tail = piece.rpartition("\n")
        line = re.sub(r'"(\\.|[^"\\])*"', lambda m: "x" * len(m.group()), tail)
        code = line.split(";")[0].rstrip() if ";" in line else line.rstrip()
        if code or not newline:
            return head + newline + tail[: len(code)]
        piece = head


def inner(tree: Node) -> Node:
    """The only child that is a tree."""
    return trees(tree)[0]


def trees(node: Node) -> list[Node]:
    return [child for child in node.children if isinstance(child, Tree)]


def tokens(node: Node, kind: str) -> list[Token]:
    return [child for child in node.children if isinstance(child, Token) and child.type == kind]


def optional(node: Node, kind: str) -> Token | None:
    return next(iter(tokens(node, kind)), None)


def token(node: Node, kind: str) -> Token:
    return tokens(node, kind)[0]


def name(at: Token, to: Lowering) -> ast.Name:
    return ast.Name(str(at).strip('"'), to.span(at))


def count(at: Token, to: Lowering) -> ast.Count:
    return ast.Count(int(number_text(at, to)), to.span(at))


def number_text(at: Token, to: Lowering) -> str:
    """The digits of a number; one that nothing in a call could ever reach is reported."""
    if len(at) <= MOST_DIGITS:
        return str(at)
    to.diagnostics.append(
        finding(
            to.source,
            "IVR100",
            f"a number has at most {MOST_DIGITS} digits",
            to.span(at),
            f"this one has {len(at)}",
            help="write an account or a telephone number as a text in quotes",
        )
    )
    to.broken = True
    return str(at)[:MOST_DIGITS]


def say_of(node: Node, to: Lowering) -> ast.Text | None:
    """The sentence said on the way of a route."""
    found = optional(node, "STRING")
    return text(found, to) if found else None


def duration(node: Node, to: Lowering) -> ast.Duration:
    at = next(t for t in node.children if isinstance(t, Token) and t.type in ("DURATION", "INT"))
    span = to.span(at)
    if at.type == "INT":
        glued = to.source.text[span.end : span.end + 1].isalpha()  # `490sof silence`: the unit may be there
        to.diagnostics.append(
            finding(
                to.source,
                "IVR104",
                "a duration needs a unit",
                span,
                "seconds, minutes or hours?",
                help=f"write `{at}s` for seconds",
                fix=None if glued else Fix(f"write `{at}s`", (Edit(span, f"{at}s"),), "safe"),
            )
        )
        return ast.Duration(float(number_text(at, to)), span, unit=False)
    match = re.fullmatch(r"([0-9.]+)(ms|s|m|h|d)", str(at))
    assert match is not None
    return ast.Duration(float(match.group(1)) * _SECONDS[match.group(2)], span)


# --------------------------------------------------------------------------------------------------------------------
# Texts


def text(at: Token, to: Lowering) -> ast.Text:
    span = to.span(at)
    return ast.Text(tuple(_parts(str(at)[1:-1], span.start + 1, to)), span)


def _parts(raw: str, base: int, to: Lowering) -> Iterator[ast.TextPart]:
    words, begin, i = "", 0, 0
    while i < len(raw):
        if raw[i] == "\\" and i + 1 < len(raw):
            words += {"n": "\n"}.get(raw[i + 1], raw[i + 1])
            i += 2
            continue
        if raw[i] != "{":
            words += raw[i]
            i += 1
            continue
        end = raw.find("}", i)
        if words:
            yield ast.Words(words, Span(base + begin, base + i))
        words, stop = "", len(raw) if end < 0 else end + 1
        hole = _hole(raw[i:stop], base + i, to)
        if hole is not None:
            yield hole
        begin = i = stop
    if words:
        yield ast.Words(words, Span(base + begin, base + len(raw)))


def _hole(raw: str, start: int, to: Lowering) -> ast.Hole | None:
    span = Span(start, start + len(raw))
    match = _HOLE.fullmatch(raw[1:-1]) if raw.endswith("}") else None
    if match is None:
        closed = raw.endswith("}")
        to.diagnostics.append(
            finding(
                to.source,
                "IVR100",
                "a value in a text cannot be read" if closed else "`{` in a text is not closed",
                span,
                "expected `{name}` or `{name as format}`" if closed else "starts here",
                help="write a brace that is to be spoken as `\\{`",
            )
        )
        to.broken = True
        return None
    path = tuple(part.strip() for part in match.group(1).split("."))
    at = Span(start + 1 + match.start(2), start + 1 + match.end(2)) if match.group(2) else None
    return ast.Hole(path, match.group(2) or "", span, at)


# --------------------------------------------------------------------------------------------------------------------
# Destinations, routes, options, cases


def destination(node: Node, to: Lowering) -> ast.Destination:
    """The last tree of a line is where it goes."""
    found = node if node.data in _DESTINATIONS else trees(node)[-1]
    span = to.span(found)
    match found.data:
        case "block" | "go_to":
            return ast.GoTo(name(token(found, "NAME"), to), span)
        case "finish":
            return ast.Finish(name(token(found, "NAME"), to), span)
        case "hang_up":
            return ast.HangUp(span)
        case "repeat":
            return ast.Repeat(span)
        case "give":
            return ast.Give(name(token(found, "NAME"), to), span)
        case "go_back":
            return ast.GoBack(span)
        case other:
            raise AssertionError(f"the grammar has a destination {other} that nothing lowers")


def outcome_route(node: Node, to: Lowering) -> ast.Route:
    found = [tree for tree in trees(node) if tree.data == "outcome"]
    outcomes = tuple(_outcome(tree, to) for tree in found)
    waits = [duration(tree, to) for tree in found if optional(tree, "DURATION")]
    return ast.Route(outcomes, say_of(node, to), destination(node, to), to.span(node), waits[0] if waits else None)


def _outcome(node: Node, to: Lowering) -> ast.Name:
    """The words of an outcome. Its duration is not part of the name."""
    words = tokens(node, "NAME")
    return ast.Name(" ".join(str(word) for word in words), Span(to.span(words[0]).start, to.span(words[-1]).end))


def option(node: Node, to: Lowering) -> ast.Option:
    keys = tuple(name(next(iter(tree.scan_values(lambda _: True))), to) for tree in trees(node) if tree.data == "key")
    phrases = tuple(text(at, to) for tree in trees(node) if tree.data == "phrases" for at in tokens(tree, "STRING"))
    meanings = tuple(text(at, to) for tree in lines_of(node, "meanings") for at in tokens(tree, "STRING"))
    hidden = optional(node, "HIDDEN") is not None
    return ast.Option(keys, phrases, destination(node, to), to.span(node), hidden, meanings)


def routes(node: Node, to: Lowering) -> tuple[ast.Route, ...]:
    """The lines with an outcome below a declaration or a statement."""
    return tuple(outcome_route(line, to) for line in trees(node) if line.data == "route")


def filler(node: Node, to: Lowering) -> ast.Filler:
    file = optional(node, "PLAY") is not None
    return ast.Filler(duration(trees(node)[0], to), text(token(node, "STRING"), to), file, to.span(node))


def fillers(node: Node, to: Lowering) -> tuple[ast.Filler, ...]:
    return tuple(filler(line, to) for line in trees(node) if line.data == "filler")


def limit(node: Node, to: Lowering) -> ast.Duration | None:
    """``within 3s`` of a line, if it is there."""
    found = next((tree for tree in trees(node) if tree.data == "within"), None)
    return duration(trees(found)[0], to) if found else None


def child(node: Node, kind: str) -> Node | None:
    return next((tree for tree in trees(node) if tree.data == kind), None)


def minutes(clock: str) -> int:
    """Minutes after midnight; what is past 24:00 is left for the linter to refuse."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def lines_of(node: Node, kind: str) -> list[Node]:
    """The lines of one kind below a declaration."""
    return [tree for tree in trees(node) if tree.data == kind]


def once(to: Lowering, found: Sequence[tuple[Node, T]], what: str) -> T | None:
    """The one value of a line that may be given once; a second one is reported and the first kept."""
    for node, _ in found[1:]:
        to.twice(to.span(found[0][0]), to.span(node), what)
    return found[0][1] if found else None


def one_duration(node: Node, kind: str, what: str, to: Lowering) -> ast.Duration | None:
    """The duration of a line such as ``ring 25s``."""
    return once(to, [(line, duration(trees(line)[0], to)) for line in lines_of(node, kind)], what)


def one_name(node: Node, kind: str, what: str, to: Lowering) -> ast.Name | None:
    """The name on a line such as ``caller id main_line``."""
    return once(to, [(line, name(token(line, "NAME"), to)) for line in lines_of(node, kind)], what)


def one_text(node: Node, kind: str, what: str, to: Lowering) -> ast.Text | None:
    """The text on a line such as ``music "hold"``."""
    return once(to, [(line, text(token(line, "STRING"), to)) for line in lines_of(node, kind)], what)


def one_count(node: Node, kind: str, what: str, to: Lowering) -> ast.Count | None:
    """The number on a line such as ``limit 40``."""
    return once(to, [(line, count(token(line, "INT"), to)) for line in lines_of(node, kind)], what)
