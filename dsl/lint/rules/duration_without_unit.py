"""A duration is a bare number.

`ring 25` could mean seconds or minutes. A wrong guess lets a caller listen to ringing for half an hour, so the unit is
always written: `25s`, `2m`.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR104",
    name="duration-without-unit",
    severity="error",
    bad=script("""\
transfer desk
    to number desk
    ring 25
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    ring 25s
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
