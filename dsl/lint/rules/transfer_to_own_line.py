"""A transfer leads back to the line that the caller has called.

The call would come in again as a new one, hear the same greeting and go round until the caller hangs up; each round
costs two calls. The site file gives the number of the target to this very script.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from dsl.ast import Transfer
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.uses import SECTION


def check(context: Context) -> Iterator[Diagnostic]:
    bindings = context.bindings
    if bindings is None:
        return
    own = PurePosixPath(context.program.source.name).name
    for transfer in context.program.declarations():
        if not isinstance(transfer, Transfer) or transfer.target is None or transfer.target.literal is not None:
            continue
        number = bindings.of(SECTION.get(transfer.target.kind, "")).get(transfer.target.name.text)
        line = bindings.of("lines").get(number.value) if number is not None else None
        if number is None or line is None or PurePosixPath(line.value.replace("\\", "/")).name != own:
            continue
        yield RULE.at(
            context.program.source,
            transfer.target.name.span,
            f"`{transfer.target.name.text}` is the number that the caller has called",
            "the call comes in here again",
            labels=(
                Label(number.span, "its number", bindings.source),
                Label(line.span, "which runs this script", bindings.source),
            ),
            help="bind it to the number of somebody who answers",
        )


_SCRIPT = script("""\
transfer desk
    to number desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")

_SITE = """\
[lines]
"+14255550100" = "example.ivr"

[numbers]
desk = "+142555501{}"
"""

RULE = Rule(
    code="IVR541",
    name="transfer-to-own-line",
    severity="error",
    check=check,
    bad=_SCRIPT,
    site=_SITE.format("00"),
    good=_SCRIPT,
    good_site=_SITE.format("99"),
)
