"""A value is said to be attached to a call where none can be.

Headers and details come with a call that comes in, and belong to the flow that takes it. A call that the script makes
itself brings none, and what a sub-flow needs is given to it as a parameter. A secret cannot be attached: on its way
through networks and their logs anybody can read it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Flow, Parameter
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    flows = [each for each in context.program.declarations() if isinstance(each, Flow)]
    for flow, value in [(each, value) for each in flows for value in each.attached]:
        why, advice = _why(flow, value)
        if why:
            headline = f"`{value.name.text}` is never attached here"
            yield RULE.at(context.program.source, value.span, headline, why, help=advice)


def _why(flow: Flow, value: Parameter) -> tuple[str, str]:
    if value.type.name == "secret":
        return "a header is no secret", "let the caller enter it: `into secret NAME` in a collect"
    if flow.outbound:
        return "nothing comes with a call that we make", "make it a parameter of the flow"
    if flow.is_sub:
        return "the call has come in elsewhere", "make it a parameter, and give it with `run`"
    return "", ""


RULE = Rule(
    code="IVR150",
    name="attached-never-comes",
    severity="error",
    check=check,
    bad="""\
ivr 1
flow reminder(number phone) outbound
    timezone "America/New_York"
    attached topic text
    press 9 anywhere -> sorry
    on caller hangup -> finish abandoned
    on system error  -> sorry

dial customer
    number number
    only 09:00 to 20:00
    answered                               -> remind
    no answer or busy or invalid or failed -> finish not_reached

step remind
    when topic is known "We call about {topic}." -> sorry
    go to sorry

step sorry
    say "Please call us."
    finish done
""",
    good=script("""\
step welcome
    when topic is known "You call about {topic}." -> sorry
    go to sorry
""").replace("    on caller hangup", "    attached topic text\n    on caller hangup"),
)
