"""What a caller typed is acted upon, and nobody asked whether it is right.

A digit too many in an amount, and the wrong sum is charged. A `check` finds what cannot be, a `confirm` reads the value
back: one of them belongs before a payment and before an action that cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.values import calls, variables_in
from dsl.ast import Collect, Do, Expression, OneOfKind, Pay, Step, YesNoKind
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    asked = {
        variable.path[0]
        for declaration in program.declarations()
        for call in calls(declaration)
        if (function := program.functions.get(call.name)) is not None and function.use != "action"
        for argument in call.arguments
        for variable in variables_in(argument)
    }
    loose = {
        block.into.text: block
        for block in program.declarations()
        if isinstance(block, Collect)
        and block.into is not None
        and block.into.text not in asked  # an outside system has looked at it
        and block.confirm is None
        and not block.checks
        and not isinstance(block.kind, YesNoKind | OneOfKind)
    }
    for block in program.declarations():
        if isinstance(block, Pay):
            values = [each for each in (block.amount, block.card) if each is not None]
            yield from _used(context, loose, values, f"`pay {block.name.text}`")
        elif isinstance(block, Step):
            for statement in block.statements:
                if isinstance(statement, Do):
                    yield from _used(context, loose, statement.call.arguments, f"`do {statement.call.name}`")


def _used(
    context: Context, loose: dict[str, Collect], values: tuple[Expression, ...] | list[Expression], where: str
) -> Iterator[Diagnostic]:
    seen: set[Span] = set()
    for variable in (found for value in values for found in variables_in(value)):
        collect = loose.get(variable.path[0])
        if collect is None or collect.into is None or collect.name.span in seen:
            continue
        seen.add(collect.name.span)
        yield RULE.at(
            context.program.source,
            variable.span,
            f"{where} acts upon `{variable.path[0]}`, which nobody has checked or confirmed",
            "as the caller typed it",
            labels=(Label(collect.into.span, "collected here"),),
            help=f'add `confirm "Is {{{variable.path[0]}}} right? Press 1 for yes, 2 for no."` to the `collect`',
        )


def _example(confirm: str) -> str:
    return f"""\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

collect sum
    into amount
    prompt "Enter the amount in dollars, then press pound."
    number 1 to 500, ends with #
{confirm}    no input "I did not get any digits."
    no match "That is not an amount from one to five hundred dollars."
    accepted      -> book
    after 3 tries -> sorry

step book
    do bank.transfer_money(amount) within 3s
        done or failed -> sorry

step sorry
    say "Thank you. Goodbye."
    hang up

data bank
    action transfer_money(amount number)
"""


RULE = Rule(
    code="IVR320",
    name="unconfirmed-action",
    severity="warning",
    check=check,
    bad=_example(""),
    good=_example('    confirm "You entered {amount as digits}. If this is right, press 1. If not, press 2."\n'),
)
