"""What stands in the place of a name is not one.

A name is made of letters, digits and `_` and does not start with a digit. The words `finish` and `repeat` cannot be
names of blocks, because behind `->` they already mean something.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR110",
    name="invalid-name",
    severity="error",
    bad=script("""\
step 1st_step
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step first_step
    say "Thank you for calling."
    go to sorry
"""),
)
