"""What of the past can still matter in a block: what the blocks that can follow ask for.

Two calls that differ in nothing else are in the same state.
"""

from __future__ import annotations

from dsl import Program
from dsl.analysis.edges import statement_edges
from dsl.analysis.texts import statement_texts
from dsl.analysis.values import expressions, holes, statement_expressions, variables, variables_in, walk
from dsl.ast import (
    Block,
    Collect,
    DateKind,
    GoTo,
    Hole,
    IsKnown,
    IsOpen,
    Lookup,
    Menu,
    Recall,
    Remember,
    Set,
    Step,
    TimeKind,
    WhenHours,
    WhenSwitch,
)

MOMENT, CALLER, SWITCHES = "@moment", "@caller", "@switches"
"""What blocks ask for beside values. The moment: what a sentence tells of opening hours (the name of the holiday) is
that of the time at which the call was led there."""


def asks_time(block: Block) -> bool:
    """Whether the way of a call depends on the time in a block."""
    if isinstance(block, Step) and any(isinstance(each, WhenHours) for each in block.statements):
        return True
    if isinstance(block, Collect) and isinstance(block.kind, DateKind | TimeKind):
        return True
    of_time = (("today",), ("now",), ("caller", "waited"))
    if any(variable.path in of_time or variable.path[:1] in of_time for variable in variables(block)):
        return True
    return any(isinstance(node, IsOpen) for expression in expressions(block) for node in walk(expression))


def _reads(program: Program, block: Block) -> set[str]:
    """The names that a block itself asks for."""
    found = {variable.path[0] for variable in variables(block)} | {hole.path[0] for hole in holes(block)}
    statements = block.statements if isinstance(block, Step) else ()
    found |= {each.target.text for each in statements if isinstance(each, Remember)}
    if "caller" in found or any(isinstance(each, Recall | Remember) for each in statements):
        found.add(CALLER)
    counted = [block.counter] if isinstance(block, Menu | Collect) else []
    counted += [check.counter for check in block.checks] if isinstance(block, Collect) else []
    counted += [each.counter for each in statements if hasattr(each, "counter")]
    for name in counted:
        counter = program.counters.get(name.text) if name is not None else None
        if counter is not None and counter.key is not None:
            found |= {variable.path[0] for variable in variables_in(counter.key)}
            found.add(CALLER)
    if found & set(program.hours):
        found.add(MOMENT)
    switched = any(isinstance(each, WhenSwitch | WhenHours) for each in statements)
    if switched or (asks_time(block) and any(hours.emergency for hours in program.hours.values())):
        found.add(SWITCHES)
    return found


def _gives(block: Block, asked_whether_known: set[str]) -> set[str]:
    """The values that a block gives anew, so that what they were before does not matter any more. Of a value that may
    be asked whether it is known, also what it was before a look-up that finds nothing."""
    found: set[str] = set()
    if isinstance(block, Collect) and block.into is not None:
        found.add(block.into.text)
    elif isinstance(block, Step):
        for statement in block.statements:
            if isinstance(statement, Set | Lookup | Recall):
                found.add(statement.target.text)
            if isinstance(statement, WhenHours):
                found.add(MOMENT)
            if tuple(statement_edges(statement)):
                break  # what stands behind it is not reached by every call
    return found - asked_whether_known


def _before_given(program: Program, block: Block, gives: set[str]) -> set[str]:
    """What a block asks for that it has not given itself before: ``set tries = tries + 1`` asks for what it was."""
    found = _reads(program, block) - gives
    given: set[str] = set()
    for statement in block.statements if isinstance(block, Step) else ():
        asked = {each.path[0] for value in statement_expressions(statement) for each in variables_in(value)}
        texts = (spoken.text for spoken in statement_texts(statement))
        asked |= {part.path[0] for text in texts for part in text.parts if isinstance(part, Hole)}
        found |= asked - given
        if asked & set(program.hours) and MOMENT not in given:
            found.add(MOMENT)
        if isinstance(statement, WhenHours):
            given.add(MOMENT)
        given |= {statement.target.text} & gives if isinstance(statement, Set | Lookup | Recall) else set()
    return found


class Liveness:
    """By block: what can still be asked for when a call is in it (``inside``), and when it has left it (``behind``)."""

    def __init__(self, program: Program) -> None:
        self._program = program
        blocks = program.blocks
        known = {
            node.operand.path[0]
            for block in blocks.values()
            for expression in expressions(block)
            for node in walk(expression)
            if isinstance(node, IsKnown)
        }
        follows = {name: set(program.targets(block)) & set(blocks) for name, block in blocks.items()}
        handlers = self._handlers() & set(blocks)
        gives = {name: _gives(block, known) for name, block in blocks.items()}
        entry = {name: _before_given(program, block, gives[name]) for name, block in blocks.items()}
        after: dict[str, set[str]] = {name: set() for name in blocks}
        before: dict[str, set[str]] = {name: set() for name in blocks}
        for name, others in follows.items():
            for other in others | handlers:
                before[other].add(name)
        waiting = dict.fromkeys(blocks)
        while waiting:
            name, _ = waiting.popitem()
            for other in before[name]:
                # Something may fail in a block before it has given a value: then the handler has what was before.
                kept = entry[name] if name in handlers else entry[name] - gives[other]
                if not (entry[name] <= after[other] and kept <= entry[other]):
                    after[other] |= entry[name]
                    entry[other] |= kept
                    waiting[other] = None
        # While a call is in a block, what the block itself gives may be given already.
        self.inside = {n: frozenset(entry[n] | after[n] | _reads(program, blocks[n])) for n in blocks}
        self.behind = {name: frozenset(names) for name, names in after.items()}

    def _handlers(self) -> set[str]:
        flows = (self._program.flow, *self._program.flows.values())
        ways = (way for flow in flows if flow is not None for way in (flow.on_error, flow.on_hangup))
        return {way.target.text for way in ways if isinstance(way, GoTo)}
