"""An `allow` names a rule that nobody may switch off.

Some findings are about callers who would be left in silence, go round in a circle or have their card number read to
others, and some about scripts that could not be run at all. There is no reason good enough for these: they are told
whatever a comment says.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.allow import can_be_allowed
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    for comment in context.allows:
        for named in comment.named:
            if named.rule is not None and not can_be_allowed(named.rule):
                name = "" if named.text.lower() == named.rule.name else f" ({named.rule.name})"
                yield RULE.at(
                    context.program.source,
                    named.span,
                    f"`{named.text}`{name} cannot be suppressed",
                    "it is told all the same",
                    help="take the comment out, and mend what the rule tells of",
                )


_STEP = """\
step welcome{allow}
    say "Thank you for calling the Contoso support line."
    hang up
"""

RULE = Rule(
    code="IVR142",
    name="allow-of-vital-rule",
    severity="warning",
    check=check,
    bad=script(_STEP.format(allow="  ; allow IVR204: the caller hangs up first")),
    good=script(_STEP.format(allow="")),
)
