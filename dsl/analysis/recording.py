"""Whether a call is recorded at each place of a script, and what else the host sends out of it.

This is what the script itself asks for; that the machine pauses a recording for a secret is left out. A recording that
was refused or has failed is a state of its own: to pause it is no mistake of the script. What is left paused by an
error is no mistake either.
"""

from __future__ import annotations

from dsl.analysis.once import once
from dsl.analysis.possible import Possible, possible
from dsl.analysis.program import Program
from dsl.ast import RecordCall, Statement, Step, StreamAudio, TranscribeCall

OFF, ON, FAILED = "off", "on", "failed"
PAUSED = "paused "
"""Followed by the offset of the statement that has paused it."""


@once
def recordings(program: Program) -> Possible:
    """The states of the recording: `OFF`, `ON`, `FAILED`, or `PAUSED` and where."""
    begins = program.flow is not None and program.flow.record is not None
    return possible(program, ON if begins else OFF, _recorded, errors=False)


@once
def sent_out(program: Program) -> frozenset[str]:
    """What a script can ask the host to send out of a call: ``transcribe`` its transcript, ``stream`` its audio."""
    found: set[str] = set()
    for block in program.blocks.values():
        for statement in block.statements if isinstance(block, Step) else ():
            if isinstance(statement, TranscribeCall | StreamAudio):
                found.add("transcribe" if isinstance(statement, TranscribeCall) else "stream")
    return frozenset(found)


def _recorded(statement: Statement, cause: str, state: str) -> str:
    if not isinstance(statement, RecordCall):
        return state
    if cause in ("refused", "failed"):
        return FAILED if statement.action == "start" else state
    match statement.action:
        case "start":
            return ON
        case "pause":
            return f"{PAUSED}{statement.span.start}" if state == ON else state
        case "resume":
            return ON if state.startswith(PAUSED) else state
        case "stop":
            return FAILED if state == FAILED else OFF
