"""A value stands in braces in a text that is computed with.

Braces are filled in where a text is spoken or sent. In a condition, a `set` or a `brief` they stay as they are, and
whoever takes the call reads `{customer.name}` on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.analysis.values import walk
from dsl.ast import TextLiteral
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import expressions
from dsl.source import Span

_HOLE = re.compile(r"\{([A-Za-z_]\w*(?:\.\w+)*)[^{}]*\}")


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for declaration in context.program.declarations():
        for expression in expressions(declaration):
            for node in walk(expression):
                hole = _HOLE.search(source.slice(node.span)) if isinstance(node, TextLiteral) else None
                if hole is not None:
                    yield RULE.at(
                        source,
                        Span(node.span.start + hole.start(), node.span.start + hole.end()),
                        f"`{hole.group()}` is not filled in here",
                        "it stays as it is",
                        help=f'put the text and the value together: `"…" + {hole.group(1)}`',
                    )


def _example(topic: str) -> str:
    return script(f"""\
step welcome
    brief
        topic {topic}
    go to desk

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")


RULE = Rule(
    code="IVR135",
    name="value-not-filled-in",
    severity="warning",
    check=check,
    bad=_example('"A call of {caller.name}"'),
    good=_example('"A call of " + caller.name'),
)
