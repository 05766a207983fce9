"""A condition has the same answer in every call.

Two fixed values are compared, two parts of it exclude each other, or an earlier line has sorted out what it asks for.
So one of the two ways is never taken, though somebody meant it to be.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.assigned import assigned
from dsl.analysis.constants import Atom, answer, atoms, case_atoms, contradictory
from dsl.analysis.reads import State, behind
from dsl.analysis.values import statement_expressions, walk
from dsl.ast import (
    Binary,
    Collect,
    Conditional,
    Expression,
    IsKnown,
    Lookup,
    Not,
    Queue,
    Recall,
    Run,
    Set,
    Statement,
    Step,
    WhenGuard,
    WhenValue,
)
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span

Facts = tuple[Atom, ...]


def check(context: Context) -> Iterator[Diagnostic]:
    result = assigned(context.program)
    for name, block in context.program.blocks.items():
        if isinstance(block, Step):
            yield from _step(context, block, result.start[name] if result.reached(name) else frozenset())
        elif isinstance(block, Collect):
            for each in block.checks:
                yield from _condition(context, each.condition, frozenset(), ())
        elif isinstance(block, Queue):
            known = result.start[name] if result.reached(name) else frozenset()
            for option in block.options:
                if option.condition is not None:
                    yield from _condition(context, option.condition, known, ())
            if block.priority is not None:
                yield from _inside(context, block.priority, known, ())


def _step(context: Context, step: Step, known: State) -> Iterator[Diagnostic]:
    facts: Facts = ()
    for statement in step.statements:
        if isinstance(statement, WhenGuard):
            yield from _condition(context, statement.condition, known, facts)
            facts = (*facts, *_lasting(atoms(statement.condition, False)))
        elif isinstance(statement, WhenValue):
            yield from _cases(context, statement, facts)
        else:
            for expression in statement_expressions(statement):
                yield from _inside(context, expression, known, facts)
        facts = tuple(each for each in facts if not _changes(statement, each.subject))
        known = behind(statement, known)


def _condition(context: Context, condition: Expression, known: State, facts: Facts) -> Iterator[Diagnostic]:
    """The outermost parts of a condition that have one answer only."""
    found = answer(condition, known, facts)
    if found is not None:
        yield _finding(context, condition.span, _headline(condition, found), "the same in every call")
    elif isinstance(condition, Not):
        yield from _condition(context, condition.operand, known, facts)
    elif isinstance(condition, Binary) and condition.operator in ("and", "or"):
        yield from _condition(context, condition.left, known, facts)
        yield from _condition(context, condition.right, known, facts)
    else:
        yield from _inside(context, condition, known, facts)


def _inside(context: Context, expression: Expression, known: State, facts: Facts) -> Iterator[Diagnostic]:
    """The conditions of every `if` in an expression."""
    for node in walk(expression):
        if isinstance(node, Conditional):
            yield from _condition(context, node.condition, known, facts)


def _cases(context: Context, statement: WhenValue, facts: Facts) -> Iterator[Diagnostic]:
    earlier: list[Facts] = []
    for case in statement.cases:
        holds, opposite = case_atoms(statement.subject, case)
        again = any(_overlap(one, other) for each in earlier for one in each for other in holds)
        if holds and not again and contradictory((*facts, *holds)):
            span = Span(case.values[0].span.start, case.values[-1].span.end)
            yield _finding(context, span, "this case never comes", "earlier ones have taken all of it")
        facts = (*facts, *opposite)
        earlier.append(holds)


def _overlap(one: Atom, other: Atom) -> bool:
    """Whether two cases name the same value, which is told as a line that another one has taken."""
    return one.operator == other.operator and bool(one.keys & other.keys)


def _lasting(facts: Facts) -> Facts:
    """Without the time of day, which goes on from line to line."""
    return tuple(each for each in facts if each.subject not in ("now", "today") and "(" not in each.subject)


def _changes(statement: Statement, subject: str) -> bool:
    if isinstance(statement, Run):
        return True
    return isinstance(statement, Set | Lookup | Recall) and subject.split(".")[0] == statement.target.text


def _headline(condition: Expression, found: bool) -> str:
    if isinstance(condition, IsKnown):
        return f"`{condition.operand.path[0]}` is always known here"
    return "this condition always holds" if found else "this condition never holds"


def _finding(context: Context, span: Span, headline: str, label: str) -> Diagnostic:
    advice = "compare a value of the call, or take it out"
    return RULE.at(context.program.source, span, headline, label, help=advice)


RULE = Rule(
    code="IVR125",
    name="condition-never-changes",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    when "gold" is "silver" -> sorry
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    when caller.number is "" -> sorry
    say "Thank you for calling."
    go to sorry
"""),
)
