"""A line is indented with tabs.

How wide a tab is depends on who looks. Two people would read two different blocks, and only one of them is called.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR115",
    name="tab-used",
    severity="error",
    bad=script("""\
step welcome
\tsay "Thank you for calling."
\tgo to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
