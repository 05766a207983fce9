"""A sub-flow has no block.

What belongs to a sub-flow stands below it, up to the next `flow` or the end of the file. A step that runs this one
leads its callers to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    for name, flow in program.flows.items():
        if complete(program) and not program.entry_of(flow):
            yield RULE.at(
                program.source,
                flow.name.span,
                f"`flow {name}` has no block",
                "nothing stands below it that a call could be in",
                help="move its blocks below this line, or take it out",
            )


_HEAD = """\
ivr 1
flow main
    on caller hangup -> finish abandoned
    on system error  -> sorry

step welcome
    run greet
        greeted -> sorry

step sorry
    say "We cannot take your call now. Please call again tomorrow."
    hang up

flow greet gives greeted
"""

RULE = Rule(
    code="IVR224",
    name="sub-flow-without-block",
    severity="error",
    check=check,
    bad=_HEAD,
    good=f"""{_HEAD}
step hello
    say "Welcome."
    give greeted
""",
)
