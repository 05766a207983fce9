"""Going through blocks until the call has to wait.

Every function here answers with the next place to go, or ``None`` when the call waits or is over. `follow` is the
only loop; it is bounded, so that a script which slipped past the linter cannot hang the host.
"""

from __future__ import annotations

from typing import assert_never

from dsl.ast import (
    Collect,
    Destination,
    Leave,
    Menu,
    PlayFile,
    Say,
    Set,
    Step,
    Transfer,
    WhenGuard,
    WhenHours,
    WhenSwitch,
    WhenValue,
)
from interpreter.machine import answer, ends
from interpreter.machine.state import After, Continue, Waiting, Way
from interpreter.machine.turn import Scope, Turn
from interpreter.opening import is_zone, opening_at
from interpreter.protocol import Ending, PlayAudio, Prompt, SayText
from interpreter.protocol import Transfer as TransferAction
from interpreter.values import compare, evaluate

MOST_BLOCKS = 200
"""Blocks entered without waiting for anything: beyond this it is a loop."""
HOST_RINGS = 60.0
"""Seconds that the host lets a transfer ring before it gives up (service limits: transfer time-out)."""


def follow(turn: Turn, after: After | None) -> None:
    """Go on until the call waits or is over."""
    entered = 0
    while after is not None:
        entered += 1
        if entered % MOST_BLOCKS == 0:  # ends.MOST_ERRORS bounds this, too
            after = ends.system_error(turn, "went through too many blocks without waiting")
        else:
            after = _next(turn, after)


def _next(turn: Turn, after: After) -> After | None:
    match after:
        case Continue():
            block = turn.program.blocks.get(after.block)
            if isinstance(block, Step):
                return _statements(turn, block, after.statement)
            return ends.system_error(turn, f"there is no step {after.block}")
        case Way():
            return enter(turn, after.name) if after.kind == "block" else ends.finish(turn, after)
        case _:
            assert_never(after)


def enter(turn: Turn, name: str) -> After | None:
    """Begin a block."""
    block = turn.program.blocks.get(name)
    if block is None:
        return ends.system_error(turn, f"there is no block {name}")
    if not turn.call.gone:
        turn.update(block=name, visit=None)
    turn.note("entered", name, block.span.start)
    match block:
        case Step():
            return _statements(turn, block, 0)
        case _ if turn.call.gone:
            return ends.finish(turn, Way("finish", turn.call.result))
        case Menu() | Collect():
            return answer.begin(turn, block)
        case Transfer():
            return _transfer(turn, block)
        case _:
            assert_never(block)


def _transfer(turn: Turn, block: Transfer) -> After | None:
    if block.target is None:
        return ends.system_error(turn, "the transfer has no target")
    op = turn.op()
    caller_id = block.caller_id.text if block.caller_id else ""
    turn.effects.append(TransferAction(op, block.target.kind, block.target.name.text, caller_id))
    turn.wait("transfer", op, HOST_RINGS)
    if block.ring is not None:
        turn.timer("ring", block.ring.seconds)
    return None


def _statements(turn: Turn, step: Step, first: int) -> After | None:
    """Run statements from ``first``. Sentences that follow each other are one prompt, so that nothing is heard
    between."""
    index = first
    while index < len(step.statements):
        statement = step.statements[index]
        match statement:
            case Say() | PlayFile():
                index, spoken = _sentences(turn, step, index)
                if spoken is None:
                    return ends.system_error(turn, "a value of a sentence is missing")
                if not turn.call.gone:
                    turn.play(spoken, Continue(step.name.text, index), statement.interruptible)
                    return None
                continue
            case Set():
                value = evaluate(statement.value, Scope(turn))
                if value is None:
                    return ends.system_error(turn, f"no value for {statement.target.text}")
                ends.set_variable(turn, statement.target.text, value)
            case WhenHours():
                return _when_hours(turn, statement)
            case WhenSwitch():
                if dict(turn.call.switches).get(statement.switch.text, False) is statement.state:
                    state = "on" if statement.state else "off"
                    cause = f"switch {statement.switch.text} is {state}"
                    return ends.take(turn, cause, statement.destination, statement.say, statement.span.start)
            case WhenGuard():
                if evaluate(statement.condition, Scope(turn)) is True:
                    return ends.take(turn, "when", statement.destination, statement.say, statement.span.start)
            case WhenValue():
                return _when_value(turn, statement)
            case Leave():
                return ends.take(turn, "then", statement.destination, None, statement.span.start)
            case _:
                assert_never(statement)
        index += 1
    return ends.system_error(turn, f"the step {step.name.text} ends in nothing")


def _sentences(turn: Turn, step: Step, first: int) -> tuple[int, tuple[Prompt, ...] | None]:
    """The run of sentences from ``first`` that may be interrupted alike, and the statement behind it."""
    found: list[Prompt] = []
    opening = step.statements[first]
    interruptible = isinstance(opening, Say | PlayFile) and opening.interruptible
    index = first
    for index in range(first, len(step.statements) + 1):
        statement = step.statements[index] if index < len(step.statements) else None
        if not isinstance(statement, Say | PlayFile) or statement.interruptible is not interruptible:
            break
        if isinstance(statement, PlayFile):
            found.append(PlayAudio(statement.file.plain))
            continue
        said = turn.say(statement.text)
        if said is None:
            return index, None
        found.append(SayText(said))
    return index, tuple(found)


def _when_hours(turn: Turn, statement: WhenHours) -> After | None:
    hours = turn.program.hours.get(statement.hours.text)
    if hours is None:
        return ends.system_error(turn, f"there are no hours {statement.hours.text}")
    if hours.emergency is not None and dict(turn.call.switches).get(hours.emergency.text, False):
        return ends.take_outcome(turn, statement.routes, "emergency")
    zone = turn.program.timezone_of(hours)
    if not is_zone(zone):
        return ends.system_error(turn, f"there is no time zone {zone!r}")
    state = opening_at(hours, zone, turn.at).state
    return ends.take_outcome(turn, statement.routes, state)


def _when_value(turn: Turn, statement: WhenValue) -> After | None:
    scope = Scope(turn)
    subject = evaluate(statement.subject, scope)
    for case in statement.cases:
        results = [compare(case.operator, subject, evaluate(value, scope)) for value in case.values]
        fits = all(result is True for result in results) if case.operator == "is-not" else True in results
        if fits:
            return ends.take(turn, "case", case.destination, None, case.span.start)
    other = statement.otherwise
    if other is None:
        return ends.system_error(turn, "no case fits")
    return ends.take(turn, "otherwise", other.destination, other.say, other.span.start)


def left(turn: Turn, ending: Ending, handler: Destination | None, result: str = "") -> None:
    """The caller does not hear us any more: run what the script says for that, in silence."""
    turn.stop_waiting()
    turn.update(gone=True, ending=ending, result=result)
    follow(turn, ends.way(handler) if handler is not None else Way("finish", result))


def resume(turn: Turn, waiting: Waiting) -> None:
    """A prompt has ended: go where it said."""
    turn.stop_waiting()
    follow(turn, waiting.then)
