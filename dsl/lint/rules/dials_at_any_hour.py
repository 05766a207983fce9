"""People are called at any hour.

A reminder at three in the morning wakes somebody up. In many countries there are hours for it by law: in the United
States sales calls may be made from 8 a.m. to 9 p.m., where the called person lives (47 CFR 64.1200(c)(1)).
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Dial
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        if isinstance(block, Dial) and block.between is None and not block.broken:
            yield RULE.at(
                context.program.source,
                block.name.span,
                f"`dial {block.name.text}` calls people at any hour",
                "no hours are named",
                help="add a line such as `only 09:00 to 20:00`",
            )


def _example(only: str) -> str:
    return f"""\
ivr 1
flow reminder(number phone) outbound
    timezone "America/New_York"
    press 9 anywhere -> goodbye
    on caller hangup -> finish abandoned
    on system error  -> goodbye

dial patient
    number number
    caller id clinic
{only}    answered                               -> remind
    no answer or busy or invalid or failed -> finish not_reached

menu remind
    prompt "This is Contoso Clinic. Press 1 to hear your reminder."
    press 1 -> told
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> goodbye

step told
    say "Please bring your card tomorrow. Goodbye."
    finish told

step goodbye
    say "We will call again. Goodbye."
    finish not_heard
"""


RULE = Rule(
    code="IVR614",
    name="dials-at-any-hour",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example("    only 09:00 to 20:00\n"),
)
