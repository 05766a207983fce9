"""Callers are told to stay on the line, and nobody comes.

Who cannot press a key waits, as the text says. But when the tries are used up this block leads to nobody: the promise
is broken to those who need a person most.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Collect, GoTo, Menu
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.heard import found, part, patterns
from dsl.lint.people import leading_to, leads_to, takes_over
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete

_STAY = patterns(
    en=r"\b(?:(?:stay|remain) on the line|hold the line)\b",
    es=r"\b(?:permanezca|quédese|espere) en (?:la )?línea\b",
    fr=r"\brestez en ligne\b",
    de=r"\bbleiben sie (?:bitte )?(?:in der leitung|am apparat|dran)\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program) or not any(takes_over(block) for block in program.blocks.values()):
        return
    served = leading_to(program, takes_over)
    for block in program.blocks.values():
        if not isinstance(block, Menu | Collect):
            continue
        lost = next(
            (a for a in block.afters if a.what in ("tries", "silences") and not _helps(a.destination, served)), None
        )
        for each, match in found(program, block, _STAY) if lost is not None else ():
            if each.use in ("prompt", "reprompt", "no input", "no match") and lost is not None:
                yield RULE.at(
                    program.source,
                    part(each.text, match),
                    f"`{block.name.text}` tells callers to wait, and leads those who do to nobody",
                    "a promise",
                    labels=(Label(lost.destination.span, "here they come to, and no person takes them"),),
                    help="lead to a `transfer` or a `queue`, or take the words out",
                )
                break


def _helps(destination: object, served: frozenset[str]) -> bool:
    return not isinstance(destination, GoTo) or leads_to(destination, served)


def _example(after: str) -> str:
    return script(f"""\
menu main_menu
    prompt   "For an agent, press 0."
    reprompt "Press 0, or stay on the line."
    press 0 -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> {after}

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")


RULE = Rule(
    code="IVR418",
    name="broken-promise-to-wait",
    severity="warning",
    check=check,
    bad=_example("sorry"),
    good=_example("desk"),
)
