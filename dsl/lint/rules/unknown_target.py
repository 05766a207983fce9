"""A destination does not exist.

The call would have nowhere to go, at a moment when the caller expects to be connected.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.values import walk
from dsl.ast import Callback, Declaration, Destination, GoTo, IsOpen, Menu, Name, Queue, Repeat, Run, Step, WhenHours
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import destinations, expressions, instead, is_lost, near_name


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for declaration in program.declarations():
        for destination in destinations(program, declaration):
            yield from _destination(context, destination, isinstance(declaration, Menu))
        for name in hours_named(declaration):
            yield from _hours(context, name)
        if isinstance(declaration, Step):
            for statement in declaration.statements:
                if isinstance(statement, Run):
                    yield from _flow(context, statement.flow)
        elif isinstance(declaration, Callback) and declaration.queue is not None:
            yield from _queue(context, declaration.queue)


def hours_named(declaration: Declaration) -> Iterator[Name]:
    """Where a declaration asks whether somebody is there."""
    if isinstance(declaration, Step):
        yield from (each.hours for each in declaration.statements if isinstance(each, WhenHours))
    elif isinstance(declaration, Callback) and declaration.hours is not None:
        yield declaration.hours
    for expression in expressions(declaration):
        for node in walk(expression):
            if isinstance(node, IsOpen):
                yield Name(".".join(node.hours.path), node.hours.span)


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
    elif name.text in program.flows:
        labels = (Label(program.flows[name.text].name.span, "this is a sub-flow: a step says `run` and its name"),)
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


def _flow(context: Context, name: Name) -> Iterator[Diagnostic]:
    program = context.program
    if name.text in program.flows or is_lost(program, name.text):
        return
    close = near_name(name.text, program.flows)
    main = program.flow is not None and program.flow.name.text == name.text
    advice = "only a flow that `gives` outcomes can be run" if main else f"add `flow {name.text} gives …`"
    yield RULE.at(
        program.source,
        name.span,
        f"there is no sub-flow `{name.text}`",
        "the flow that takes the calls" if main else "no sub-flow has this name",
        labels=(Label(program.flows[close].name.span, "a sub-flow with a similar name"),) if close else (),
        help=f"did you mean `{close}`?" if close else advice,
        fix=instead(name.span, close, safe=False) if close else None,
    )


def _queue(context: Context, name: Name) -> Iterator[Diagnostic]:
    program = context.program
    if isinstance(program.blocks.get(name.text), Queue) or is_lost(program, name.text):
        return
    queues = [other for other, block in program.blocks.items() if isinstance(block, Queue)]
    close = near_name(name.text, queues)
    yield RULE.at(
        program.source,
        name.span,
        f"there is no queue `{name.text}`",
        "no `queue` has this name",
        labels=(Label(program.blocks[close].name.span, "a queue with a similar name"),) if close else (),
        help=f"did you mean `{close}`?" if close else "name the queue whose agents call back",
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
