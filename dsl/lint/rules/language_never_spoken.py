"""A language is listed, and no call can ever be in it.

The translations are paid for and the callers wait for them, but no line `language` leads there. The choice is missing,
or it leads to another language by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.speaking import speaking
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program.flow is None or len(program.languages) < 2 or not complete(program) or program.entry == "":
        return
    ever = speaking(program).spoken
    for language in program.flow.languages:
        if language.text not in ever:
            yield RULE.at(
                program.source,
                language.span,
                f"no call is ever in `{language.text}`",
                "no `language` line that a call can come to leads to it",
                help=f"add a choice that leads to a step with `language {language.text}`",
            )


_SCRIPT = """\
ivr 1
flow main
    language en-US
    languages en-US, es-US
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
{line}    go to sorry

step sorry
    say es-US "Adiós."
    hang up
"""

RULE = Rule(
    code="IVR715",
    name="language-never-spoken",
    severity="warning",
    check=check,
    bad=_SCRIPT.format(line='    say "Welcome."\n'),
    good=_SCRIPT.format(line="    language es-US\n"),
)
