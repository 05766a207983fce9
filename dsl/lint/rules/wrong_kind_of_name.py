"""A name stands where a value is wanted, and names something else.

Opening hours, blocks, counters and functions have names, too, but nothing that could be said or compared. A line with
such a name would stop the call.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.types import types_of
from dsl.ast import Flow, Hours
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.named import other_kind
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import holes, instead, variables
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    types = types_of(program)
    for declaration in program.declarations():
        if isinstance(declaration, Flow | Hours):
            continue
        uses = [(hole.path, Span(hole.span.start + 1, hole.span.end - 1)) for hole in holes(declaration)]
        uses += [(each.path, each.span) for each in variables(declaration)]
        for path, span in uses:
            if types.of_path(path) is not None or types.record_of(path) is not None:
                continue
            other = other_kind(program, path)
            if other is None:
                continue
            name = Span(span.start, span.start + len(".".join(path)))
            yield RULE.at(
                program.source,
                name,
                f"`{'.'.join(path)}` is {other.what}, not a value",
                "a value is wanted here",
                labels=(Label(other.place, "declared here"),) if other.place is not None else (),
                help=other.help,
                fix=instead(name, other.meant, safe=False) if other.meant else None,
            )


def _example(value: str) -> str:
    return script(f"""\
collect account
    into account_number
    prompt "Enter your four digit account number."
    digits 4
    no input "I did not get any digits."
    no match "An account number has four digits."
    accepted      -> told
    after 3 tries -> sorry

step told
    say "Your account is {{{value} as digits}}."
    go to sorry
""")


RULE = Rule(
    code="IVR124",
    name="wrong-kind-of-name",
    severity="error",
    check=check,
    bad=_example("account"),
    good=_example("account_number"),
)
