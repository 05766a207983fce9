"""A script would call emergency services.

A call for help carries the place of the person who needs it, and only the phone or the client of that person knows the
place. A call made by a server would send help to nowhere, so the interpreter refuses the number when a call gets there;
this rule says so before. Tell the caller what to do instead: "Please hang up and call 911."
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Callback, Dial, TextLiteral, Transfer
from dsl.diagnostics import Diagnostic, Label
from dsl.emergency import is_emergency
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.uses import uses
from dsl.source import Source, Span

_WHY = "emergency calls are placed only from the phone or the client of whoever needs help"
_HELP = 'say it to the caller: "Please hang up and call 911."'


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        match block:
            case Transfer(target=target) if target is not None and target.literal is not None:
                yield from _written(context.program.source, target.literal.plain, target.literal.span)
            case Dial(number=TextLiteral() as number) | Callback(number=TextLiteral() as number):
                yield from _written(context.program.source, number.value, number.span)
    yield from _bound(context)


def _written(source: Source, number: str, span: Span) -> Iterator[Diagnostic]:
    if is_emergency(number):
        yield RULE.at(source, span, f"`{number}` is a number of emergency services", _WHY, help=_HELP)


def _bound(context: Context) -> Iterator[Diagnostic]:
    """Numbers of the site file that the script names."""
    if context.bindings is None:
        return
    numbers, seen = context.bindings.of("numbers"), set[str]()
    for use in (use for declaration in context.program.declarations() for use in uses(declaration)):
        bound = numbers.get(use.name) if use.section == "numbers" else None
        if bound is None or use.name in seen or not is_emergency(bound.value):
            continue
        seen.add(use.name)
        yield RULE.at(
            context.bindings.source,
            bound.span,
            f"`{bound.value}` is a number of emergency services",
            _WHY,
            labels=(Label(use.span, "this script would call it", context.program.source),),
            help=_HELP,
        )


_GOOD = script("""\
menu danger
    prompt "If somebody is in danger, hang up and call 911. For our guard, press 1."
    press 1 -> guard
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

transfer guard
    to number night_guard
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")

RULE = Rule(
    code="IVR616",
    name="emergency-number",
    severity="error",
    always=True,
    check=check,
    bad=script("""\
transfer guard
    to number "911"
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=_GOOD,
    good_site="""\
[numbers]
night_guard = "+14255550188"
""",
)
