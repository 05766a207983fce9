"""A data function is used that the script does not declare, or not as what it is.

A `data` declaration is the contract with an outside system: which functions there are, what they take and give, and
whether they look something up, check something or change something. What is not in it cannot be bound in the site file.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.values import data_check
from dsl.ast import Call, Collect, Do, Function, Lookup, Step
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import instead, is_lost
from dsl.source import Span
from dsl.spell import listed, nearest

_USED = {
    "lookup": "a look-up: `lookup NAME = {name}(…)`",
    "check": "a check: `check {name}(…)` in a collect",
    "action": "an action: `do {name}(…)`",
}


def check(context: Context) -> Iterator[Diagnostic]:
    for block in context.program.blocks.values():
        if isinstance(block, Step):
            for statement in block.statements:
                if isinstance(statement, Lookup | Do):
                    yield from _used(context, statement.call, "lookup" if isinstance(statement, Lookup) else "action")
        elif isinstance(block, Collect):
            for each in block.checks:
                call = data_check(each)
                if call is not None:
                    yield from _used(context, call, "check")


def _used(context: Context, call: Call, use: str) -> Iterator[Diagnostic]:
    program = context.program
    function: Function | None = program.functions.get(call.name)
    if function is not None:
        if function.use != use:
            yield RULE.at(
                program.source,
                call.name_span,
                f"`{call.name}` is not a {use if use != 'lookup' else 'look-up'}",
                f"declared as a {function.use if function.use != 'lookup' else 'look-up'}",
                labels=(Label(function.name.span, "declared here"),),
                help="it is used as " + _USED[function.use].format(name=call.name),
            )
        return
    if is_lost(program, call.path[0]):
        return
    names = [name for name, each in program.functions.items() if each.use == use]
    close = nearest(call.name, names)
    if close:
        advice = f"did you mean `{close}`?"
    elif names:
        advice = f"declared are {listed(names, 'and')}"
    else:
        advice = f"declare it: `data {call.path[0]}` with a line for `{call.path[-1]}`"
    yield RULE.at(
        program.source,
        call.name_span,
        f"no data function is called `{call.name}`",
        "not declared",
        help=advice,
        fix=instead(_span(call), close, safe=False) if close else None,
    )


def _span(call: Call) -> Span:
    return call.name_span


RULE = Rule(
    code="IVR131",
    name="data-contract-unmet",
    severity="error",
    check=check,
    bad=script("""\
step welcome
    lookup customer = crm.by_fone(caller.number) within 1s
        found "Hello, {customer.name}." -> sorry
        not found or failed             -> sorry

data crm
    by_phone(number phone) gives name text
"""),
    good=script("""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found "Hello, {customer.name}." -> sorry
        not found or failed             -> sorry

data crm
    by_phone(number phone) gives name text
"""),
)
