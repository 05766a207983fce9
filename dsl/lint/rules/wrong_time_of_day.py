"""A greeting is right for a part of the day only.

"Good morning" at five in the afternoon tells a caller that nobody looks after this line. A greeting that fits any time
does no harm; a script that asks for the `hour(now)` may say what it likes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import found, part, patterns
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import calls, instead

_GREETING = patterns(
    en=r"\bgood (?:morning|afternoon|evening)\b",
    es=r"\bbuen(?:os días|as tardes|as noches)\b",
    fr=r"\bbonsoir\b",
    de=r"\bguten (?:morgen|abend)\b",
)

_ALWAYS = {"en": "Hello", "es": "Hola", "fr": "Bonjour", "de": "Guten Tag"}


def check(context: Context) -> Iterator[Diagnostic]:
    declarations = context.program.declarations()
    if any(call.name == "hour" for declaration in declarations for call in calls(declaration)):
        return
    for declaration in declarations:
        for each, match in found(context.program, declaration, _GREETING):
            yield RULE.at(
                context.program.source,
                part(each.text, match),
                f"`{match.group()}` is said at any time of the day",
                "right for a few hours only",
                help="greet in words that always fit, such as `Hello` or `Thank you for calling`",
                fix=instead(part(each.text, match), _ALWAYS[each.language[:2]], safe=False),
            )


def _example(greeting: str) -> str:
    return script(f"""\
step welcome
    say "{greeting}."
    go to sorry
""")


RULE = Rule(
    code="IVR427",
    name="wrong-time-of-day",
    severity="warning",
    check=check,
    bad=_example("Good morning"),
    good=_example("Hello"),
)
