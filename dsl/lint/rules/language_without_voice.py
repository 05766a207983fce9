"""A language has no voice, though others have one.

The host takes a voice of its own for it, so that the caller talks to one person in English and to another in Spanish.
A multilingual voice speaks all languages.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    flow = context.program.flow
    if flow is None or (flow.voice is None and not flow.voices) or "Multilingual" in context.program.voice:
        return
    named = {language.text for language, _ in flow.voices}
    for language in flow.languages:
        if language.text in named or (language.text == context.program.language and flow.voice is not None):
            continue
        yield RULE.at(
            context.program.source,
            language.span,
            f"`{language.text}` has no voice",
            "spoken by a voice that the host chooses",
            help=f'add `voice {language.text} "…"` to the flow, with a voice that begins with `{language.text}-`',
        )


_SCRIPT = """\
ivr 1
flow main
    language en-US
    languages en-US, es-US
    voice "en-US-JennyNeural"
{voice}    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    language es-US
    go to sorry

step sorry
    say es-US "Adiós."
    hang up
"""

RULE = Rule(
    code="IVR707",
    name="language-without-voice",
    severity="warning",
    check=check,
    bad=_SCRIPT.format(voice=""),
    good=_SCRIPT.format(voice='    voice es-US "es-US-PalomaNeural"\n'),
)
