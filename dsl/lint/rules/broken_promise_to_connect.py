"""A text promises to connect the caller, and the way leads to nobody.

"One moment, I will connect you": the caller waits for a voice and hears a machine that says goodbye. Most often the
sentence was kept when its destination was changed.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Block, Collect, Destination, GoTo, Menu, Say, Step, Text, WhenGuard, WhenSwitch
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.heard import fitting, part, patterns, written
from dsl.lint.people import leading_to, leads_to, takes_over
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete

_CONNECT = patterns(
    en=r"\b(?:(?:i|we)(?:['’]ll| will) (?:now )?(?:connect|transfer) you|(?:i|we)(?:['’]ll| will) put you through|"
    r"(?:connecting|transferring) you (?:now|to)|you will be (?:connected|transferred))\b",
    es=r"\b(?:le (?:comunicaremos|comunico|conectaremos|paso|transfiero|transferiremos))\b",
    fr=r"\b(?:(?:je|nous) vous (?:mets|mettons|transfère|transférons)|vous allez être transférée?)\b",
    de=r"\b(?:(?:ich|wir) verbinden? sie|sie werden verbunden)\b",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program) or not any(takes_over(block) for block in program.blocks.values()):
        return
    served = leading_to(program, takes_over)
    for block in program.blocks.values():
        for text, destination in _said(block):
            match = fitting(program.language, written(program, text), _CONNECT)
            if match is None or not isinstance(destination, GoTo | None) or _arrives(block, destination, served):
                continue
            place = destination.span if destination is not None else block.name.span
            yield RULE.at(
                program.source,
                part(text, match),
                f"`{block.name.text}` promises to connect the caller, and leads to nobody",
                "a promise",
                labels=(Label(place, "no way from here leads to a person"),),
                help="lead to a `transfer` or a `queue`, or change the words",
            )


def _said(block: Block) -> Iterator[tuple[Text, Destination | None]]:
    """Sentences on the way somewhere; those that a step says lead where the step leads."""
    if isinstance(block, Menu | Collect):
        yield from ((after.say, after.destination) for after in block.afters if after.say)
    if isinstance(block, Step):
        for statement in block.statements:
            if isinstance(statement, Say) and not statement.language:
                yield statement.text, None
            elif isinstance(statement, WhenGuard | WhenSwitch) and statement.say:
                yield statement.say, statement.destination
    elif not isinstance(block, Menu):
        yield from ((route.say, route.destination) for route in block.routes if route.say)


def _arrives(block: Block, destination: Destination | None, served: frozenset[str]) -> bool:
    return block.name.text in served if destination is None else leads_to(destination, served)


def _example(after: str) -> str:
    return script(f"""\
menu main_menu
    prompt "For an agent, press 0."
    press 0 -> desk
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries "One moment, I will connect you." -> {after}

transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")


RULE = Rule(
    code="IVR419",
    name="broken-promise-to-connect",
    severity="warning",
    check=check,
    bad=_example("sorry"),
    good=_example("desk"),
)
