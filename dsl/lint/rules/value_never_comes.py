"""A value is compared with a text that it can never be.

A look-up that gives `one of "gold" or "silver"` never gives "platinum", and what a script sets itself is never
anything else. The callers for whom the line was written never come that way.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.domains import domain
from dsl.analysis.program import Program
from dsl.analysis.values import walk
from dsl.ast import Binary, Declaration, Expression, ListLiteral, Step, TextLiteral, WhenValue
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete, expressions, instead
from dsl.source import Span
from dsl.spell import nearest


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return
    for declaration in program.declarations():
        for subject, text in _compared(declaration):
            possible = domain(program, subject)
            if possible and text.value.casefold() not in [each.casefold() for each in possible]:
                yield _finding(program, subject, text, possible)


def _compared(declaration: Declaration) -> Iterator[tuple[Expression, TextLiteral]]:
    """Every text that something is compared with."""
    for statement in declaration.statements if isinstance(declaration, Step) else ():
        for case in statement.cases if isinstance(statement, WhenValue) else ():
            for value in case.values:
                if isinstance(statement, WhenValue) and isinstance(value, TextLiteral):
                    yield statement.subject, value
    for expression in expressions(declaration):
        for node in walk(expression):
            if not isinstance(node, Binary) or node.operator not in ("is", "is-not", "in", "not-in"):
                continue
            items = node.right.items if isinstance(node.right, ListLiteral) else (node.right,)
            for item in items:
                if isinstance(item, TextLiteral):
                    yield node.left, item
            if isinstance(node.left, TextLiteral):
                yield node.right, node.left


def _finding(program: Program, subject: Expression, text: TextLiteral, possible: tuple[str, ...]) -> Diagnostic:
    close = nearest(text.value, possible)
    known = [f'"{each}"' for each in possible[:8]]
    listed = f"{', '.join(known[:-1])} or {known[-1]}" if len(known) > 1 else known[0]
    inside = Span(text.span.start + 1, text.span.end - 1)
    return RULE.at(
        program.source,
        text.span,
        f'`{program.source.slice(subject.span)}` is never "{text.value}"',
        "it can never be this",
        help=f'did you mean "{close}"?' if close else f"it is {listed}{', or one of the others' * (len(possible) > 8)}",
        fix=instead(inside, close, safe=False) if close else None,
    )


_DATA = """
data crm
    by_phone(number phone) gives tier one of "gold" or "silver"
"""


def _example(tier: str) -> str:
    return script(f"""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found               -> greet
        not found or failed -> sorry

step greet
    when customer.tier is "{tier}" -> sorry
    say "Thank you for calling."
    finish told
{_DATA}""")


RULE = Rule(
    code="IVR123",
    name="value-never-comes",
    severity="error",
    check=check,
    bad=_example("platinum"),
    good=_example("gold"),
)
