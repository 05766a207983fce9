"""A word belongs to the language, but this version does not know it yet.

It is refused instead of skipped: whoever wrote it would believe that it does something.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR190",
    name="not-built-yet",
    severity="error",
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to sorry

step hear_them
    summarise call into note
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
