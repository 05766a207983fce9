"""A line about the recording does not fit to whether the call is recorded.

What nothing has started cannot be paused, and what is not paused cannot go on. Callers would be told, or agents would
believe, that something is recorded which is not; where it depends on the way that a call came, one half of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.recording import FAILED, OFF, ON, PAUSED, recordings
from dsl.ast import RecordCall, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

_START = 'start it first on every way: `record call start`, or `record call notice "…"` in the flow'


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.blocks.values():
        for statement in block.statements if isinstance(block, Step) else ():
            if isinstance(statement, RecordCall):
                states = recordings(program).at(statement) - {FAILED}
                wrong = _wrong(statement, {PAUSED if each.startswith(PAUSED) else each for each in states})
                if wrong is not None:
                    headline, label, advice = wrong
                    yield RULE.at(program.source, statement.span, headline, label, help=advice)


def _wrong(statement: RecordCall, states: set[str]) -> tuple[str, str, str] | None:
    """Headline, label and advice, when a line does nothing on some way to it."""
    line = f"`record call {statement.action}`"
    if statement.action == "start":
        on = states and states <= {ON, PAUSED}
        advice = "take it out, or write `record call resume` where it was paused"
        return (f"{line} where the call is recorded", "started before", advice) if on else None
    if states == {OFF}:
        return f"{line} where nothing is recorded", "nothing has started it", _START
    if OFF in states and statement.action == "pause":  # a `stop` on every way does no harm
        return f"{line} where not every call is recorded", "started on some ways only", _START
    if statement.action == "resume" and states == {ON}:
        return f"{line} where nothing is paused", "it goes on anyhow", "take it out, or pause the recording before"
    if statement.action == "pause" and states == {PAUSED}:
        return f"{line} where it is paused", "paused before", "take it out"
    return None


RULE = Rule(
    code="IVR601",
    name="recording-out-of-step",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    record call resume
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    record call start
    say "Thank you for calling."
    go to sorry
"""),
)
