"""What kind of thing every value of a script is. Which kinds fit together stands in `dsl.analysis.kinds`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dsl.analysis.checking import check_all
from dsl.analysis.clashes import Types
from dsl.analysis.given import CALLEE, MEANING
from dsl.analysis.kinds import (
    DATE,
    DURATION,
    MONEY,
    NUMBER,
    PHONE,
    SECRET,
    TEXT,
    TIME,
    UNKNOWN,
    YES_NO,
    Type,
    declared,
    fits,
)
from dsl.analysis.once import once
from dsl.analysis.program import Program
from dsl.analysis.recording import sent_out
from dsl.ast import (
    Callback,
    Collect,
    DateKind,
    Digits,
    Flow,
    Lookup,
    Menu,
    MoneyKind,
    NumberKind,
    OneOfKind,
    Pay,
    PhoneKind,
    Queue,
    Recall,
    Set,
    SpeechKind,
    Statement,
    Step,
    Survey,
    TimeKind,
    TypeName,
    YesNoKind,
)
from dsl.source import Span

__all__ = ["type_names", "types_of"]


def type_names(program: Program) -> Iterator[TypeName]:
    """Every type that is written in a script, the inner ones of lists, too."""
    written: list[TypeName] = []
    for declaration in program.declarations():
        if isinstance(declaration, Flow):
            written += [each.type for each in (*declaration.parameters, *declaration.attached)]
        elif isinstance(declaration, Step):
            written += [each.type for each in declaration.statements if isinstance(each, Recall)]
    for function in program.functions.values():
        written += [each.type for each in (*function.parameters, *function.gives)]
    while written:
        kind = written.pop(0)
        yield kind
        if kind.element is not None:
            written.insert(0, kind.element)


@once
def types_of(program: Program) -> Types:
    """The types of a program's values by their names, and every clash in its expressions."""
    types = Types(program)
    types.values.update(_built_in(program))
    for name, span, kind in _given(program):
        _add(types, name, span, kind)
    _infer(types)
    check_all(types)
    return types


def _built_in(program: Program) -> dict[str, Type]:
    found = {
        "caller.number": PHONE,
        "caller.name": TEXT,
        "caller.waited": DURATION,
        "called.number": PHONE,
        CALLEE: PHONE,
        "today": DATE,
        "now": TIME,
        "language": TEXT,
    }
    if "transcribe" in sent_out(program):
        found |= {"heard.sentiment": TEXT, "heard.topic": TEXT}
    for name in program.hours:
        found |= {f"{name}.opens_again": TEXT, f"{name}.closes": TIME, f"{name}.holiday": TEXT}
    if any(isinstance(block, Queue) for block in program.blocks.values()):
        found |= {"queue.position": NUMBER, "queue.estimate": DURATION, "queue.callback": YES_NO}
    if any(isinstance(block, Callback) for block in program.blocks.values()):
        found |= {"callback.place": NUMBER}
    if any(isinstance(block, Menu) and block.confirm is not None for block in program.blocks.values()):
        found[MEANING] = TEXT
    return found


def _given(program: Program) -> Iterator[tuple[str, Span, Type]]:
    """The values that declarations give, with their types; what `set` gives is inferred."""
    for declaration in program.declarations():
        match declaration:
            case Flow():
                for parameter in (*declaration.parameters, *declaration.attached):
                    yield parameter.name.text, parameter.name.span, declared(parameter.type)
            case Collect():
                if declaration.into is not None:
                    kind = SECRET if declaration.secret else _collected(declaration)
                    yield declaration.into.text, declaration.into.span, kind
            case Pay():
                if declaration.into is not None:
                    yield declaration.into.text, declaration.into.span, Type("record", fields=(("reference", TEXT),))
            case Survey():
                for question in declaration.questions:
                    answer = NUMBER if question.source is None else Type("list", element=NUMBER)
                    yield question.name.text, question.name.span, answer
                if declaration.remark is not None:
                    yield declaration.remark.name.text, declaration.remark.name.span, TEXT
            case Step():
                for statement in declaration.statements:
                    yield from _by_statement(program, statement)
            case _:
                continue


def _by_statement(program: Program, statement: Statement) -> Iterator[tuple[str, Span, Type]]:
    if isinstance(statement, Lookup):
        function = program.functions.get(statement.call.name)
        kind = UNKNOWN
        if function is not None:
            kind = Type("record", fields=tuple((each.name.text, declared(each.type)) for each in function.gives))
        yield statement.target.text, statement.target.span, kind
    elif isinstance(statement, Recall):
        yield statement.target.text, statement.target.span, declared(statement.type)


def _collected(block: Collect) -> Type:
    match block.kind:
        case Digits() | SpeechKind():
            return TEXT
        case NumberKind():
            return NUMBER
        case MoneyKind():
            return MONEY
        case DateKind():
            return DATE
        case TimeKind():
            return TIME
        case PhoneKind():
            return PHONE
        case YesNoKind():
            return YES_NO
        case OneOfKind():
            return Type("one_of", choices=tuple(choice.plain for choice in block.kind.choices))
        case None:
            return UNKNOWN
        case _:
            assert_never(block.kind)


def _add(types: Types, name: str, span: Span, kind: Type) -> None:
    earlier = types.values.get(name)
    if earlier is None or earlier is UNKNOWN or name not in types.given:
        types.values[name] = kind
        types.given.setdefault(name, span)
    elif kind is not UNKNOWN and not (fits(kind, earlier) or fits(earlier, kind)):
        types.conflicts.append((name, types.given[name], earlier, span, kind))
    elif kind.name == "record" and earlier.name == "record" and kind.fields != earlier.fields:
        shared = tuple(each for each in earlier.fields if each in kind.fields)
        types.values[name] = Type("record", fields=shared)


def _infer(types: Types) -> None:
    """What `set` gives, until nothing more becomes known: a value may be made from another one."""
    sets = [
        statement
        for declaration in types.program.declarations()
        if isinstance(declaration, Step)
        for statement in declaration.statements
        if isinstance(statement, Set)
    ]
    for each in sets:
        types.values.setdefault(each.target.text, UNKNOWN)
    types.quiet = True
    for _ in range(len(sets) + 1):
        before = dict(types.values)
        for each in sets:
            kind = types.of(each.value)
            if kind is not UNKNOWN:
                _add(types, each.target.text, each.target.span, kind)
        if types.values == before:
            break
    types.conflicts = list(dict.fromkeys(types.conflicts))
    types.quiet = False
