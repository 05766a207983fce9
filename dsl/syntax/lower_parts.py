"""The small parts of a declaration: texts with holes, durations, routes, options, expressions, lines of opening
hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lark import Token, Tree

from dsl import ast
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.source import Source, Span
from dsl.spell import listed, nearest
from dsl.syntax.findings import finding

Node = Tree[Token]

MOST_DIGITS = 15
"""More digits than this a number cannot hold exactly."""
MOST_NESTED = 100
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_AFTER: dict[str, Literal["tries", "silences", "wrong"]] = {
    "tries": "tries",
    "try": "tries",
    "silences": "silences",
    "silence": "silences",
    "wrong": "wrong",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOLE = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)\s*(?:\bas\s+([A-Za-z_][A-Za-z0-9_]*)\s*)?"
)


@dataclass(slots=True)
class Lowering:
    """Where the chunk lies in its source, and what was found while lowering it."""

    source: Source
    start: int
    cut: int
    shift: int
    broken: bool
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def offset(self, position: int) -> int:
        """From the chunk's text to the source: a repaired first word may have another length there."""
        return self.start + (position if position <= self.cut else position - self.shift)

    def span(self, node: Node | Token) -> Span:
        """Without the newline that ends a line, and without the indentation before it."""
        if isinstance(node, Token):
            return Span(self.offset(node.start_pos or 0), self.offset(node.end_pos or 0))
        start = self.offset(node.meta.start_pos)
        end = self.offset(node.meta.end_pos)
        piece = self.source.text[start:end]
        kept = _without_trailing_trivia(piece)
        return Span(start, start + len(kept))

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
    return ast.Count(int(_digits(at, to)), to.span(at))


def _digits(at: Token, to: Lowering) -> str:
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
    at = node.children[0]
    assert isinstance(at, Token)
    span = to.span(at)
    if at.type == "INT":
        to.diagnostics.append(
            finding(
                to.source,
                "IVR104",
                "a duration needs a unit",
                span,
                "seconds, minutes or hours?",
                help=f"write `{at}s` for seconds",
                fix=Fix(f"write `{at}s`", (Edit(span, f"{at}s"),), "safe"),
            )
        )
        return ast.Duration(float(_digits(at, to)), span, unit=False)
    match = re.fullmatch(r"([0-9.]+)(ms|s|m|h)", str(at))
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
    found = node if node.data in ("block", "go_to", "finish", "hang_up", "repeat") else trees(node)[-1]
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
        case other:
            raise AssertionError(f"the grammar has a destination {other} that nothing lowers")


def outcome_route(node: Node, to: Lowering) -> ast.Route:
    outcomes = tuple(
        ast.Name(" ".join(str(word) for word in tokens(tree, "NAME")), to.span(tree))
        for tree in trees(node)
        if tree.data == "outcome"
    )
    return ast.Route(outcomes, say_of(node, to), destination(node, to), to.span(node))


def option(node: Node, to: Lowering) -> ast.Option:
    keys = tuple(name(next(iter(tree.scan_values(lambda _: True))), to) for tree in trees(node) if tree.data == "key")
    phrases = tuple(text(at, to) for tree in trees(node) if tree.data == "phrases" for at in tokens(tree, "STRING"))
    return ast.Option(keys, phrases, destination(node, to), to.span(node))


def case(node: Node, to: Lowering) -> ast.Case:
    operator = trees(node)[0]
    compare = optional(operator, "COMPARE")
    negated = optional(operator, "NOT") is not None
    values = tuple(expression(tree, to) for tree in trees(node)[1:-1])
    word = str(compare) if compare else "is-not" if negated else "is"
    return ast.Case(word, values, destination(node, to), to.span(node))


# --------------------------------------------------------------------------------------------------------------------
# Expressions


def expression(node: Node, to: Lowering) -> ast.Expression:
    """An expression, provided that it is not nested beyond all reason."""
    if _depth(node) > MOST_NESTED:
        what = f"an expression is nested at most {MOST_NESTED} deep"
        hint = "split it: keep parts of it with `set`"
        to.diagnostics.append(finding(to.source, "IVR100", what, to.span(node), "this one is deeper", help=hint))
        to.broken = True
        return ast.NumberLiteral(0.0, to.span(node))
    return _expression(node, to)


def _depth(node: Node) -> int:
    """How deep a tree is, without recursion: it may be deeper than Python's stack."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        tree, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in trees(tree)]
    return deepest


def _expression(node: Node, to: Lowering) -> ast.Expression:
    span = to.span(node)
    match node.data:
        case "text_literal":
            literal = text(token(node, "STRING"), to)
            return ast.TextLiteral(literal.plain, span)
        case "number_literal":
            at = next(child for child in node.children if isinstance(child, Token))
            return ast.NumberLiteral(float(_digits(at, to)), span)
        case "yes_no":
            return ast.YesNo(optional(node, "YES") is not None, span)
        case "variable":
            return ast.Variable(tuple(str(t) for t in tokens(node, "NAME")), span)
        case "grouped":
            return _expression(trees(node)[0], to)
        case "negated":
            return ast.Not(_expression(trees(node)[-1], to), span)
        case "equals":
            operator = "is-not" if optional(node, "NOT") else "is"
        case "compares":
            operator = str(token(node, "COMPARE"))
        case "arithmetic":
            operator = next(str(t) for t in node.children if isinstance(t, Token))
        case "either" | "both":
            operator = "or" if node.data == "either" else "and"
        case other:
            raise AssertionError(f"the grammar has an expression {other} that nothing lowers")
    left, right = trees(node)[0], trees(node)[-1]
    return ast.Binary(operator, _expression(left, to), _expression(right, to), span)


# --------------------------------------------------------------------------------------------------------------------
# Opening hours


def hours_line(node: Node, to: Lowering) -> ast.Weekly | ast.Break | ast.Holiday | ast.SpecialOpening:
    span = to.span(node)
    parts = {tree.data: tree for tree in trees(node)}
    ranges = tuple(_interval(tree, to) for tree in trees(parts["intervals"])) if "intervals" in parts else ()
    match node.data:
        case "weekly":
            return ast.Weekly(_days(parts["days"]), ranges, span)
        case "lunch":
            return ast.Break(name(token(node, "NAME"), to), _days(parts["days"]), ranges, span)
        case "holiday":
            return ast.Holiday(text(token(node, "STRING"), to), _dates(parts["dates"], to), ranges, span)
        case "opening":
            return ast.SpecialOpening(_dates(parts["dates"], to), ranges, span)
        case other:
            raise AssertionError(f"the grammar has a line of hours {other} that nothing lowers")


def _days(node: Node) -> tuple[int, ...]:
    if optional(node, "EVERY_DAY"):
        return tuple(range(7))
    found: list[int] = []
    for tree in trees(node):
        days = [_DAYS.index(str(at)) for at in tokens(tree, "WEEKDAY")]
        first, last = days[0], days[-1]
        found += [(first + i) % 7 for i in range((last - first) % 7 + 1)]
    return tuple(found)


def _dates(node: Node, to: Lowering) -> tuple[ast.Day, ...]:
    return tuple(_day(at, to) for at in node.children if isinstance(at, Token))


def _day(at: Token, to: Lowering) -> ast.Day:
    *year, month, day = (int(part) for part in at.split("-"))
    return ast.Day(year[0] if year else 0, month, day, to.span(at))


def _interval(node: Node, to: Lowering) -> ast.Interval:
    start, end = (_minutes(str(at)) for at in tokens(node, "TIME"))
    return ast.Interval(start, end, to.span(node))


def _minutes(clock: str) -> int:
    """Minutes after midnight; what is past 24:00 is left for the linter to refuse."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
