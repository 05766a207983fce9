"""A line waits for something that another line has already taken.

Only one line can take an outcome. The second one for it, a case for a value that an earlier case covers, or a limit
that lies behind a lower one is never used, although somebody thought that it would be.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.edges import after_cause
from dsl.analysis.routed import routed
from dsl.analysis.values import data_check
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
    Text,
    TextLiteral,
    WhenValue,
    YesNo,
)
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.ambiguous_phrase import sound_of
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    for each in routed(context.program):
        yield from _routes(context, each.routes)
    for declaration in context.program.declarations():
        if isinstance(declaration, Menu | Collect):
            yield from _afters(context, declaration.afters)
            if not declaration.broken:
                yield from _checks(context, declaration)
        elif isinstance(declaration, Step):
            for statement in declaration.statements:
                if isinstance(statement, WhenValue):
                    yield from _cases(context, statement.cases)
                    yield from _phrases(context, statement.cases)


def _checks(context: Context, block: Menu | Collect) -> Iterator[Diagnostic]:
    """Lines about checks that the block does not make."""
    checks = block.checks if isinstance(block, Collect) else ()
    for after in block.afters:
        if after.what == "failed" and after.name and after.name.text not in [each.name for each in checks]:
            yield RULE.at(
                context.program.source,
                after.name.span,
                f"`{block.name.text}` makes no check `{after.name.text}`",
                "never fails here",
                help="name a check of this `collect`, or take the line out",
            )
    if isinstance(block, Collect) and not any(data_check(each) for each in checks):
        for name in (name for route in block.routes for name in route.outcomes if name.text == "unchecked"):
            yield RULE.at(
                context.program.source,
                name.span,
                f"nothing in `collect {block.name.text}` can be `unchecked`",
                "no outside system checks this input",
                help="take it out, or add the `check` that was meant",
            )


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


def _phrases(context: Context, cases: tuple[Case, ...]) -> Iterator[Diagnostic]:
    """A phrase that holds the words of an earlier one: whoever says it has said that one."""
    earlier: list[tuple[str, Text]] = []
    for case in cases:
        for phrase in case.phrases:
            words = f" {sound_of(phrase)} "
            first = next((text for sound, text in earlier if f" {sound} " in words), None)
            if first is not None:
                headline = f"`says {context.program.source.slice(phrase.span)}` comes too late"
                help = "put the line with more words first, or take it out"
                yield _finding(context, headline, phrase.span, first.span, help)
        earlier += [(sound_of(phrase), phrase) for phrase in case.phrases]


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
        counted = f"{after.what} {after.name.text}" if after.name else after.what
        if first.setdefault(counted, after) is not after:
            headline = f"`after` counts {counted} twice"
            yield _finding(context, headline, after.span, first[counted].span, "take one of them out")
    tries = first.get("tries")
    for after in first.values():
        if tries and after is not tries and after.count.value > tries.count.value:
            headline = f"`{after_cause(after)}` comes too late"
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
