"""A destination does not exist.

The call would have nowhere to go, at a moment when the caller expects to be connected.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Destination, GoTo, Menu, Name, Repeat, Step, WhenHours
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import destinations, instead, is_lost, near_name


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for declaration in program.declarations():
        for destination in destinations(program, declaration):
            yield from _destination(context, destination, isinstance(declaration, Menu))
        if isinstance(declaration, Step):
            for statement in declaration.statements:
                if isinstance(statement, WhenHours):
                    yield from _hours(context, statement.hours)


def _destination(context: Context, destination: Destination, in_menu: bool) -> Iterator[Diagnostic]:
    program = context.program
    if isinstance(destination, Repeat) and not in_menu:
        yield RULE.at(
            program.source,
            destination.span,
            "`repeat` has nothing to repeat here",
            "only an option of a `menu` can repeat it",
            help="write the name of the block in which the call goes on",
        )
    if not isinstance(destination, GoTo):
        return
    name = destination.target
    if name.text in program.blocks or is_lost(program, name.text):
        return
    close = near_name(name.text, program.blocks)
    labels: tuple[Label, ...] = ()
    if name.text in program.hours:
        labels = (Label(program.hours[name.text].name.span, "this is not a block, a call cannot be in it"),)
    elif close:
        labels = (Label(program.blocks[close].name.span, "a block with a similar name"),)
    yield RULE.at(
        program.source,
        name.span,
        f"there is no block `{name.text}`",
        "no block has this name",
        labels=labels,
        help=f"did you mean `{close}`?" if close else f"add a block such as `step {name.text}`, or name another one",
        fix=instead(name.span, close, safe=False) if close else None,
    )


def _hours(context: Context, name: Name) -> Iterator[Diagnostic]:
    program = context.program
    if name.text in program.hours or is_lost(program, name.text):
        return
    close = near_name(name.text, program.hours)
    yield RULE.at(
        program.source,
        name.span,
        f"there are no hours `{name.text}`",
        "no `hours` have this name",
        labels=(Label(program.hours[close].name.span, "hours with a similar name"),) if close else (),
        help=f"did you mean `{close}`?" if close else f"add `hours {name.text}` with the times at which you are open",
        fix=instead(name.span, close, safe=False) if close else None,
    )


RULE = Rule(
    code="IVR201",
    name="unknown-target",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    say "Thank you for calling."
    go to sory
"""),
    good=script("""\
step welcome
    say "Thank you for calling."
    go to sorry
"""),
)
