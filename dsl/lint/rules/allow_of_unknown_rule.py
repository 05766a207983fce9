"""An `allow` names a rule that does not exist.

It keeps nothing. The finding that was meant is still told, or nobody knows any more which one was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule, pages
from dsl.lint.walk import instead
from dsl.spell import nearest


def check(context: Context) -> Iterator[Diagnostic]:
    for comment in context.allows:
        for named in comment.named:
            if named.rule is None:
                close = nearest(named.text, _names(named.text))
                yield RULE.at(
                    context.program.source,
                    named.span,
                    f"there is no rule `{named.text}`",
                    "not known",
                    help=f"did you mean `{close}`?" if close else "`ivr lint` tells the code of each finding",
                    fix=instead(named.span, close, safe=False) if close else None,
                )


def _names(text: str) -> list[str]:
    """Codes have no likely neighbours: one digit more or less is another rule. What helps is a code in full."""
    return [] if text.upper().startswith("IVR") else [page.rule.name for page in pages().values()]


_STEP = """\
step welcome
    wait 4s  ; {allow}
    say "Thank you for calling the Contoso support line."
    hang up
"""

RULE = Rule(
    code="IVR141",
    name="allow-of-unknown-rule",
    severity="warning",
    check=check,
    bad=script(_STEP.format(allow="allow IVR400: the carrier is slow").replace("wait 4s", "wait 1s")),
    good=script(_STEP.format(allow="allow IVR408: the carrier cuts off what is said in the first four seconds")),
)
