"""What stands beside the blocks of a call: data functions, counters, translations."""

from __future__ import annotations

from typing import Literal

from lark import Token

from dsl import ast
from dsl.syntax.lower_parts import (
    Lowering,
    Node,
    duration,
    lines_of,
    name,
    once,
    one_count,
    text,
    token,
    tokens,
    trees,
)
from dsl.syntax.lower_values import expression, parameters


def data(node: Node, to: Lowering) -> ast.Data:
    return ast.Data(
        name(token(node, "NAME"), to), tuple(_function(line, to) for line in trees(node)), to.span(node), to.broken
    )


_FUNCTIONS: dict[str, Literal["lookup", "check", "action"]] = {
    "lookup_function": "lookup",
    "check_function": "check",
    "action_function": "action",
}


def _function(node: Node, to: Lowering) -> ast.Function:
    """The parameters stand before ``gives``, what it gives behind."""
    split = next((i for i, each in enumerate(node.children) if isinstance(each, Token) and each.type == "GIVES"), None)
    lists = [(i, each) for i, each in enumerate(node.children) if not isinstance(each, Token) and each is not None]
    taken = next((tree for i, tree in lists if split is None or i < split), None)
    given = next((tree for i, tree in lists if split is not None and i > split), None)
    return ast.Function(
        name(token(node, "NAME"), to),
        _FUNCTIONS[node.data],
        parameters(taken, to),
        parameters(given, to),
        to.span(node),
    )


def counter(node: Node, to: Lowering) -> ast.Counter:
    by = once(to, [(line, line) for line in lines_of(node, "counted_by")], "by")
    return ast.Counter(
        name(token(node, "NAME"), to),
        one_count(node, "at_most", "at most", to),
        expression(trees(by)[0], to) if by else None,
        duration(trees(by)[1], to) if by else None,
        to.span(node),
        to.broken,
    )


def translations(node: Node, to: Lowering) -> ast.Prompts:
    return ast.Prompts(
        name(token(node, "LOCALE"), to),
        tuple(_translation(line, to) for line in trees(node)),
        to.span(node),
        to.broken,
    )


def _translation(node: Node, to: Lowering) -> ast.Translation:
    first, *others = (text(at, to) for at in tokens(node, "STRING"))
    return ast.Translation(first, tuple(others), to.span(node))
