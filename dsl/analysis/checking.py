"""Every place of a script where a value of a certain kind is wanted."""

from __future__ import annotations

from typing import assert_never

from dsl.analysis.clashes import Types
from dsl.analysis.kinds import (
    DATE,
    MONEY,
    NUMBER,
    SECRET,
    TEXT,
    TIME,
    UNKNOWN,
    YES_NO,
    Type,
    comparable,
    confidential,
    declared,
    fits,
)
from dsl.ast import (
    Brief,
    Callback,
    Case,
    Collect,
    Counter,
    CountUp,
    DateKind,
    Dial,
    Do,
    Expression,
    Forget,
    Leave,
    Lookup,
    MoneyKind,
    Notify,
    NumberKind,
    OneOfKind,
    Pay,
    PlayFile,
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
    TimeKind,
    TranscribeCall,
    Variable,
    Wait,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
)


def check_all(types: Types) -> None:
    """Note every clash of the program."""
    for declaration in types.program.declarations():
        match declaration:
            case Step():
                for statement in declaration.statements:
                    _statement(types, statement)
            case Collect():
                _kind(types, declaration)
                for check in declaration.checks:
                    types.expect(check.condition, YES_NO, "a check is not a yes or no")
            case Queue():
                if declaration.priority is not None:
                    types.expect(declaration.priority, NUMBER, "a priority is a number")
                for option in declaration.options:
                    if option.condition is not None:
                        types.expect(option.condition, YES_NO, "the condition of an offer is not a yes or no")
            case Callback() | Dial():
                if declaration.number is not None:
                    types.of(declaration.number)  # what may be called is a rule of its own
            case Survey():
                for question in declaration.questions:
                    if question.source is not None:
                        _spoken_list(types, question.source, "the questions of a survey are a list of texts")
            case Pay():
                if declaration.amount is not None:
                    types.expect(declaration.amount, MONEY, "the amount of a payment is not money")
                for part in (declaration.card, declaration.expiry, declaration.code):
                    if part is not None:
                        types.expect(part, SECRET, "what a payment needs of a card is a secret")
            case Counter():
                if declaration.key is not None:
                    _key(types, declaration.key, "a counter")
            case _:
                continue


def _key(types: Types, expression: Expression, what: str) -> None:
    kind = types.public(expression, f"{what} is kept by a secret", "it would be written down")
    if kind.name in ("record", "list") and not confidential(kind):
        types.note("type", expression.span, f"{what} cannot be kept by a {kind.title}", "name one value, such as an id")


def _spoken_list(types: Types, expression: Expression, headline: str) -> None:
    kind = types.public(expression, "a secret would be said", "whoever is near would hear it")
    if not confidential(kind) and not fits(kind, Type("list", element=TEXT)):
        types.note("type", expression.span, headline, f"this is a {kind.title}")


def _kind(types: Types, block: Collect) -> None:
    kind = block.kind
    if isinstance(kind, OneOfKind) and kind.source is not None:
        _spoken_list(types, kind.source, "`one of` needs a list of texts")
    wanted: dict[type, Type] = {NumberKind: NUMBER, MoneyKind: NUMBER, DateKind: DATE, TimeKind: TIME}
    if not isinstance(kind, NumberKind | MoneyKind | DateKind | TimeKind):
        return
    for bound in (kind.least, kind.most):
        if bound is None or (isinstance(kind, MoneyKind) and types.of(bound).name == "money"):
            continue
        expected = wanted[type(kind)]
        types.expect(bound, expected, f"a bound of this input is a {expected.title}")


def _statement(types: Types, statement: Statement) -> None:
    match statement:
        case WhenGuard():
            types.expect(statement.condition, YES_NO, "a `when` needs a yes or no")
        case WhenValue():
            subject = types.of(statement.subject)
            if subject is SECRET:
                types.note("secret", statement.subject.span, "a secret is compared", "it decides where the call goes")
                return
            for case in statement.cases:
                _case(types, subject, case)
        case Set():
            types.of(statement.value)
        case SetLanguage():
            types.expect(statement.value, TEXT, "a language is a text, such as `es-US`")
        case Lookup() | Do():
            types.of(statement.call)
        case Run():
            _run(types, statement)
        case Remember():
            target = Variable((statement.target.text,), statement.target.span)
            types.public(target, "a secret is remembered", "it would be written down")
            _key(types, statement.key, "a value")
        case Recall() | Forget():
            _key(types, statement.key, "a value")
        case Brief():
            for line in statement.lines:
                types.public(line.value, "a secret is handed over", "whoever takes the call would see it")
        case Say() | PlayFile() | WhenHours() | WhenSwitch() | Leave() | Wait() | CountUp() | RecordCall():
            return
        case TranscribeCall() | StreamAudio() | Notify() | SendDigits():
            return
        case _:
            assert_never(statement)


def _case(types: Types, subject: Type, case: Case) -> None:
    if case.phrases and subject not in (TEXT, UNKNOWN):
        headline = f"nobody says a {subject.title}"
        types.note("compare", case.phrases[0].span, headline, f"the value before is a {subject.title}")
    for value in case.values:
        kind = types.of(value)
        if not comparable(subject, kind):
            headline = f"a {subject.title} does not compare with a {kind.title}"
            types.note("compare", value.span, headline, f"the value before is a {subject.title}")


def _run(types: Types, statement: Run) -> None:
    flow = types.program.flows.get(statement.flow.text)
    if flow is None:
        for argument in statement.arguments:
            types.of(argument)
        return
    if len(flow.parameters) != len(statement.arguments):
        label = f"{len(statement.arguments)} given, {len(flow.parameters)} needed"
        types.note("count", statement.flow.span, f"`{flow.name.text}` has the wrong number of arguments", label)
        return
    for argument, parameter in zip(statement.arguments, flow.parameters, strict=True):
        wanted = declared(parameter.type)
        types.expect(argument, wanted, f"`{parameter.name.text}` of `{flow.name.text}` is a {wanted.title}")
