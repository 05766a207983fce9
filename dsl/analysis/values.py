"""The values that a script reads: where they stand in texts and in expressions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dsl.analysis.texts import spoken
from dsl.ast import (
    Binary,
    Brief,
    Call,
    Callback,
    Check,
    Collect,
    CollectKind,
    Conditional,
    Consult,
    Counter,
    CountUp,
    Data,
    DateKind,
    DayLiteral,
    Declaration,
    Dial,
    Do,
    DurationLiteral,
    Expression,
    Flow,
    Forget,
    Hole,
    Hours,
    IsKnown,
    IsOpen,
    Leave,
    ListLiteral,
    LocaleLiteral,
    Lookup,
    Menu,
    MoneyKind,
    Not,
    Notify,
    NumberKind,
    NumberLiteral,
    OneOfKind,
    Pay,
    PlayFile,
    Promise,
    Prompts,
    Queue,
    Recall,
    RecordCall,
    Remember,
    Run,
    Say,
    SendDigits,
    Set,
    SetLanguage,
    Statement,
    Step,
    StreamAudio,
    Survey,
    Test,
    TextLiteral,
    TimeKind,
    TimeLiteral,
    TranscribeCall,
    Transfer,
    Use,
    Variable,
    Voicemail,
    Wait,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
    YesNo,
)


def holes(declaration: Declaration) -> Iterator[Hole]:
    """The values in the texts that a block speaks."""
    for each in spoken(declaration):
        yield from (part for part in each.text.parts if isinstance(part, Hole))
    if isinstance(declaration, Step):
        for statement in declaration.statements:
            if isinstance(statement, Notify):
                yield from (part for part in statement.text.parts if isinstance(part, Hole))


def variables(declaration: Declaration) -> Iterator[Variable]:
    """The values in the expressions of a declaration. The subject of ``is known`` is not read and not among them."""
    for expression in expressions(declaration):
        yield from variables_in(expression)


def variables_in(expression: Expression) -> Iterator[Variable]:
    """The values that an expression reads. Opening hours are none."""
    for node in walk(expression):
        if isinstance(node, Variable):
            yield node


def calls(declaration: Declaration) -> Iterator[Call]:
    """Every call in the expressions of a declaration, of functions of the language and of data."""
    for expression in expressions(declaration):
        yield from (node for node in walk(expression) if isinstance(node, Call))


def walk(expression: Expression) -> Iterator[Expression]:
    """An expression and all of its parts that are read, the outer ones first."""
    yield expression
    match expression:
        case Not():
            yield from walk(expression.operand)
        case Binary():
            yield from walk(expression.left)
            yield from walk(expression.right)
        case Conditional():
            for part in (expression.then, expression.condition, expression.otherwise):
                yield from walk(part)
        case ListLiteral():
            for item in expression.items:
                yield from walk(item)
        case Call():
            for argument in expression.arguments:
                yield from walk(argument)
        case TextLiteral() | NumberLiteral() | YesNo() | DurationLiteral() | DayLiteral() | TimeLiteral():
            return
        case LocaleLiteral() | Variable() | IsOpen() | IsKnown():
            return
        case _:
            assert_never(expression)


def expressions(declaration: Declaration) -> Iterator[Expression]:
    """The outermost expressions of a declaration, in the order of the text."""
    match declaration:
        case Step():
            for statement in declaration.statements:
                yield from statement_expressions(statement)
        case Collect():
            yield from _kind_expressions(declaration.kind)
            yield from (check.condition for check in declaration.checks)
        case Queue():
            if declaration.priority:
                yield declaration.priority
            yield from (option.condition for option in declaration.options if option.condition)
        case Callback() | Dial():
            if declaration.number:
                yield declaration.number
        case Pay():
            parts = (declaration.amount, declaration.card, declaration.expiry, declaration.code)
            yield from (part for part in parts if part is not None)
        case Survey():
            yield from (question.source for question in declaration.questions if question.source)
        case Counter():
            if declaration.key:
                yield declaration.key
        case Flow() | Menu() | Transfer() | Voicemail() | Consult() | Hours() | Use() | Data() | Prompts():
            return
        case Test() | Promise():
            return
        case _:
            assert_never(declaration)


def _kind_expressions(kind: CollectKind | None) -> Iterator[Expression]:
    if isinstance(kind, NumberKind | MoneyKind | DateKind | TimeKind):
        yield from (bound for bound in (kind.least, kind.most) if bound is not None)
    elif isinstance(kind, OneOfKind) and kind.source is not None:
        yield kind.source


def statement_expressions(statement: Statement) -> Iterator[Expression]:
    """The outermost expressions of one statement."""
    match statement:
        case WhenGuard():
            yield statement.condition
        case WhenValue():
            yield statement.subject
            for case in statement.cases:
                yield from case.values
        case Set():
            yield statement.value
        case SetLanguage():
            yield statement.value
        case Lookup() | Do():
            yield statement.call
        case Run():
            yield from statement.arguments
        case Remember():
            yield Variable((statement.target.text,), statement.target.span)
            yield statement.key
        case Recall() | Forget():
            yield statement.key
        case Brief():
            yield from (line.value for line in statement.lines)
        case Say() | PlayFile() | WhenHours() | WhenSwitch() | Leave() | Wait() | CountUp() | RecordCall():
            return
        case TranscribeCall() | StreamAudio() | Notify() | SendDigits():
            return
        case _:
            assert_never(statement)


def data_check(check: Check) -> Call | None:
    """The call of a data function that a check makes; ``None`` for a check that the machine makes itself."""
    condition = check.condition
    return condition if isinstance(condition, Call) and len(condition.path) == 2 else None
