"""A question of more than ten seconds cannot be interrupted.

Who calls for the fifth time knows the answer and has to wait for the end; keys that are pressed meanwhile are lost. One
text that cannot be interrupted keeps the whole question from it. The time is reckoned at 0.35 s a word.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, Menu
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import has_recordings, seconds
from dsl.lint.rule import Context, Rule

MOST = 10.0
"""Seconds."""


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Menu | Collect) or has_recordings(block):
            continue
        locked = next((prompt for prompt in block.prompts if not prompt.interruptible), None)
        if locked is None:
            continue
        language = locked.language.text if locked.language else ""
        long = sum(
            seconds(prompt.content)
            for prompt in block.prompts
            if not prompt.language or prompt.language.text == language
        )
        if long > MOST:
            yield RULE.at(
                context.program.source,
                locked.content.span,
                f"the question of `{block.name.text}` lasts {long:.0f} s and cannot be interrupted",
                "keeps all of it from being interrupted",
                help="say what must be heard in a step before, and ask in words that can be interrupted",
            )


_NOTICE = "By law we have to tell you that the prices of this service have changed since the first of January"
_MENU = """\
menu agree
{}    press 1 -> sorry
    press 2 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""
_ASK = '    prompt "To agree, press 1. To speak to somebody, press 2."\n'

RULE = Rule(
    code="IVR315",
    name="long-without-interrupting",
    severity="warning",
    check=check,
    bad=script(_MENU.format(f'    prompt "{_NOTICE}." cannot be interrupted\n{_ASK}')),
    good=script(f'step notice\n    say "{_NOTICE}."\n    go to agree\n\n{_MENU.format(_ASK)}'),
)
