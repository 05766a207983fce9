"""A word is not known where it stands.

Most often it is a slip of the finger, and the message says which known word is nearest. Nothing that cannot be read is
skipped in silence: what the author wrote for the caller would be missing from the call.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR106",
    name="unknown-word",
    severity="error",
    bad=script("""\
step welcome
    sya "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
