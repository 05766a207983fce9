"""A line is not indented as its place needs.

A declaration starts at the margin, its lines are indented by four spaces, the cases of a `when` by eight. The words of
a line say where it belongs, so a machine can repair the spaces; lines that are wrong in the same way are reported
once.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR114",
    name="wrong-indentation",
    severity="error",
    bad=script("""\
step welcome
  say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
