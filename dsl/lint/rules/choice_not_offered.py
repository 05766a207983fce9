"""A question does not name something that can be chosen.

`one of` takes the words that stand behind it, or the key with the number of the entry. A caller who does not hear the
words cannot say them, and cannot know the key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, OneOfKind, Text
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import has_recordings
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect) or not isinstance(block.kind, OneOfKind) or has_recordings(block):
            continue
        prompts = [prompt.content for prompt in (*block.prompts, *block.reprompts) if not prompt.language]
        said = " ".join(_words(prompt) for prompt in prompts)
        if not prompts or "{" in "".join(prompt.plain for prompt in prompts):
            continue  # a value may have the words
        for choice in block.kind.choices:
            if f" {_words(choice)} " not in f" {said} ":
                yield RULE.at(
                    context.program.source,
                    choice.span,
                    f"the question of `collect {block.name.text}` does not name `{choice.plain}`",
                    "nobody hears that it can be chosen",
                    help="name it in the prompt, or take it out",
                )


def _words(text: Text) -> str:
    return " ".join(re.findall(r"\w+", text.plain.casefold()))


def _example(choices: str) -> str:
    return script(f"""\
collect colour
    into colour
    prompt "Which colour? For red, press 1. For green, press 2."
    one of {choices}
    no input "I did not hear anything."
    no match "That is not one of the colours."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR323",
    name="choice-not-offered",
    severity="warning",
    check=check,
    bad=_example('"red", "green", "blue"'),
    good=_example('"red", "green"'),
)
