"""A text speaks of something to be seen.

There is nothing to click on a telephone, and nothing stands below. Such texts come from web pages; callers look at
their telephone and find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import found, part, patterns
from dsl.lint.rule import Context, Rule

_EYE = patterns(
    en=r"\b(?:click(?:ing)?|(?:options|choices|list|menu|numbers) (?:below|above)|"
    r"(?:shown|listed|see) (?:below|above)|on your screen|scroll|check ?box)\b",
    es=r"\b(?:haga clic|en (?:su|la) pantalla|opciones (?:abajo|de abajo))\b",
    fr=r"\b(?:cliquez|à l['’]écran|ci-dessous)\b",
    de=r"\b(?:klicken|auf (?:ihrem|dem) bildschirm|unten stehend\w*)\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for each, match in found(context.program, declaration, _EYE):
            yield RULE.at(
                context.program.source,
                part(each.text, match),
                f"`{match.group()}` is for somebody who sees something",
                "a caller only hears",
                help="say what to press, say or do",
            )


def _example(words: str) -> str:
    return script(f"""\
menu main_menu
    prompt "{words} For billing, press 1."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR417",
    name="words-for-the-eye",
    severity="warning",
    check=check,
    bad=_example("Choose from the list below."),
    good=_example("Please choose."),
)
