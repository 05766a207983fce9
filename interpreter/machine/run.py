"""Going through blocks until the call has to wait.

Every function here answers with the next place to go, or ``None`` when the call waits or is over. `follow` is the
only loop; it is bounded, so that a script which slipped past the linter cannot hang the host.
"""

from __future__ import annotations

from typing import assert_never

from dsl.ast import (
    Block,
    Callback,
    Collect,
    Consult,
    Destination,
    Dial,
    Menu,
    Pay,
    Queue,
    Run,
    Step,
    Survey,
    Transfer,
    Voicemail,
)
from interpreter.machine import answer, center, ends, requests, secrecy, statements
from interpreter.machine.state import After, Continue, Outcome, Waiting, Way
from interpreter.machine.turn import Turn
from interpreter.protocol import Ending
from interpreter.protocol import Transfer as TransferAction

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
                return statements.run(turn, block, after.statement, after.part)
            return ends.system_error(turn, f"there is no step {after.block}")
        case Outcome():
            return requests.outcome(turn, after) if after.statement >= 0 else center.outcome(turn, after)
        case Way():
            return _way(turn, after)
        case _:
            assert_never(after)


def _way(turn: Turn, way: Way) -> After | None:
    match way.kind:
        case "block":
            return enter(turn, way.name)
        case "back":
            return enter(turn, turn.call.back)
        case "give":
            return _give(turn, way.name)
        case "finish" | "hang_up":
            return ends.finish(turn, way)
        case _:
            assert_never(way.kind)


def _give(turn: Turn, outcome: str) -> After | None:
    """The end of a sub-flow: back to the step that ran it, and out of there by the outcome."""
    if not turn.call.frames:
        return ends.system_error(turn, f"`give {outcome}` outside of a sub-flow")
    *others, frame = turn.call.frames
    block = turn.program.blocks.get(frame.block)
    found = block.statements[frame.statement] if isinstance(block, Step) else None
    turn.update(frames=tuple(others))
    if not turn.call.gone:
        turn.update(block=frame.block, visit=None)
    routes = found.routes if isinstance(found, Run) else ()
    return ends.take_outcome(turn, routes, outcome)


def enter(turn: Turn, name: str) -> After | None:
    """Begin a block."""
    block = turn.program.blocks.get(name)
    if block is None:
        return ends.system_error(turn, f"there is no block {name}")
    if not turn.call.gone:
        turn.update(block=name, visit=None, center=())
    turn.note("entered", name, block.span.start)
    if not isinstance(block, Step):
        if turn.call.gone:
            return ends.finish(turn, Way("finish", turn.call.result))
        secrecy.leave_for(turn, block)
    return begin(turn, block)


def begin(turn: Turn, block: Block) -> After | None:
    """What a block does first."""
    match block:
        case Step():
            return statements.run(turn, block, 0)
        case Menu():
            return answer.begin(turn, block)
        case Collect():
            return answer.begin(turn, block) if secrecy.is_private(turn, block) else secrecy.pause(turn, block)
        case Transfer() if block.is_blind:
            return _transfer(turn, block)
        case Transfer() | Queue() | Voicemail() | Callback() | Consult() | Pay() | Survey() | Dial():
            return center.begin(turn, block)
        case _:
            assert_never(block)


def _transfer(turn: Turn, block: Transfer) -> After | None:
    if block.target is None or block.target.kind == "callee":
        return ends.system_error(turn, "the transfer has no target")
    op = turn.op()
    caller_id = block.caller_id.text if block.caller_id else ""
    turn.effects.append(TransferAction(op, block.target.kind, block.target.name.text, caller_id))
    turn.wait("transfer", op, HOST_RINGS)
    if block.ring is not None:
        turn.timer("ring", block.ring.seconds)
    return None


def left(turn: Turn, ending: Ending, handler: Destination | None, result: str = "") -> None:
    """The caller does not hear us any more: run what the script says for that, in silence."""
    turn.stop_waiting()
    turn.update(gone=True, ending=ending, result=result)
    follow(turn, ends.way(handler) if handler is not None else Way("finish", result))


def resume(turn: Turn, waiting: Waiting) -> None:
    """A prompt has ended: go where it said."""
    turn.stop_waiting()
    follow(turn, waiting.then)
