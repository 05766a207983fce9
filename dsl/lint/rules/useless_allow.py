"""An `allow` keeps nothing.

The finding that somebody once decided to keep is not there any more. If it comes back, by another mistake, nobody would
be told: the comment would hide it.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

_STEP = """\
step welcome
    say "Thank you for calling the Contoso support line."{allow}
    hang up
"""

RULE = Rule(
    code="IVR143",
    name="useless-allow",
    severity="warning",
    bad=script(_STEP.format(allow="  ; allow IVR403: the lawyers wrote it")),
    good=script(_STEP.format(allow="")),
)
