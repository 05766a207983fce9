"""Nothing of a secret is recorded, transcribed or streamed: each is paused, and that is confirmed, one after the other,
before the caller is asked.

It goes on when the call comes to a block that has nothing to do with the secret. A recording that the script itself has
paused is left to the script. Keys are not reported beside the recognition while a secret is entered.
"""

from __future__ import annotations

from dsl.ast import Block, Collect, Pay, Voicemail
from interpreter.machine import ends, feeds, recording, requests
from interpreter.machine.state import After, Waiting
from interpreter.machine.turn import Turn
from interpreter.protocol import ActionRefused, Reported, StartTones, StopTones


def is_private(turn: Turn, block: Collect) -> bool:
    """Whether a block may ask now: it asks for no secret, or nothing is being recorded."""
    return not block.secret or (turn.call.recording != "on" and feeds.silent(turn.call))


def pause(turn: Turn, block: Collect) -> After | None:
    """Pause the next of transcript, audio and recording, and wait for the confirmation."""
    if not turn.call.paused and turn.program.keeps_type_ahead:
        turn.effects.append(StopTones(turn.op()))
    turn.update(paused=True)
    op = feeds.pause(turn) or recording.change_recording(turn, "pause")
    requests.wait(turn, op, recording.CONFIRMED_WITHIN, None, "pause")
    return None


def paused(turn: Turn, waiting: Waiting, event: Reported | ActionRefused) -> bool:
    """Whether what was recorded is confirmed to be paused now."""
    return isinstance(event, Reported) and event.outcome == "started"


def not_paused(turn: Turn) -> After | None:
    """It is not known that nothing is recorded: then nothing secret is asked for (scenario S2)."""
    turn.update(paused=False, recording="on" if turn.call.recording else "")
    feeds.resume(turn)
    return ends.system_error(turn, "the recording could not be paused before a secret")


def set_aside(turn: Turn) -> None:
    """The host makes one recording of a call at a time: for a message, the call's own is stopped."""
    if turn.call.recording:
        runs = turn.call.recording == "on"
        recording.change_recording(turn, "stop")
        turn.update(set_aside=runs)


def leave_for(turn: Turn, block: Block) -> None:
    """The call comes to a block: go on recording where it was paused for a secret and this one has none, or stopped for
    a message."""
    if (
        turn.call.set_aside
        and not isinstance(block, Pay | Voicemail)
        and not (isinstance(block, Collect) and block.secret)
    ):
        turn.update(set_aside=False)
        recording.change_recording(turn, "start")
    if not turn.call.paused or isinstance(block, Pay) or (isinstance(block, Collect) and block.secret):
        return
    turn.update(paused=False)
    feeds.resume(turn)
    if turn.call.recording == "paused":
        recording.change_recording(turn, "resume")
    if turn.program.keeps_type_ahead:
        turn.effects.append(StartTones(turn.op()))
