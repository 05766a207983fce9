"""Markup stands in a text that is no markup.

Without `ssml` the voice says it as it is written, angle brackets and all.
A caller hears "less than break time equals".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import heard, part, written
from dsl.lint.rule import Context, Rule

_MARKUP = re.compile(
    r"</?(?:speak|break|prosody|emphasis|say-as|phoneme|sub|voice|audio|p|s|mstts:[a-z-]+)\b[^>]*>", re.I
)


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for each in heard(context.program, declaration):
            match = None if each.ssml else _MARKUP.search(written(context.program, each.text))
            if match is not None:
                yield RULE.at(
                    context.program.source,
                    part(each.text, match),
                    "markup is said as it is written",
                    "a voice reads this out",
                    help='write `say ssml "<speak>…</speak>"`, or take it out',
                )


def _example(text: str) -> str:
    return script(f"""\
step welcome
    say {text}
    go to sorry
""")


RULE = Rule(
    code="IVR438",
    name="markup-as-text",
    severity="warning",
    check=check,
    bad=_example('"Thank you <break/> for calling."'),
    good=_example('ssml "<speak>Thank you <break/> for calling.</speak>"'),
)
