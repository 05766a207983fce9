"""A word belongs to the language, but this version does not know it yet.

It is refused instead of skipped: a test that is silently not there would be believed to have passed.
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

test "callers are greeted"
    hears "Thank you for calling."
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
