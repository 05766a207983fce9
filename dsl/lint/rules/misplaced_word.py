"""A line stands in a block to which it does not belong.

The word is known, but in another kind of block: a `step` speaks, a `menu` asks, a `transfer` rings.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR107",
    name="misplaced-word",
    severity="error",
    bad=script("""\
step welcome
    say "Thank you for calling."
    ring 25s
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
