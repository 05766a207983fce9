"""A character is to be sent as a tone that no telephone has.

Tones are the digits, `*` and `#`, and the letters A to D of old exchanges. The host refuses anything else, in the
middle of the call; a pause is a `wait` between two texts.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import SendDigits, Step, Text
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span

# https://learn.microsoft.com/azure/communication-services/concepts/call-automation/dtmf: the tones of the host.
TONES = frozenset("0123456789*#abcdABCD")


def check(context: Context) -> Iterator[Diagnostic]:
    for step in context.program.declarations():
        if not isinstance(step, Step):
            continue
        for statement in step.statements:
            if isinstance(statement, SendDigits):
                texts = [part for part in statement.parts if isinstance(part, Text)]
                yield from (finding for text in texts for finding in _tones(context, text))


def _tones(context: Context, text: Text) -> Iterator[Diagnostic]:
    wrong = next((at for at, each in enumerate(text.plain) if each not in TONES), None)
    if wrong is None or "{" in text.plain:
        return  # a value in it has a message of its own
    pause = text.plain[wrong] in "wWpP,"
    yield RULE.at(
        context.program.source,
        Span(text.span.start + 1 + wrong, text.span.start + 2 + wrong),
        f"`{text.plain[wrong]}` is not a tone",
        "no key of a telephone",
        help='divide the text: `send digits "1", wait 2s, "4425#"`' if pause else "write digits, `*` or `#`",
    )


RULE = Rule(
    code="IVR235",
    name="unsendable-tone",
    severity="error",
    check=check,
    bad=script("""\
step extension
    send digits "1w4425#"
    go to sorry
"""),
    good=script("""\
step extension
    send digits "1", wait 2s, "4425#"
    go to sorry
"""),
)
