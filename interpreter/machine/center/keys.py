"""Keys while somebody waits: those of a queue, and those that hold anywhere in the flow.

They are heard by the continuous recognition, which runs from entering such a block until somebody is there or the block
is left; where the script keeps keys typed ahead, it runs all the time.
"""

from __future__ import annotations

from dsl.ast import Block, GlobalKey
from interpreter.machine import ends, run
from interpreter.machine.center import asking
from interpreter.machine.turn import Turn
from interpreter.protocol import StartTones, StopTones, ToneHeard


def listen(turn: Turn, block: Block, own: bool = False) -> None:
    """Hear keys from now on, where any mean something: ``own``, the block has some itself."""
    if (own or turn.program.keys_of(block)) and not turn.program.keeps_type_ahead:
        turn.effects.append(StartTones(turn.op()))
        asking.note(turn, "hears", True)


def deafen(turn: Turn) -> None:
    """Hear keys no more, where they were heard."""
    if asking.noted(turn, "hears") is True:
        turn.effects.append(StopTones(turn.op()))
        asking.note(turn, "hears", False)


def is_new(turn: Turn, event: ToneHeard) -> bool:
    """Whether this key was not taken before: the host says things twice."""
    if event.sequence in turn.call.tones_seen:
        return False
    turn.update(tones_seen=(*turn.call.tones_seen, event.sequence)[-32:])
    return True


def anywhere(turn: Turn, block: Block, tone: str) -> GlobalKey | None:
    """The key that holds anywhere and that the block leaves to it."""
    return next((key for key in turn.program.keys_of(block) if key.key.text == tone), None)


def take(turn: Turn, block: Block, key: GlobalKey) -> bool:
    """Go where a key that holds anywhere leads: ``go back`` will lead here. Always True."""
    cause = f"press {key.key.text} anywhere"
    deafen(turn)
    asking.quiet(turn)
    turn.stop_waiting()
    turn.update(back=block.name.text)
    turn.note("edge", cause, block.span.start)
    run.follow(turn, ends.take(turn, cause, key.destination, None, key.span.start))
    return True


def waiting(turn: Turn, block: Block, event: ToneHeard) -> bool:
    """Take a key in a block that has none of its own. Always True."""
    if not is_new(turn, event):
        return True
    key = anywhere(turn, block, event.tone)
    if key is None:
        turn.note("ignored", f"key {event.tone} has no meaning here")
        return True
    asking.withdraw(turn)
    return take(turn, block, key)
