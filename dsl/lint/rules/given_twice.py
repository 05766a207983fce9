"""A line that can stand once in a block stands there twice.

Which of the two was meant is a guess, and the caller would find out. The first one is read, the second one reported.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR105",
    name="given-twice",
    severity="error",
    bad=script("""\
collect account
    into number
    prompt "Enter your four digit account number."
    digits 4
    digits 5
    no input "I did not get any digits."
    no match "An account number has four digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
    good=script("""\
collect account
    into number
    prompt "Enter your four digit account number."
    digits 4
    no input "I did not get any digits."
    no match "An account number has four digits."
    accepted      -> sorry
    after 3 tries -> sorry
"""),
)
