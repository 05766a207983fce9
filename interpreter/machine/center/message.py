"""A message after the tone. The greeting is said to its end, for what records hears it, too.

A caller who hangs up while it records has left a message all the same, if it is long enough: that is the recorder's to
say, so the machine waits for its word after the call is over.
"""

from __future__ import annotations

from dsl.ast import Voicemail
from interpreter.machine import ends, run, secrecy
from interpreter.machine.center import asking
from interpreter.machine.state import After
from interpreter.machine.turn import Turn, longest
from interpreter.protocol import Disconnected, Event, Play, PlayEnded, Reported, Value

UP_TO = 180.0
"""Seconds of a message when the script says nothing."""
SLACK = 60.0
"""Seconds beyond the longest message, for listening to it and for keeping it."""
AFTER_HANGUP = 10.0
"""Seconds in which the recorder has to say what it has when the caller has hung up."""
OUTCOMES = ("saved", "empty", "failed")


def begin(turn: Turn, block: Voicemail) -> After | None:
    """Say the greeting."""
    prompts = turn.prompts((block.greeting,)) if block.greeting is not None else ()
    if prompts is None:
        return ends.system_error(turn, "a value of the greeting is missing")
    if not prompts:
        _record(turn, block)
        return None
    op = turn.op()
    turn.effects.append(Play(op, prompts, turn.language, turn.voice))
    asking.note(turn, "media", op)
    asking.stay(turn, op, longest(prompts) + SLACK)
    return None


def _record(turn: Turn, block: Voicemail) -> None:
    secrecy.set_aside(turn)
    up_to = block.up_to.seconds if block.up_to else UP_TO
    arguments: list[tuple[str, Value]] = [("up_to", up_to), ("transcribe", block.transcribe)]
    if block.stop_key is not None:
        arguments.append(("stop", block.stop_key.text))
    if block.silence is not None:
        arguments.append(("silence", block.silence.seconds))
    if block.review is not None:
        arguments.append(("review", turn.say(block.review) or ""))
    if block.notify is not None:
        arguments.append(("notify", block.notify.text))
    asking.ask(turn, "voicemail", block.name.text, (*arguments, ("language", turn.language)), up_to + SLACK)
    asking.note(turn, "records", True)


def event(turn: Turn, block: Voicemail, event: Event) -> bool:
    """Take an event while the greeting is said or the message recorded."""
    records = asking.noted(turn, "records") is True
    if not records and isinstance(event, PlayEnded) and asking.ended(turn, event):
        turn.stop_waiting()
        asking.note(turn, "media", "")
        _record(turn, block)
        return True
    if isinstance(event, Disconnected):
        return _hung_up(turn, records)
    if turn.call.gone:
        return _told_late(turn, block, event)
    return records and asking.simple(turn, block, event, OUTCOMES)


def _hung_up(turn: Turn, records: bool) -> bool:
    if not records or turn.call.gone:
        return turn.call.gone
    block = turn.program.blocks.get(turn.call.block)
    turn.note("edge", "caller hangs up", block.span.start if block is not None else -1)
    turn.update(gone=True, ending="abandoned")
    turn.timer("watch", AFTER_HANGUP)
    return True


def _told_late(turn: Turn, block: Voicemail, event: Event) -> bool:
    """What has become of the message of a caller who has hung up; the route is run in silence."""
    answer = asking.mine(turn, event)
    late = asking.is_due(turn, event, "watch")
    if answer is None and not late:
        return False
    outcome = answer.outcome if isinstance(answer, Reported) and answer.outcome in OUTCOMES else "failed"
    turn.stop_waiting()
    turn.update(ending="abandoned", result="")
    run.follow(turn, ends.take_outcome(turn, block.routes, outcome))
    return True
