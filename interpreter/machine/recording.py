"""Recording, transcribing and streaming a call: what is asked for, and what the host says has become of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Literal, assert_never

from dsl.ast import RecordCall, Step, StreamAudio, TranscribeCall
from interpreter.machine import ends, feeds, requests
from interpreter.machine.results import recording_outcome
from interpreter.machine.state import After, Continue, Outcome
from interpreter.machine.turn import Turn, longest
from interpreter.protocol import Play, Prompt, RecordingChanged, Reported

CONFIRMED_WITHIN = 3.0
"""Seconds in which the pause of a recording has to be confirmed before a secret is asked for (scenario S2)."""
Recording = RecordCall | TranscribeCall | StreamAudio


def record(turn: Turn, step: Step, index: int, statement: Recording) -> tuple[bool, After | None]:
    """Start, pause, resume or stop. A pause is waited for, because what follows must not be heard."""
    notice = statement.notice if isinstance(statement, RecordCall) else None
    so_already = isinstance(statement, RecordCall) and _is_so(turn, statement.action)
    op = "" if so_already else start(turn, statement)
    if not op:
        return (False, Outcome(step.name.text, index, "started")) if statement.routes else (True, None)
    if notice is not None and not turn.call.gone:
        prompts = turn.prompts((notice,))
        if prompts is None:
            return False, ends.system_error(turn, "a value of a notice is missing")
        if not statement.routes and statement.action != "pause":
            turn.play(prompts, Continue(step.name.text, index + 1))
            return False, None
        return _say_while_waiting(turn, prompts, op, Continue(step.name.text, index))
    if isinstance(statement, RecordCall) and statement.action == "pause" and not turn.call.gone:
        requests.wait(turn, op, CONFIRMED_WITHIN, Continue(step.name.text, index), "statement")
        return False, None
    return requests.wait_if_routed(turn, step, index, op, statement.routes)


def _say_while_waiting(turn: Turn, prompts: tuple[Prompt, ...], op: str, here: Continue) -> tuple[bool, After | None]:
    """Say the notice while the host is asked; it is said to its end, whatever the host says meanwhile."""
    said = turn.op()
    turn.effects.append(Play(said, prompts, turn.language, turn.voice))
    requests.wait(turn, op, CONFIRMED_WITHIN, here, "statement")
    waiting = turn.call.waiting
    assert waiting is not None
    turn.update(waiting=dataclasses.replace(waiting, filler=said, filler_ends=turn.at + longest(prompts)))
    return False, None


def _is_so(turn: Turn, action: str) -> bool:
    """Whether the recording is as it is asked for: the host refuses to pause, or to go on with, what is so already. One
    that was set aside for a message does not run; whatever the script says of it now, holds from now on."""
    if turn.call.set_aside:
        turn.update(set_aside=False)
        return action in ("pause", "stop")
    return turn.call.recording == _STATES[action]


def start(turn: Turn, statement: Recording) -> str:
    """Ask for a change of recording, transcription or streaming, and note what is wanted. Returns the operation to wait
    for, empty where it is so already."""
    match statement:
        case RecordCall():
            return change_recording(turn, statement.action)
        case TranscribeCall():
            return feeds.change(turn, "transcribe", statement.action)
        case StreamAudio():
            return feeds.change(turn, "stream", statement.action)
        case _:
            assert_never(statement)


def change_recording(turn: Turn, action: str) -> str:
    """Ask for a change of the call's recording. Where there is none any more, another one is begun."""
    if action == "resume" and not turn.call.recording:
        action = "start"
    known = (("recording", turn.call.recording_id),) if turn.call.recording_id and action != "start" else ()
    op = turn.request("record", action, known, (), CONFIRMED_WITHIN)
    turn.update(recording=_STATES[action], recording_op=op)
    if action in ("start", "stop"):
        turn.update(recording_id="")
    return op


_STATES: Mapping[str, Literal["", "on", "paused"]] = {"start": "on", "resume": "on", "pause": "paused", "stop": ""}


def not_changed(turn: Turn) -> None:
    """The host has not done what was last asked of it: the recording is as it was."""
    match turn.call.recording:
        case "paused":
            turn.update(recording="on")
        case "on":
            # A name is known of what was to be resumed, and none of what was to be begun.
            turn.update(recording="paused" if turn.call.recording_id else "")
        case "":
            pass


def late(turn: Turn, op: str) -> None:
    """Nothing came back in time. A pause that may still come is taken back: nobody would end it."""
    if op == turn.call.recording_op and turn.call.recording == "paused":
        change_recording(turn, "resume")


def recording_changed(turn: Turn, event: RecordingChanged) -> Reported | None:
    """What the host says of the recording, as the answer to what was last asked of it; ``None`` where it is none: an
    old state that comes late, or one that nobody has asked for."""
    call = turn.call
    if event.state == "failed":
        if not call.recording_op:
            return None
        why = f"{event.code}/{event.sub_code} {event.reason}".strip()
        return Reported(event.at, call.recording_op, recording_outcome(event), reason=why)
    if call.recording and event.recording:
        turn.update(recording_id=event.recording)
    wanted = "active" if call.recording == "on" else "inactive"
    if not call.recording_op or event.state != wanted:
        turn.note("ignored", f"the recording is {event.state}")
        return None
    return Reported(event.at, call.recording_op, "started")
