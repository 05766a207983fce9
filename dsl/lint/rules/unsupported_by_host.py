"""A call center knows this, and the host of the calls has no request for it.

Call Automation 1.6 mutes, holds and moves people, but everybody in a call hears everybody else who is not muted: nobody
can speak to the agent alone. A supervisor can listen (a muted participant) or speak to both, by the server's API. It is
said here, and not when a supervisor needs it.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR191",
    name="unsupported-by-host",
    severity="error",
    bad=script("""\
step welcome
    say "Thank you for calling."
    coach agent
    go to sorry
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
