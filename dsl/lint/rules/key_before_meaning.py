"""A prompt says the key before what it is for.

"Press 1 for billing": a caller who waits for "billing" has forgotten the key when it comes. "For billing, press 1"
names the key when it is wanted. A reprompt may be shorter and say it the other way, and so may a prompt that names
what is done: "press 1 to confirm".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Menu
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.heard import Heard, heard, inside, part, patterns, written
from dsl.lint.rule import Context, Rule

_KEY = r"(?:[0-9]|[*#]|\w+)"
_BEFORE = patterns(
    en=rf"\bpress\s+{_KEY}\s+for\b",
    es=rf"\b(?:oprima|presione|pulse|marque)\s+(?:el\s+)?{_KEY}\s+para\b(?!\s+\w+[aei]r(?:l[aeo]s?|se)?\b)",
    fr=rf"\bappuyez\s+sur\s+(?:le\s+)?{_KEY}\s+pour\b(?!\s+(?:l['’]|les?\s|la\s)?\w+(?:er|ir|re)\b)",
    de=rf"\bdrücken\s+sie\s+(?:die\s+)?{_KEY}\s+für\b",
)
_SENTENCE = re.compile(r"(\s*)Press\s+(\S+)\s+(for)\s+([^.,;:]+)([.!])")


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for menu in program.declarations():
        for each in heard(program, menu) if isinstance(menu, Menu) else ():
            pattern = _BEFORE.get(each.language[:2])
            if each.use != "prompt" or pattern is None:
                continue
            hits = list(pattern.finditer(written(program, each.text)))
            if len(hits) > 1:  # a single choice is no list: nobody has to keep anything in mind
                yield RULE.at(
                    program.source,
                    part(each.text, hits[0]),
                    "the key is said before what it is for",
                    "forgotten when the choice has been heard",
                    help="say the choice first, such as `For billing, press 1.`",
                    fix=_turned(context, each),
                )


def _turned(context: Context, each: Heard) -> Fix | None:
    """The text the other way round, where it consists of such sentences and others without keys."""
    text = written(context.program, each.text)
    turned = _SENTENCE.sub(lambda m: f"{m[1]}{m[3].capitalize()} {m[4]}, press {m[2]}{m[5]}", text)
    if _BEFORE["en"].search(turned) or not each.language.startswith("en"):
        return None
    return Fix("say the choices first", (Edit(inside(each.text), turned),), "unsafe")


def _example(prompt: str) -> str:
    return script(f"""\
menu main_menu
    prompt "{prompt}"
    press 1 -> sorry
    press 2 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR405",
    name="key-before-meaning",
    severity="warning",
    check=check,
    bad=_example("Press 1 for billing. Press 2 for support."),
    good=_example("For billing, press 1. For support, press 2."),
)
