"""A line cannot be read.

The message names what was found and what could stand there. The rest of the block is read as if the line were not
there, so one mistake gives one message; a script with a line that cannot be read takes no calls.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR100",
    name="syntax-error",
    severity="error",
    bad=script("""\
step welcome
    say "Thank you for calling.
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
