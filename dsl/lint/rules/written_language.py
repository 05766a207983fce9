"""A text is written for the eye.

A voice reads `e.g.`, `24/7`, `w/` or a web address letter by letter, or guesses. Texts for callers are written as they
are said: "for example", "day and night", "with".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Fix
from dsl.lint.example import script
from dsl.lint.heard import Heard, heard, part, written
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead

_WRITTEN = re.compile(
    r"(?<!\w)(?:e\.g\.|i\.e\.|etc\.|w/o?(?=\s)|and/or|24/7|approx\.|asap|faqs?)(?!\w)"
    r"|https?://\S+|www\.\S+|[\w.]+@[\w-]+\.\w+|\s&\s",
    re.I,
)

_SAID = {
    "e.g.": "for example",
    "i.e.": "that is",
    "24/7": "day and night",
    "and/or": "or",
    "w/": "with",
    "w/o": "without",
    "asap": "as soon as possible",
    " & ": " and ",
}


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for each in heard(context.program, declaration):
            match = None if each.ssml else _WRITTEN.search(written(context.program, each.text))
            if match is not None:
                yield RULE.at(
                    context.program.source,
                    part(each.text, match),
                    f"`{match.group().strip()}` is written, not said",
                    "a voice reads it letter by letter, or guesses",
                    help="write the words as they are to be heard",
                    fix=_said(each, match),
                )


def _said(each: Heard, match: re.Match[str]) -> Fix | None:
    """The English words for a sign or an abbreviation that has plain ones."""
    said = _SAID.get(match.group().casefold()) if each.language.startswith("en") else None
    return instead(part(each.text, match), said, safe=False) if said is not None else None


def _example(words: str) -> str:
    return script(f"""\
step welcome
    say "We are here {words}."
    go to sorry
""")


RULE = Rule(
    code="IVR416",
    name="written-language",
    severity="warning",
    check=check,
    bad=_example("24/7"),
    good=_example("day and night"),
)
