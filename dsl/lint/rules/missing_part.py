"""A required part is missing.

A menu without `after N tries` has nothing to do with a caller who stays silent, a collect without `digits` cannot know
when a caller is done, and without `on caller hangup` and `on system error` nobody has decided how a call ends that
does not go as planned. So these parts have no defaults: the script says them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dsl.ast import (
    Callback,
    Collect,
    Consult,
    Counter,
    Data,
    Declaration,
    Dial,
    Flow,
    Hours,
    Menu,
    Pay,
    Survey,
    Transfer,
    Voicemail,
)
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import keyword, line_end
from dsl.source import Source, Span
from dsl.spell import listed

Part = tuple[str, str]
"""What is missing, and a line that would give it."""

_HANGUP: Part = ("on caller hangup", "on caller hangup -> finish abandoned")


def check(context: Context) -> Iterator[Diagnostic]:
    yield from _whole(context)
    for declaration in context.program.declarations():
        if declaration.broken or _is_extra(context, declaration):
            continue
        parts = list(_missing(declaration))
        if parts:
            yield _finding(context.program.source, declaration, parts)


def _is_extra(context: Context, declaration: Declaration) -> bool:
    """A second flow that takes calls: it is told already that there is one too many."""
    return isinstance(declaration, Flow) and not declaration.is_sub and declaration is not context.program.flow


def _whole(context: Context) -> Iterator[Diagnostic]:
    """A script has exactly one flow and at least one block."""
    program = context.program
    flows = [each for each in program.declarations() if isinstance(each, Flow) and not each.is_sub]
    for flow in flows[1:]:
        yield RULE.at(
            program.source,
            flow.name.span,
            "the script has more than one flow",
            "a second flow",
            labels=(Label(flows[0].name.span, "the first one"),),
            help="keep one of them: what holds for the whole call is said once",
        )
    if program.script.lost or program.script.version is None:
        return
    top = program.script.version.span
    if not flows:
        yield RULE.at(
            program.source,
            top,
            "the script has no `flow`",
            "a flow belongs below this",
            note="a file without one takes no calls by itself: it is for the `use` of another script",
            help="add `flow main` with the lines `on caller hangup -> finish abandoned` and `on system error -> BLOCK`",
        )
    if not program.blocks:
        yield RULE.at(
            program.source,
            top,
            "the script has no block in which a call could begin",
            "only blocks lead a call",
            help="add a `step`, `menu`, `collect` or `transfer`; a call begins in the first one",
        )


def _missing(declaration: Declaration) -> Iterator[Part]:
    if isinstance(declaration, Flow):
        yield from _of_flow(declaration)
    for part in _PARTS.get(type(declaration), ()):
        if not part.given(declaration):
            yield part.what, part.line
    if isinstance(declaration, Transfer) and declaration.target is None:
        yield "to", f"to number {declaration.name.text}"
    if isinstance(declaration, Menu) and declaration.understands and declaration.confirm is None:
        yield "confirm", 'confirm "Is it about a {menu.meaning}? If so, press 1. If not, press 2."'
    if isinstance(declaration, Menu | Collect) and not any(after.what == "tries" for after in declaration.afters):
        yield "after N tries", "after 3 tries -> BLOCK"


def _of_flow(flow: Flow) -> Iterator[Part]:
    """A sub-flow is run by another one, whose handlers hold for it, too."""
    if flow.is_sub:
        return
    if flow.on_hangup is None:
        yield _HANGUP
    if flow.on_error is None:
        yield "on system error", "on system error -> BLOCK"


@dataclass(frozen=True, slots=True)
class _Part:
    what: str
    line: str
    given: Callable[[Any], object]


_PARTS: dict[type, tuple[_Part, ...]] = {
    Menu: (
        _Part("prompt", 'prompt "For billing, press 1."', lambda menu: menu.prompts),
        _Part("press", "press 1 -> BLOCK", lambda menu: menu.options),
    ),
    Collect: (
        _Part("into", "into account", lambda collect: collect.into),
        _Part("prompt", 'prompt "Enter your account number."', lambda collect: collect.prompts),
        _Part("digits", "digits 4 to 8", lambda collect: collect.kind),
    ),
    Hours: (_Part("open times", "monday to friday 09:00 to 17:00", lambda hours: hours.weekly or hours.openings),),
    Voicemail: (
        _Part("greeting", 'greeting "Leave a message after the tone."', lambda mailbox: mailbox.greeting),
        _Part("up to", "up to 3m, stop on #", lambda mailbox: mailbox.up_to),
    ),
    Callback: (_Part("number", "number caller.number", lambda callback: callback.number),),
    Consult: (_Part("with expert", "with expert billing_expert", lambda consult: consult.expert),),
    Pay: (
        _Part("amount", "amount balance", lambda pay: pay.amount),
        _Part("card", "card card_number", lambda pay: pay.card),
        _Part("through", "through card_service", lambda pay: pay.provider),
    ),
    Survey: (_Part("ask", 'ask rating "From 1 to 5, how was it?" keys 1 to 5', lambda survey: survey.questions),),
    Dial: (_Part("number", "number patient.phone", lambda dial: dial.number),),
    Data: (_Part("functions", "by_phone(number phone) gives id text, name text", lambda data: data.functions),),
    Counter: (_Part("at most", "at most 3", lambda counter: counter.most),),
}
"""What each declaration must have, beside what is told of it in `_missing`."""


def _finding(source: Source, declaration: Declaration, parts: list[Part]) -> Diagnostic:
    kind = keyword(declaration)
    what = listed([part for part, _ in parts], "and")
    fix = None
    if parts == [_HANGUP]:
        end = line_end(source, declaration.span.end)
        fix = Fix("add `on caller hangup`", (Edit(Span(end, end), f"\n    {_HANGUP[1]}"),), "safe")
    return RULE.at(
        source,
        declaration.name.span,
        f"`{kind} {declaration.name.text}` has no {what}",
        _why(kind, [part for part, _ in parts]),
        help=f"add {listed([line for _, line in parts], 'and')}",
        fix=fix,
    )


def _why(kind: str, parts: list[str]) -> str:
    if kind == "hours":
        return "it would never be open"
    whose = "every menu with `means`" if parts == ["confirm"] else f"every {kind}"
    return f"{whose} needs {'them' if len(parts) > 1 else 'it'}"


RULE = Rule(
    code="IVR102",
    name="missing-part",
    severity="error",
    check=check,
    bad="""\
ivr 1
flow main
    on system error -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
""",
    good=script("""\
menu main_menu
    prompt "For billing, press 1."
    reprompt "Press 1 for billing, or stay on the line."
    press 1 -> sorry
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry
"""),
)
