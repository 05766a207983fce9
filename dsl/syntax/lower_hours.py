"""Lines of opening hours: from lark's tree to the typed tree."""

from __future__ import annotations

from lark import Token

from dsl import ast
from dsl.syntax.lower_parts import Lowering, Node, minutes, name, optional, text, token, tokens, trees

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


HoursLine = ast.Weekly | ast.Break | ast.Holiday | ast.SpecialOpening | ast.PublicHolidays


def hours_line(node: Node, to: Lowering) -> HoursLine:
    span = to.span(node)
    parts = {tree.data: tree for tree in trees(node)}
    ranges = tuple(interval(tree, to) for tree in trees(parts["intervals"])) if "intervals" in parts else ()
    match node.data:
        case "weekly":
            return ast.Weekly(_days(parts["days"]), ranges, span)
        case "lunch":
            return ast.Break(name(token(node, "NAME"), to), _days(parts["days"]), ranges, span)
        case "holiday":
            return ast.Holiday(text(token(node, "STRING"), to), _dates(parts["dates"], to), ranges, span)
        case "opening":
            return ast.SpecialOpening(_dates(parts["dates"], to), ranges, span)
        case "public":
            return _public(node, to)
        case other:
            raise AssertionError(f"the grammar has a line of hours {other} that nothing lowers")


def _public(node: Node, to: Lowering) -> ast.PublicHolidays:
    """The text behind ``in`` is the region, those behind ``except`` are days."""
    region: ast.Text | None = None
    excepted: list[ast.Text] = []
    after = ""
    for at in (child for child in node.children if isinstance(child, Token)):
        if at.type == "STRING" and after == "IN":
            region = text(at, to)
        elif at.type == "STRING":
            excepted.append(text(at, to))
        else:
            after = at.type
    return ast.PublicHolidays(name(token(node, "NAME"), to), region, tuple(excepted), to.span(node))


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


def interval(node: Node, to: Lowering) -> ast.Interval:
    start, end = (minutes(str(at)) for at in tokens(node, "CLOCK_TIME"))
    return ast.Interval(start, end, to.span(node))
