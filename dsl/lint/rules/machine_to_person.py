"""A call that was made is handed to a person before anybody has said a word.

An answering machine takes calls, too, and `answered` does not tell it from somebody. Agents would listen to greetings
all day, and messages of half a conversation would be left. A menu comes first: a machine presses no key.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Dial
from dsl.diagnostics import Diagnostic
from dsl.lint.people import is_person, leads_to
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    people = frozenset(name for name, block in program.blocks.items() if is_person(block))
    for dial in program.declarations():
        for route in dial.routes if isinstance(dial, Dial) else ():
            for outcome in route.outcomes:
                if outcome.text == "answered" and leads_to(route.destination, people):
                    yield RULE.at(
                        program.source,
                        outcome.span,
                        "a machine that answers is connected to a person",
                        "it may be an answering machine",
                        help="lead to a menu that asks for a key first",
                    )


_SCRIPT = """\
ivr 1
flow main outbound
    timezone "America/New_York"
    press 9 anywhere -> thanks
    on caller hangup -> finish abandoned
    on system error  -> thanks

dial patient
    number called.number
    only 09:00 to 20:00
    answered                               -> {target}
    no answer or busy or invalid or failed -> finish not_reached

{menu}step thanks
    say "Thank you. Goodbye."
    finish handled

queue desk
    music "hold"
    answered                                  -> finish handled
    waited 10m or no agents or full or failed -> thanks
"""

_MENU = """\
menu first
    prompt "This is the clinic. To talk to us, press 1. To end this call, press 2."
    press 1 -> desk
    press 2 -> thanks
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> thanks

"""

RULE = Rule(
    code="IVR544",
    name="machine-to-person",
    severity="warning",
    check=check,
    bad=_SCRIPT.format(target="desk", menu=""),
    good=_SCRIPT.format(target="first", menu=_MENU),
)
