"""Expressions, names of values and types: from lark's tree to the typed tree."""

from __future__ import annotations

from lark import Token

from dsl import ast
from dsl.syntax.findings import finding
from dsl.syntax.lower_parts import (
    Lowering,
    Node,
    child,
    destination,
    duration,
    lines_of,
    minutes,
    name,
    number_text,
    optional,
    text,
    token,
    tokens,
    trees,
)

MOST_NESTED = 100


def path(node: Node, to: Lowering) -> ast.Variable:
    return ast.Variable(tuple(str(t) for t in tokens(node, "NAME")), to.span(node))


def call(node: Node, to: Lowering) -> ast.Call:
    named = path(trees(node)[0], to)
    return ast.Call(named.path, arguments(node, to), named.span, to.span(node))


def arguments(node: Node, to: Lowering) -> tuple[ast.Expression, ...]:
    """What stands in the parentheses of a call."""
    found = child(node, "arguments")
    return tuple(expression(tree, to) for tree in trees(found)) if found else ()


# --------------------------------------------------------------------------------------------------------------------
# Types


def type_name(node: Node, to: Lowering) -> ast.TypeName:
    span = to.span(node)
    match node.data:
        case "type":
            return ast.TypeName(str(token(node, "NAME")), span)
        case "list_type":
            return ast.TypeName("list", span, element=type_name(trees(node)[0], to))
        case "yes_no_type":
            return ast.TypeName("yes_no", span)
        case "one_of_type":
            choices = tuple(text(at, to) for at in tokens(node, "STRING"))
            return ast.TypeName("one_of", span, choices=choices)
        case other:
            raise AssertionError(f"the grammar has a type {other} that nothing lowers")


def parameters(node: Node | None, to: Lowering) -> tuple[ast.Parameter, ...]:
    """The named, typed values of a `parameters` rule; none without one."""
    if node is None:
        return ()
    return tuple(
        ast.Parameter(name(token(tree, "NAME"), to), type_name(trees(tree)[0], to), to.span(tree))
        for tree in trees(node)
    )


def case(node: Node, to: Lowering) -> ast.Case:
    operator = trees(node)[0]
    compare = optional(operator, "COMPARE")
    negated = optional(operator, "NOT") is not None
    values = tuple(expression(tree, to) for tree in trees(node)[1:-1])
    word = str(compare) if compare else "is-not" if negated else "is"
    return ast.Case(word, values, destination(node, to), to.span(node))


def says_case(node: Node, to: Lowering) -> ast.Case:
    phrases = tuple(text(at, to) for tree in lines_of(node, "phrases") for at in tokens(tree, "STRING"))
    return ast.Case("says", (), destination(node, to), to.span(node), phrases)


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
    literal = _literal(node, to)
    if literal is not None:
        return literal
    span = to.span(node)
    below = trees(node)
    match node.data:
        case "variable":
            return path(below[0], to)
        case "call":
            return call(node, to)
        case "grouped":
            return _expression(below[0], to)
        case "negated":
            return ast.Not(_expression(below[-1], to), span)
        case "negative":
            return ast.Binary("-", ast.NumberLiteral(0.0, span), _expression(below[0], to), span)
        case "list_literal":
            return ast.ListLiteral(tuple(_expression(each, to) for each in below), span)
        case "conditional":
            then, condition, otherwise = (_expression(each, to) for each in below)
            return ast.Conditional(then, condition, otherwise, span)
        case "is_open" | "is_known":
            return _predicate(node, to)
        case _:
            return ast.Binary(_operator(node), _expression(below[0], to), _expression(below[-1], to), span)


def _literal(node: Node, to: Lowering) -> ast.Expression | None:
    span = to.span(node)
    at = next((child for child in node.children if isinstance(child, Token)), None)
    match node.data:
        case "text_literal":
            return ast.TextLiteral(text(token(node, "STRING"), to).plain, span)
        case "number_literal" if at is not None:
            return ast.NumberLiteral(float(number_text(at, to)), span)
        case "yes_no":
            return ast.YesNo(optional(node, "YES") is not None, span)
        case "duration_literal" if at is not None:
            return ast.DurationLiteral(duration(node, to).seconds, span)
        case "day_literal" if at is not None:
            return ast.DayLiteral(str(at), span)
        case "time_literal" if at is not None:
            return ast.TimeLiteral(minutes(str(at)), span)
        case "locale_literal" if at is not None:
            return ast.LocaleLiteral(str(at), span)
        case _:
            return None


def _predicate(node: Node, to: Lowering) -> ast.Expression:
    """``support is open`` and ``customer is known``: only a name can stand before them."""
    subject = _expression(trees(node)[0], to)
    negated, span = optional(node, "NOT") is not None, to.span(node)
    if not isinstance(subject, ast.Variable):
        word = "open" if node.data == "is_open" else "known"
        what = "opening hours" if word == "open" else "a value"
        label = f"only the name of {what} can stand before `is {word}`"
        to.diagnostics.append(finding(to.source, "IVR100", f"this cannot be {word}", subject.span, label))
        to.broken = True
        return ast.YesNo(False, span)
    return ast.IsOpen(subject, negated, span) if node.data == "is_open" else ast.IsKnown(subject, negated, span)


def _operator(node: Node) -> str:
    match node.data:
        case "equals":
            return "is-not" if optional(node, "NOT") else "is"
        case "member":
            return "not-in" if optional(node, "NOT") else "in"
        case "compares":
            return str(token(node, "COMPARE"))
        case "arithmetic":
            return next(str(t) for t in node.children if isinstance(t, Token))
        case "either" | "both":
            return "or" if node.data == "either" else "and"
        case other:
            raise AssertionError(f"the grammar has an expression {other} that nothing lowers")
