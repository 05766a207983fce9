"""An option has neither a key nor a phrase.

No caller can choose it, and whoever was meant to be led by it stays in the menu until the attempts are used up.
"""

from __future__ import annotations

from dsl.lint.example import script
from dsl.lint.rule import Rule

RULE = Rule(
    code="IVR304",
    name="option-without-input",
    severity="error",
    bad=script("""\
menu main_menu
    prompt "For billing, press 1."
    reprompt "Press 1 for billing."
    press -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
    good=script("""\
menu main_menu
    prompt "For billing, press 1."
    reprompt "Press 1 for billing."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
