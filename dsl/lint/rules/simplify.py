"""A condition can be said more simply.

`not (support is open)` is `support is not open`, and `x is yes` is `x`. Whoever reads a simple condition sees at once
which callers it means.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.values import walk
from dsl.ast import Binary, Expression, IsKnown, IsOpen, Not, YesNo
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import expressions, instead
from dsl.source import Source


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for declaration in context.program.declarations():
        for expression in expressions(declaration):
            for node in walk(expression):
                simple = _simpler(source, node)
                if simple:
                    yield RULE.at(
                        source,
                        node.span,
                        "this condition can be said more simply",
                        "the same with fewer words",
                        help=f"write `{simple}`",
                        fix=instead(node.span, simple, safe=False),
                    )


def _simpler(source: Source, node: Expression) -> str:
    """The same in fewer words, ``""`` when there is nothing to gain."""
    if isinstance(node, Binary) and isinstance(node.right, YesNo) and node.operator in ("is", "is-not"):
        plain = node.right.value == (node.operator == "is")
        left = source.slice(node.left.span)
        return left if plain else f"not {left}" if not isinstance(node.left, Binary | Not) else ""
    if not isinstance(node, Not):
        return ""
    inner = node.operand
    if isinstance(inner, Not):
        return source.slice(inner.operand.span)
    if isinstance(inner, IsOpen | IsKnown):
        subject = inner.hours if isinstance(inner, IsOpen) else inner.operand
        word = "open" if isinstance(inner, IsOpen) else "known"
        return f"{source.slice(subject.span)} is {'' if inner.negated else 'not '}{word}"
    return ""


def _example(condition: str) -> str:
    return script(f"""\
step welcome
    when {condition} -> sorry
    say "Thank you for calling."
    go to sorry

hours support
    monday to friday 09:00 to 17:00
""")


RULE = Rule(
    code="IVR802",
    name="simplify",
    severity="warning",
    check=check,
    bad=_example("not (support is open)"),
    good=_example("support is not open"),
)
