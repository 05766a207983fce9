"""Some calls have nothing to go back to.

A step that ends by `go back` is meant for callers who pressed a key that holds anywhere. Others come to it by an
ordinary way, too, and have pressed no such key.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.edges import edges_of
from dsl.ast import GoBack, GoTo
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.lint.rules.go_back_from_nowhere import behind_keys
from dsl.lint.walk import complete
from dsl.source import Span


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return
    behind = behind_keys(program)  # elsewhere it is an error, and has a message of its own
    came: dict[str, Span | None] = {program.entry: None}
    waiting = [program.entry]
    for name in waiting:
        block = program.blocks.get(name)
        if block is None:
            continue
        for edge in edges_of(block):
            target = edge.destination
            if isinstance(target, GoTo) and target.target.text not in came:
                came[target.target.text] = target.span
                waiting.append(target.target.text)
            elif isinstance(target, GoBack) and name in behind:
                way = came[name]
                yield RULE.at(
                    program.source,
                    target.span,
                    f"a call can come to `{name}` without a key to go back from",
                    "nothing to go back to, then",
                    labels=(Label(way, "such a call comes from here"),) if way else (),
                    help="lead the ordinary way to a step of its own",
                )
        for run in program.runs(block):
            entry = program.entry_of(program.flows[run.flow.text]) if run.flow.text in program.flows else ""
            if entry and entry not in came:
                came[entry] = run.flow.span
                waiting.append(entry)


def _example(destination: str) -> str:
    return f"""\
ivr 1
flow main
    press 9 anywhere -> address
    on caller hangup -> finish abandoned
    on system error  -> sorry

menu main_menu
    prompt "For billing, press 1. For our address at any time, press 9."
    press 1 -> {destination}
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> sorry

step address
    say "We are at the market."
    go back

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up
"""


RULE = Rule(
    code="IVR223",
    name="go-back-without-key",
    severity="warning",
    check=check,
    bad=_example("address"),
    good=_example("sorry"),
)
