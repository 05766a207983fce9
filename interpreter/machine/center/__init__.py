"""The blocks of a contact center in the machine: queues, messages, second legs, payments, surveys.

Theory of operation: such a block asks another part of the house for something (`protocol.Request`) and stays
until an outcome of its verb is reported, a key of the caller leaves it, or its time is over. Meanwhile it may play
music and speak; `Call.center` is what it keeps in mind. `begin` enters a block, `event` takes everything that comes in
while the call is in one; what it does not take is the machine's own affair.

A part of the house that is not there refuses the request: then the block ends as ``failed``, by the script's own route.
"""

from __future__ import annotations

from typing import assert_never

from dsl.ast import Block, Callback, Collect, Consult, Dial, Menu, Pay, Queue, Step, Survey, Transfer, Voicemail
from interpreter.machine import ends
from interpreter.machine.center import asking, dial, legs, message, payment, queue, survey
from interpreter.machine.state import After, Outcome
from interpreter.machine.turn import Turn
from interpreter.protocol import Event

__all__ = ["begin", "event", "outcome"]


def begin(turn: Turn, block: Block) -> After | None:
    """Enter a block."""
    match block:
        case Queue():
            return queue.begin(turn, block)
        case Voicemail():
            return message.begin(turn, block)
        case Pay():
            return payment.begin(turn, block)
        case Survey():
            return survey.begin(turn, block)
        case Dial():
            return dial.begin(turn, block)
        case Transfer() | Consult() | Callback():
            return legs.begin(turn, block)
        case Step() | Menu() | Collect():
            raise AssertionError("not a block of the center")
        case _:
            assert_never(block)


def event(turn: Turn, block: Block, event: Event) -> bool:
    """Take an event while the call is in one of these blocks. False when it is none of theirs."""
    match block:
        case Queue():
            return queue.event(turn, block, event)
        case Voicemail():
            return message.event(turn, block, event)
        case Pay():
            return payment.event(turn, block, event)
        case Survey():
            return survey.event(turn, block, event)
        case Dial():
            return dial.event(turn, block, event)
        case Transfer() | Consult() | Callback():
            return legs.event(turn, block, event)
        case Step() | Menu() | Collect():
            return False
        case _:
            assert_never(block)


def outcome(turn: Turn, after: Outcome) -> After | None:
    """Leave a block by an outcome that was waiting for a sentence to be said."""
    block = turn.program.blocks.get(after.block)
    return ends.take_outcome(turn, asking.routes_of(block), after.name)
