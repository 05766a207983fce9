"""A sub-flow runs itself.

It would be entered again and again without ever giving an outcome. A sub-flow may run others, but none of them may lead
back to it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Run
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.rule import Context, Rule
from dsl.spell import listed


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    runs: dict[str, dict[str, Run]] = {name: {} for name in program.flows}
    for block in program.blocks.values():
        owner = program.owner(block)
        if owner is not None and owner.is_sub:
            for run in program.runs(block):
                runs[owner.name.text].setdefault(run.flow.text, run)
    done: set[str] = set()
    for name in runs:
        way = _round(runs, name, done)
        if way:
            last = runs[way[-1]][name]
            yield RULE.at(
                program.source,
                last.flow.span,
                f"`flow {name}` runs itself" if len(way) == 1 else f"{listed((*way, name), 'and')} run each other",
                "begins again what has not ended",
                labels=(Label(program.flows[name].name.span, "this sub-flow"),),
                help="lead back inside of the sub-flow, or give an outcome and run it again from outside",
            )


def _round(runs: dict[str, dict[str, Run]], start: str, done: set[str]) -> list[str]:
    """The sub-flows on a shortest way from ``start`` back to itself; each is looked at in one round only."""
    if start in done:
        return []
    came: dict[str, str] = {}
    waiting = [start]
    for name in waiting:
        for target in runs.get(name, ()):
            if target == start:
                way = [name]
                while way[-1] != start:
                    way.append(came[way[-1]])
                done.update(way)
                return way[::-1]
            if target not in came:
                came[target] = name
                waiting.append(target)
    return []


_HEAD = """\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    run verify
        verified or unverified -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up

flow verify gives verified, unverified

menu agree
    prompt "To agree, press 1. To begin again, press 2."
    press 1 -> good
"""
_TAIL = """\
    no input "I did not hear anything."
    no match "That is not one of the choices."
    after 3 tries -> bad

step good
    give verified

step bad
    give unverified
"""

RULE = Rule(
    code="IVR213",
    name="sub-flow-cycle",
    severity="error",
    check=check,
    bad=f"""{_HEAD}    press 2 -> again
{_TAIL}
step again
    run verify
        verified   -> good
        unverified -> bad
""",
    good=f"""{_HEAD}    press 2 -> agree
{_TAIL}""",
)
