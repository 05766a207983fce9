"""Opening hours have no time zone.

The clock of the server is not the clock on the wall of the office, and it changes when the server moves. The zone
stands in the `hours` or, for all of them, in the `flow`.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Hours
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program.flow is None or program.flow.broken:
        return
    for hours in program.declarations():
        if isinstance(hours, Hours) and not hours.broken and not program.timezone_of(hours):
            yield RULE.at(
                program.source,
                hours.name.span,
                f"`hours {hours.name.text}` has no time zone",
                "whose clock?",
                help='add `timezone "America/New_York"`, or the zone of your office, here or in the `flow`',
            )


_SCRIPT = """\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    when hours support
        open              -> sorry
        holiday or closed -> sorry

hours support
{zone}    monday to friday 09:00 to 17:00

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
"""

RULE = Rule(
    code="IVR523",
    name="missing-timezone",
    severity="error",
    check=check,
    bad=_SCRIPT.format(zone=""),
    good=_SCRIPT.format(zone='    timezone "America/New_York"\n'),
)
