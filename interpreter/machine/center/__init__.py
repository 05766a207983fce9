"""The blocks of a contact center in the machine: queues, messages, second legs, payments, surveys.

`begin` enters such a block, `event` takes what comes in while the call is in one.
"""

from __future__ import annotations

from dsl.ast import Block
from interpreter.machine import ends
from interpreter.machine.state import After, Outcome
from interpreter.machine.turn import Turn
from interpreter.protocol import Event


def begin(turn: Turn, block: Block) -> After | None:
    """Enter a block."""
    return ends.system_error(turn, f"{type(block).__name__.lower()} is not built yet")


def event(turn: Turn, block: Block, event: Event) -> bool:
    """Take an event while the call is in one of these blocks. False when it is none of theirs."""
    return False


def outcome(turn: Turn, after: Outcome) -> After | None:
    """Leave a block by an outcome that was waiting for a sentence to be said."""
    block = turn.program.blocks.get(after.block)
    return ends.take_outcome(turn, getattr(block, "routes", ()), after.name)
