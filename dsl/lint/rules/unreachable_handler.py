"""A line waits for something that another line has already taken.

Only one line can take an outcome. The second one for it, a case for a value that an earlier case covers, or a limit
that lies behind a lower one is never used, although somebody thought that it would be.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import (
    After,
    Case,
    Collect,
    Expression,
    Menu,
    Name,
    NumberLiteral,
    Route,
    Step,
    TextLiteral,
    Transfer,
    WhenHours,
    WhenValue,
    YesNo,
)
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        if isinstance(declaration, Transfer | Collect):
            yield from _routes(context, declaration.routes)
        if isinstance(declaration, Menu | Collect):
            yield from _afters(context, declaration.afters)
        if isinstance(declaration, Step):
            for statement in declaration.statements:
                if isinstance(statement, WhenHours):
                    yield from _routes(context, statement.routes)
                elif isinstance(statement, WhenValue):
                    yield from _cases(context, statement.cases)


def _routes(context: Context, routes: tuple[Route, ...]) -> Iterator[Diagnostic]:
    first: dict[str, Name] = {}
    for route in routes:
        for outcome in route.outcomes:
            if first.setdefault(outcome.text, outcome) is not outcome:
                headline = f"the outcome `{outcome.text}` is routed twice"
                yield _finding(context, headline, outcome.span, first[outcome.text].span, "take one of them out")


def _cases(context: Context, cases: tuple[Case, ...]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Span] = {}
    for case in cases:
        for value in case.values:
            text = _literal(value)
            key = (case.operator, text or "")
            if text is None:
                continue
            if first.setdefault(key, value.span) != value.span:
                headline = f"the value `{text}` has two cases"
                yield _finding(context, headline, value.span, first[key], "take one of them out")


def _literal(value: Expression) -> str | None:
    """A value that can be compared while reading; texts compare without case."""
    match value:
        case TextLiteral():
            return value.value.casefold()
        case NumberLiteral():
            return f"{value.value:g}"
        case YesNo():
            return "yes" if value.value else "no"
        case _:
            return None


def _afters(context: Context, afters: tuple[After, ...]) -> Iterator[Diagnostic]:
    first: dict[str, After] = {}
    for after in afters:
        if first.setdefault(after.what, after) is not after:
            headline = f"`after` counts {after.what} twice"
            yield _finding(context, headline, after.span, first[after.what].span, "take one of them out")
    tries = first.get("tries")
    for after in first.values():
        if tries and after is not tries and after.count.value > tries.count.value:
            headline = f"`after {after.count.value} {after.what}` comes too late"
            advice = f"write a number below {tries.count.value}, or allow more tries"
            yield _finding(context, headline, after.count.span, tries.span, advice)


def _finding(context: Context, headline: str, span: Span, first: Span, help: str) -> Diagnostic:
    label = Label(first, "this line is taken instead")
    return RULE.at(context.program.source, span, headline, "never used", labels=(label,), help=help)


RULE = Rule(
    code="IVR214",
    name="unreachable-handler",
    severity="error",
    check=check,
    bad=script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    busy "The line is busy."                -> sorry
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    answered                        -> finish handled
    busy "The line is busy."        -> sorry
    no answer or declined or failed -> sorry
"""),
)
