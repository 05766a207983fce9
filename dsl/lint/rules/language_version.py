"""The first line does not name a known version of the language.

`ivr 1` says which rules the text was written for. A later version of the language may give a word another meaning, and
a call must not be led by a meaning that the author did not have in mind.
"""

from __future__ import annotations

from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR101",
    name="language-version",
    severity="error",
    bad="""\
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
    good="""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
)
