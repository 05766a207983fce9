"""A number is to be shown to somebody who is not called by number.

`caller id` is what a telephone shows. Teams users, Teams apps and agents see the caller's name and number as Teams has
them; the host takes a number to show for telephone numbers alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Transfer
from dsl.diagnostics import Diagnostic, Edit, Fix, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import whole_line


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for block in context.program.declarations():
        if not isinstance(block, Transfer) or block.caller_id is None or block.target is None:
            continue
        if block.target.kind != "number":
            line = Edit(whole_line(source, block.caller_id.span), "")
            yield RULE.at(
                source,
                block.caller_id.span,
                f"`transfer {block.name.text}` shows a number to somebody who does not see it",
                "only a telephone shows it",
                labels=(Label(block.target.span, "not a telephone number"),),
                help="take the line out",
                fix=Fix("take the line out", (line,), "safe"),
            )


RULE = Rule(
    code="IVR230",
    name="caller-id-without-number",
    severity="warning",
    check=check,
    bad=script("""\
transfer anna
    to teams user anna
    caller id main_line
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer anna
    to number anna
    caller id main_line
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
