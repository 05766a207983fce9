"""A date cannot be typed in the pattern that is given.

The pattern has each of `MM`, `DD` and `YYYY` (or `YY`) once, in the order in which callers type them. Anything else
fits no date, and every caller would fail all attempts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Collect, DateKind
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.spell import listed

_PATTERNS = ("MMDDYYYY", "DDMMYYYY", "YYYYMMDD", "MMDDYY", "DDMMYY", "YYMMDD")


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.declarations():
        if not isinstance(block, Collect) or not isinstance(block.kind, DateKind) or block.kind.pattern is None:
            continue
        pattern = block.kind.pattern
        if sorted(re.findall("YYYY|YY|MM|DD|.", pattern.plain)) not in (["DD", "MM", "YYYY"], ["DD", "MM", "YY"]):
            yield RULE.at(
                context.program.source,
                pattern.span,
                f"no date can be typed as `{pattern.plain}`",
                "not a day, a month and a year",
                help=f"write one of {listed(_PATTERNS)}",
            )


def _example(pattern: str) -> str:
    return script(f"""\
collect birthday
    into birthday
    prompt "Enter your date of birth with two digits for the month, two for the day and four for the year."
    date as "{pattern}"
    no input "I did not get any digits."
    no match "That is not a date."
    accepted      -> sorry
    after 3 tries -> sorry
""")


RULE = Rule(
    code="IVR333",
    name="date-pattern",
    severity="error",
    check=check,
    bad=_example("MMYYYY"),
    good=_example("MMDDYYYY"),
)
