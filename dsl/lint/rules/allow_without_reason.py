"""An `allow` gives no reason.

A finding is about something that a caller will meet. Whoever keeps it has a reason, and the next person to read the
script needs it to know whether the reason still holds. Without one the finding is told as before.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for comment in context.allows:
        if not comment.reason:
            codes = ", ".join(named.text for named in comment.named)
            yield RULE.at(
                context.program.source,
                comment.span,
                "an `allow` has no reason",
                "it keeps nothing",
                help=f"write `; allow {codes}: ` and why, or take it out",
            )


_STEP = """\
step welcome
    wait 4s  ; {allow}
    say "Thank you for calling the Contoso support line."
    hang up
"""

RULE = Rule(
    code="IVR140",
    name="allow-without-reason",
    severity="warning",
    check=check,
    bad=script(_STEP.format(allow="allow IVR403").replace("wait 4s", "wait 1s")),
    good=script(_STEP.format(allow="allow IVR408: the carrier cuts off what is said in the first four seconds")),
)
