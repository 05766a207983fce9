"""A recording ends before a caller has said anything.

People think before they speak, and look for a number in the middle of a sentence. Silence of less than two seconds is
no end, and less than fifteen seconds are not enough for a name, a number and a reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Duration, Survey, Voicemail
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead

LEAST_SILENCE, LEAST_MESSAGE, LEAST_REMARK = 2.0, 15.0, 10.0
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if isinstance(block, Voicemail):
            yield from _short(context, block.silence, LEAST_SILENCE, "a pause in a sentence ends the message")
            yield from _short(context, block.up_to, LEAST_MESSAGE, "no time for a name, a number and a reason")
        elif isinstance(block, Survey) and block.remark is not None:
            yield from _short(context, block.remark.up_to, LEAST_REMARK, "no time for a remark")


def _short(context: Context, given: Duration | None, least: float, why: str) -> Iterator[Diagnostic]:
    if given is not None and given.unit and given.seconds < least:
        yield RULE.at(
            context.program.source,
            given.span,
            f"a recording ends after {context.program.source.slice(given.span)}",
            why,
            help=f"write `{least:g}s` or more",
            fix=instead(given.span, f"{least:g}s", safe=False),
        )


def _example(silence: str) -> str:
    return script(f"""\
voicemail mailbox
    greeting "Leave a message after the tone, then press pound."
    up to 3m, stop on # or {silence} of silence
    saved           -> finish message_taken
    empty or failed -> sorry
""")


RULE = Rule(
    code="IVR328",
    name="hasty-recording",
    severity="warning",
    check=check,
    bad=_example("1s"),
    good=_example("4s"),
)
