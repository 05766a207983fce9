"""The names of values that a script gives."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.once import once
from dsl.analysis.program import Program
from dsl.ast import Callback, Collect, Declaration, Flow, Lookup, Menu, Pay, Queue, Recall, Set, Step, Survey

MEANING = "menu.meaning"
"""What a menu has understood, while it asks whether that is right."""
BUILT_IN = ("today", "now", "language")
"""Values of the moment, and the language that the call speaks."""
CALLEE = "callee"
"""Whom an agent calls on behalf of the line: of every other call it is missing."""


def given_by(declaration: Declaration) -> Iterator[str]:
    """The names that a declaration gives a value."""
    match declaration:
        case Flow():
            yield from (each.name.text for each in (*declaration.parameters, *declaration.attached))
            if not (declaration.is_sub or declaration.outbound):
                yield CALLEE
        case Collect() | Pay():
            if declaration.into is not None:
                yield declaration.into.text
        case Survey():
            yield from (question.name.text for question in declaration.questions)
            if declaration.remark is not None:
                yield declaration.remark.name.text
        case Menu() if declaration.understands:
            yield MEANING
        case Queue():
            yield from ("queue.position", "queue.estimate", "queue.callback")
        case Callback():
            yield "callback.place"
        case Step():
            for statement in declaration.statements:
                if isinstance(statement, Set | Lookup | Recall):
                    yield statement.target.text
        case _:
            return


@once
def looked_up(program: Program) -> frozenset[str]:
    """The values that something outside gives, which may have none: look-ups, memory, payments, answers to surveys,
    what is attached to a call, whom an agent calls."""
    found: set[str] = set()
    for declaration in program.declarations():
        if isinstance(declaration, Step):
            found |= {each.target.text for each in declaration.statements if isinstance(each, Lookup | Recall)}
        elif isinstance(declaration, Flow):
            found |= {CALLEE, *(each.name.text for each in declaration.attached)}
        elif isinstance(declaration, Pay | Survey):
            found |= set(given_by(declaration))
    return frozenset(found)
