"""Which values are there when a call comes to a place, on every way that leads there.

A forward data flow over the blocks: what a block starts with is what all ways into it have in common. A value is never
taken away again, so going back to a block by ``go back`` takes nothing from it. A guard that asks whether a value is
known counts: behind it the value is there.

A sub-flow starts with what is there at each place that runs it, and its parameters; behind one of its outcomes is there
what was before, and what is there at every ``give`` of that outcome.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dsl.analysis.program import Program
from dsl.analysis.texts import spoken
from dsl.analysis.values import statement_expressions
from dsl.ast import (
    Binary,
    Block,
    Call,
    Collect,
    Conditional,
    Destination,
    Expression,
    Give,
    GoTo,
    Hole,
    IsKnown,
    ListLiteral,
    Lookup,
    Menu,
    Not,
    Notify,
    Pay,
    Queue,
    Recall,
    Run,
    Set,
    Statement,
    Step,
    Survey,
    Text,
    Variable,
    WhenGuard,
)
from dsl.source import Span

State = frozenset[str]
EVERYTHING: State = frozenset({"*"})
"""The state of what no call has come to yet: in common with anything it is that thing."""


@dataclass(frozen=True, slots=True)
class Way:
    """An edge with what is there when it is taken."""

    cause: str
    destination: Destination
    state: State


@dataclass(frozen=True, slots=True)
class Missing:
    """A value that is read where it may not be there. ``path`` are the blocks of a shortest way on which it is not,
    with the cause of each step behind a block's name."""

    name: str
    span: Span
    block: str
    path: tuple[str, ...]


@dataclass
class Assigned:
    """The result: what is there at the beginning of each block, and every read of what may not be."""

    program: Program
    start: dict[str, State] = field(default_factory=dict)
    gives: dict[tuple[str, str], State] = field(default_factory=dict)
    ways: dict[str, tuple[Way, ...]] = field(default_factory=dict)

    def missing(self) -> Iterator[Missing]:
        """Every read of a value that may not be there, in the order of the script; of each value in a block once."""
        for name, block in self.program.blocks.items():
            state = self.start.get(name, EVERYTHING)
            if state is EVERYTHING:
                continue
            told: set[str] = set()
            for root, span, known in _reads(self.program, block, state, self.gives):
                if root not in known and root not in told and root in self._given:
                    told.add(root)
                    yield Missing(root, span, name, self._path(name, root))

    @property
    def _given(self) -> frozenset[str]:
        """The values that something in the script gives; others are unknown names, which have a rule of their own."""
        from dsl.analysis.given import given_by

        return frozenset(each for d in self.program.declarations() for each in given_by(d) if "." not in each)

    def _path(self, block: str, root: str) -> tuple[str, ...]:
        """A shortest way to a block on which a value is not there."""
        came: dict[str, tuple[str, str]] = {}
        starts = [name for name, state in _begins(self.program).items() if root not in state]
        waiting, seen = list(starts), set(starts)
        while waiting:
            name = waiting.pop(0)
            if name == block:
                break
            for way in self.ways.get(name, ()):
                target = way.destination.target.text if isinstance(way.destination, GoTo) else ""
                if target in self.program.blocks and target not in seen and root not in way.state:
                    seen.add(target)
                    came[target] = (name, way.cause)
                    waiting.append(target)
        path: list[str] = []
        at = block
        while at in came:
            before, cause = came[at]
            path.append(f"{before} ({cause})")
            at = before
        return tuple(reversed(path))


def assigned(program: Program) -> Assigned:
    """The analysis of a program. Kept with the program: several rules ask for the same."""
    known = getattr(program, "_assigned", None)
    if isinstance(known, Assigned):
        return known
    result = Assigned(program)
    _solve(result)
    object.__setattr__(program, "_assigned", result)
    return result


def _begins(program: Program) -> dict[str, State]:
    """Where calls begin, and where they go when something fails or the caller hangs up: nothing is certain there."""
    flow = program.flow
    parameters = frozenset(each.name.text for each in flow.parameters) if flow is not None else frozenset()
    found: dict[str, State] = {}
    for handler in (flow.on_hangup, flow.on_error) if flow is not None else ():
        if isinstance(handler, GoTo):
            found[handler.target.text] = parameters
    if program.entry:
        found[program.entry] = parameters
    return found


def _solve(result: Assigned) -> None:
    """To the fixed point. States only ever shrink, so this ends."""
    program = result.program
    result.start = dict.fromkeys(program.blocks, EVERYTHING)
    waiting: dict[str, None] = {}
    for name, state in _begins(program).items():
        if name in program.blocks and _meet(result.start, name, state):
            waiting[name] = None
    while waiting:
        name = next(iter(waiting))
        del waiting[name]
        block = program.blocks[name]
        ways = tuple(_ways(result, block, result.start[name]))
        result.ways[name] = ways
        for way in ways:
            changed = _follow(result, name, way)
            waiting.update(dict.fromkeys(changed))


def _follow(result: Assigned, name: str, way: Way) -> list[str]:
    """Bring a state where a way leads. The blocks that have to be looked at again."""
    program = result.program
    if isinstance(way.destination, GoTo):
        target = way.destination.target.text
        return [target] if target in program.blocks and _meet(result.start, target, way.state) else []
    if isinstance(way.destination, Give):
        owner = program.owners.get(name)
        key = (owner.name.text if owner is not None else "", way.destination.outcome.text)
        earlier = result.gives.get(key, EVERYTHING)
        result.gives[key] = way.state if earlier is EVERYTHING else earlier & way.state
        if result.gives[key] != earlier:
            return [
                other
                for other, block in program.blocks.items()
                if result.start[other] is not EVERYTHING and any(r.flow.text == key[0] for r in program.runs(block))
            ]
    return []


def _meet(start: dict[str, State], name: str, state: State) -> bool:
    earlier = start[name]
    start[name] = state if earlier is EVERYTHING else earlier & state
    return start[name] != earlier or earlier is EVERYTHING


def _ways(result: Assigned, block: Block, state: State) -> Iterator[Way]:
    """The edges of a block, each with what is there on it; also those into the sub-flows that it runs."""
    program = result.program
    if isinstance(block, Step):
        yield from _step_ways(result, block, state)
        return
    gains: dict[str, str] = {}
    if isinstance(block, Collect) and block.into is not None:
        gains["accepted"] = block.into.text
    elif isinstance(block, Pay) and block.into is not None:
        gains["paid"] = block.into.text
    for edge in program.edges(block):
        gained = gains.get(edge.cause)
        yield Way(edge.cause, edge.destination, state | {gained} if gained else state)


def _step_ways(result: Assigned, step: Step, state: State) -> Iterator[Way]:
    from dsl.analysis.edges import statement_edges

    for statement in step.statements:
        if isinstance(statement, Run):
            flow = result.program.flows.get(statement.flow.text)
            entry = result.program.blocks.get(result.program.entry_of(flow)) if flow is not None else None
            if flow is not None and entry is not None:
                inside = state | {each.name.text for each in flow.parameters}
                yield Way(f"run {flow.name.text}", GoTo(entry.name, statement.span), inside)
        for edge in statement_edges(statement):
            there = _on_edge(result, statement, edge.cause, state)
            if there is not None:
                yield Way(edge.cause, edge.destination, there)
        state = _behind(statement, state)


def _on_edge(result: Assigned, statement: Statement, cause: str, state: State) -> State | None:
    """What is there when a statement leaves by an outcome; ``None`` when no call can yet be seen to do so."""
    match statement:
        case Lookup() | Recall() if cause == "found":
            return state | {statement.target.text}
        case WhenGuard():
            return state | known_if(statement.condition, True)
        case Run():
            given = result.gives.get((statement.flow.text, cause))
            return state | given if given is not None else None
        case _:
            return state


def _behind(statement: Statement, state: State) -> State:
    """What is there behind a statement with which the step goes on."""
    match statement:
        case Set():
            return state | {statement.target.text}
        case WhenGuard():
            return state | known_if(statement.condition, False)
        case _:
            return state


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

_Read = tuple[str, Span, State]
"""The first part of a value's path, where it is read, and what is there at that place."""


def _reads(program: Program, block: Block, state: State, gives: dict[tuple[str, str], State]) -> Iterator[_Read]:
    if isinstance(block, Step):
        yield from _step_reads(block, state)
        return
    here = state
    if isinstance(block, Collect) and block.into is not None:
        yield from _text_reads([p.content for p in (*block.prompts, *block.reprompts) if not p.file], state)
        here = state | {block.into.text}
        for check in block.checks:
            yield from reads_in(check.condition, here)
        yield from _text_reads([block.confirm] if block.confirm else [], here)
        yield from _route_reads(block, {"accepted": here}, state)
        return
    if isinstance(block, Queue):
        here = state | {"queue"}
    if isinstance(block, Pay) and block.into is not None:
        yield from _route_reads(block, {"paid": state | {block.into.text}}, state)
        for part in (block.amount, block.card, block.expiry, block.code):
            if part is not None:
                yield from reads_in(part, state)
        yield from _text_reads([filler.content for filler in block.fillers if not filler.file], state)
        return
    yield from _text_reads([each.text for each in spoken(block)], here)
    yield from _block_expressions(block, here)


def _block_expressions(block: Block, state: State) -> Iterator[_Read]:
    from dsl.analysis.values import expressions

    if not isinstance(block, Menu | Survey):
        for expression in expressions(block):
            yield from reads_in(expression, state)
    elif isinstance(block, Survey):
        for question in block.questions:
            if question.source is not None:
                yield question.source.path[0], question.source.span, state


def _route_reads(block: Collect | Pay, by_outcome: dict[str, State], other: State) -> Iterator[_Read]:
    """The sentences on the way of routes, each with what is there by its outcomes."""
    for route in block.routes:
        if route.say is not None:
            states = [by_outcome.get(name.text, other) for name in route.outcomes]
            there = states[0]
            for each in states[1:]:
                there &= each
            yield from _text_reads([route.say], there)
    for after in block.afters if isinstance(block, Collect) else ():
        if after.say is not None:
            yield from _text_reads([after.say], other)


def _step_reads(step: Step, state: State) -> Iterator[_Read]:
    from dsl.analysis.texts import statement_texts

    for statement in step.statements:
        for expression in statement_expressions(statement):
            yield from reads_in(expression, state)
        texts = [each.text for each in statement_texts(statement)]
        routes = getattr(statement, "routes", ())
        said = {id(route.say) for route in routes if route.say is not None}
        yield from _text_reads([text for text in texts if id(text) not in said], state)
        if isinstance(statement, Notify):
            yield from _text_reads([statement.text], state)
        for route in routes:
            if route.say is not None:
                found = isinstance(statement, Lookup | Recall) and all(n.text == "found" for n in route.outcomes)
                there = state | {statement.target.text} if found else state  # type: ignore[union-attr]
                yield from _text_reads([route.say], there)
        state = _behind(statement, state)


def _text_reads(texts: list[Text], state: State) -> Iterator[_Read]:
    for text in texts:
        for part in text.parts:
            if isinstance(part, Hole):
                yield part.path[0], Span(part.span.start + 1, part.span.start + 1 + len(".".join(part.path))), state


def reads_in(expression: Expression, state: State) -> Iterator[_Read]:
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
