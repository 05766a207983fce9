"""Every place at which a value is read, with what is there for certain at that place.

`dsl.analysis.assigned` says what is there when a call comes to a block; here it is followed line by line through it. A
guard that asks whether a value is known counts: behind it the value is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from dsl.analysis.given import CALLEE
from dsl.analysis.texts import spoken, statement_texts
from dsl.analysis.values import expressions, statement_expressions
from dsl.ast import (
    Binary,
    Block,
    Call,
    Collect,
    Conditional,
    Expression,
    Hole,
    IsKnown,
    ListLiteral,
    Lookup,
    Menu,
    Not,
    Notify,
    Pay,
    Recall,
    Route,
    Run,
    Set,
    Statement,
    Step,
    Text,
    Transfer,
    Variable,
    WhenGuard,
)
from dsl.source import Span

State: TypeAlias = frozenset[str]
"""The names of the values that are there."""
Gives: TypeAlias = Mapping[tuple[str, str], State]
"""By sub-flow and outcome: what is there at every ``give`` of it."""
Read: TypeAlias = tuple[str, Span, State]
"""The first part of a value's path, where it is read, and what is there at that place."""


# --------------------------------------------------------------------------------------------------------------------
# What a line adds


def on_edge(statement: Statement, cause: str, state: State, gives: Gives) -> State | None:
    """What is there when a statement leaves by an outcome; ``None`` when no call can yet be seen to do so."""
    match statement:
        case Lookup() | Recall() if cause == "found":
            return state | {statement.target.text}
        case WhenGuard():
            return state | known_if(statement.condition, True)
        case Run():
            given = gives.get((statement.flow.text, cause))
            return state | given if given is not None else None
        case _:
            return state


def behind(statement: Statement, state: State) -> State:
    """What is there behind a statement with which the step goes on."""
    match statement:
        case Set():
            return state | {statement.target.text}
        case WhenGuard():
            return state | known_if(statement.condition, False)
        case _:
            return state


def gained(block: Block, cause: str) -> State:
    """What a block other than a step gives when it is left by an outcome."""
    if isinstance(block, Collect) and cause == "accepted" and block.into is not None:
        return frozenset({block.into.text})
    if isinstance(block, Pay) and cause == "paid" and block.into is not None:
        return frozenset({block.into.text})
    return frozenset()


def known_if(condition: Expression, holds: bool) -> State:
    """The values that are there for certain when a condition holds, or does not."""
    match condition:
        case IsKnown():
            return frozenset({condition.operand.path[0]}) if condition.negated is not holds else frozenset()
        case Not():
            return known_if(condition.operand, not holds)
        case Binary() if condition.operator in ("and", "or"):
            left, right = known_if(condition.left, holds), known_if(condition.right, holds)
            return left | right if (condition.operator == "and") is holds else left & right
        case _:
            return frozenset()


# --------------------------------------------------------------------------------------------------------------------
# Reads


def reads(block: Block, state: State, gives: Gives) -> Iterator[Read]:
    """Every read of a value in a block, in which a call begins with ``state``."""
    if isinstance(block, Step):
        yield from _step(block, state, gives)
        return
    routes = () if isinstance(block, Menu) else block.routes
    if isinstance(block, Transfer) and block.target is not None and block.is_to_callee:
        yield CALLEE, block.target.span, state
    on_the_way = {id(route.say) for route in routes if route.say}
    entered = state | gained(block, "accepted")
    for each in spoken(block):
        if id(each.text) not in on_the_way:
            yield from _in_text(each.text, entered if each.use in ("check", "confirm") else state)
    for expression in expressions(block):
        checked = isinstance(block, Collect) and any(check.condition is expression for check in block.checks)
        yield from reads_in(expression, entered if checked else state)
    for route in routes:
        yield from _on_the_way(route, [state | gained(block, name.text) for name in route.outcomes])


def _step(step: Step, state: State, gives: Gives) -> Iterator[Read]:
    for statement in step.statements:
        for expression in statement_expressions(statement):
            yield from reads_in(expression, state)
        routes: tuple[Route, ...] = getattr(statement, "routes", ())
        on_the_way = {id(route.say) for route in routes if route.say}
        for each in statement_texts(statement):
            if id(each.text) not in on_the_way:
                # The only sentence of a guard is the one on its way.
                guarded = known_if(statement.condition, True) if isinstance(statement, WhenGuard) else frozenset()
                yield from _in_text(each.text, state | guarded)
        if isinstance(statement, Notify):
            yield from _in_text(statement.text, state)
        for route in routes:
            states = [on_edge(statement, name.text, state, gives) for name in route.outcomes]
            yield from _on_the_way(route, [each for each in states if each is not None])
        state = behind(statement, state)


def _on_the_way(route: Route, states: list[State]) -> Iterator[Read]:
    """The reads of the sentence of a route, which is said with every one of its outcomes."""
    if route.say is not None and states:
        yield from _in_text(route.say, frozenset.intersection(*states))


def _in_text(text: Text, state: State) -> Iterator[Read]:
    for part in text.parts:
        if isinstance(part, Hole):
            yield part.path[0], Span(part.span.start + 1, part.span.start + 1 + len(".".join(part.path))), state


def reads_in(expression: Expression, state: State) -> Iterator[Read]:
    """The values that an expression reads; what its own guards have asked for counts as there."""
    match expression:
        case Variable():
            yield expression.path[0], expression.span, state
        case Not():
            yield from reads_in(expression.operand, state)
        case Binary():
            yield from reads_in(expression.left, state)
            more = expression.operator in ("and", "or")
            known = known_if(expression.left, expression.operator == "and") if more else frozenset()
            yield from reads_in(expression.right, state | known)
        case Conditional():
            yield from reads_in(expression.condition, state)
            yield from reads_in(expression.then, state | known_if(expression.condition, True))
            yield from reads_in(expression.otherwise, state | known_if(expression.condition, False))
        case ListLiteral():
            for item in expression.items:
                yield from reads_in(item, state)
        case Call():
            for argument in expression.arguments:
                yield from reads_in(argument, state)
        case _:
            return
