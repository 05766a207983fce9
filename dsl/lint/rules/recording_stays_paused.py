"""A recording is paused and does not go on.

The rest of the call, and what an agent promises in it, is not recorded, though the caller was told that it is. It has
to go on before somebody speaks with the caller, on every way.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.program import Program
from dsl.analysis.recording import ON, PAUSED, recordings
from dsl.ast import Block, Consult, Queue, RecordCall, Step, Transfer
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword

_ADVICE = "add `record call resume` where it may go on, or `record call stop`"


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    ended, talks = _ended(program), _talks(program)
    for statement in _statements(program):
        paused = f"{PAUSED}{statement.span.start}"
        if statement.action != "pause" or ON not in recordings(program).at(statement):
            continue
        if paused in talks:
            block = talks[paused]
            yield RULE.at(
                program.source,
                statement.span,
                f"the recording can still be paused in `{keyword(block)} {block.name.text}`",
                "paused here",
                labels=(Label(block.name.span, "somebody speaks with the caller here"),),
                help=_ADVICE,
            )
        elif paused not in ended:
            yield RULE.at(
                program.source,
                statement.span,
                "the recording is paused and never goes on",
                "no `record call resume` can follow",
                help=_ADVICE,
            )


def _statements(program: Program) -> Iterator[RecordCall]:
    for block in program.blocks.values():
        for statement in block.statements if isinstance(block, Step) else ():
            if isinstance(statement, RecordCall):
                yield statement


def _ended(program: Program) -> set[str]:
    """The pauses that some line ends."""
    ends = (each for each in _statements(program) if each.action in ("resume", "stop"))
    return {state for each in ends for state in recordings(program).at(each)}


def _talks(program: Program) -> dict[str, Block]:
    """The pauses that last where somebody speaks with the caller, with the first such block."""
    found: dict[str, Block] = {}
    for name, block in program.blocks.items():
        if isinstance(block, Transfer | Queue | Consult):
            for state in recordings(program).start.get(name, frozenset()):
                found.setdefault(state, block)
    return found


RULE = Rule(
    code="IVR607",
    name="recording-stays-paused",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    record call start
    record call pause
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    record call start
    record call pause
    say "Thank you for calling."
    record call resume
    go to sorry
"""),
)
