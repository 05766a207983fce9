"""The greeting of a mailbox does not say when to speak.

The recording begins with a tone. Who is not told so begins at once, and the first words, most often the name, are not
on the recording.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Voicemail
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import fitting, heard, patterns, written
from dsl.lint.rule import Context, Rule

_TONE = patterns(
    en=r"\b(?:tone|beep|signal)\b",
    es=r"\b(?:tono|señal|pitido)\b",
    fr=r"\b(?:bip|signal|tonalité)\b",
    de=r"(?:ton|piep)\w*\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for block in program.declarations():
        if not isinstance(block, Voicemail) or block.broken:
            continue
        for each in heard(program, block):
            known = each.language[:2] in _TONE and each.use == "greeting"
            if known and fitting(each.language, written(program, each.text), _TONE) is None:
                yield RULE.at(
                    program.source,
                    each.text.span,
                    f"the greeting of `voicemail {block.name.text}` does not speak of the tone",
                    "callers do not know when to speak",
                    help="say it, such as `Please leave a message after the tone.`",
                )


def _example(words: str) -> str:
    return script(f"""\
voicemail mailbox
    greeting "Please leave a message{words}."
    up to 3m, stop on # or 4s of silence
    saved           -> finish message_taken
    empty or failed -> sorry
""")


RULE = Rule(
    code="IVR423",
    name="greeting-without-tone",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example(" after the tone"),
)
