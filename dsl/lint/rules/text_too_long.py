"""A text is longer than the host can speak at once.

The limit is 4,000 characters, about four minutes of speech:
https://learn.microsoft.com/azure/communication-services/concepts/call-automation/play-action. No caller listens that
long before being asked anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.heard import heard
from dsl.lint.rule import Context, Rule

LIMIT = 4000
"""Characters of a text source of the host's play action."""


def check(context: Context) -> Iterator[Diagnostic]:
    for declaration in context.program.declarations():
        for each in heard(context.program, declaration):
            length = len(each.text.plain)
            if length > LIMIT and not each.ssml:
                yield RULE.at(
                    context.program.source,
                    each.text.span,
                    f"a text of {length:,} characters is too long to be spoken at once",
                    f"at most {LIMIT:,} characters",
                    help="say less, or divide it among several lines",
                )


RULE = Rule(
    code="IVR403",
    name="text-too-long",
    severity="error",
    check=check,
    bad=script(f"""\
step welcome
    say "{"Thank you for calling. " * 180}"
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
