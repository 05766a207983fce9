"""A test expects nothing, or says too late how its call begins.

It passes whatever the script does: whoever reads its name believes that something is guarded.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Test, tests
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule

_EXPECTS = (tests.Hears, tests.Reaches, tests.Requests, tests.Ends)
_BEGINS = (tests.At, tests.From, tests.SwitchIs, tests.With)


def check(context: Context) -> Iterator[Diagnostic]:
    for test in context.program.declarations():
        if not isinstance(test, Test) or test.broken:
            continue
        if not any(isinstance(line, _EXPECTS) for line in test.lines):
            yield RULE.at(
                context.program.source,
                test.name.span,
                "the test expects nothing",
                "it passes whatever happens",
                help='add a line such as `hears "…"`, `reaches BLOCK` or `ends RESULT`',
            )
        yield from _late(context, test)


def _late(context: Context, test: Test) -> Iterator[Diagnostic]:
    begun = False
    for line in test.lines:
        if begun and isinstance(line, _BEGINS):
            yield RULE.at(
                context.program.source,
                line.span,
                "this comes too late: the call has begun",
                "says how a call begins",
                help="move it to the top of the test",
            )
        begun = begun or not isinstance(line, (*_BEGINS, tests.GivenAnswer))


def _example(last: str) -> str:
    return script(f"""\
step welcome
    say "Thank you for calling."
    go to sorry

test "callers are told that we are closed"
    {last}
""")


RULE = Rule(
    code="IVR911",
    name="test-without-expectation",
    severity="error",
    check=check,
    bad=_example("silent"),
    good=_example('hears "Please call again tomorrow."'),
)
