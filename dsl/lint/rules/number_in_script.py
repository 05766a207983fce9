"""A script transfers to a number instead of a name.

A script holds names only, so that the same text runs in test and in production, and nobody has to edit a flow because
a desk has moved. The site file binds the name to the number. Numbers that are spoken in a text are fine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.ast import Transfer
from dsl.diagnostics import Diagnostic
from dsl.emergency import is_emergency
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.uses import SECTION
from dsl.lint.walk import instead


def check(context: Context) -> Iterator[Diagnostic]:
    for transfer in context.program.declarations():
        if not isinstance(transfer, Transfer) or transfer.target is None or transfer.target.literal is None:
            continue
        text = transfer.target.literal.plain
        if is_emergency(text):
            continue  # IVR616
        section = SECTION.get(transfer.target.kind, "")
        is_name = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text)
        name = text if is_name else transfer.name.text
        yield RULE.at(
            context.program.source,
            transfer.target.literal.span,
            f"the script transfers to `{text}` instead of a name",
            "a name belongs here, without quotes",
            help=f"write `{name}`"
            + ("" if is_name else f', and bind it in the site file: `{name} = "{text}"` in `[{section}]`'),
            fix=instead(transfer.target.literal.span, name, safe=is_name is not None),
        )


RULE = Rule(
    code="IVR804",
    name="number-in-script",
    severity="error",
    check=check,
    bad=script("""\
transfer desk
    to number "+14255550100"
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
    good=script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
"""),
)
