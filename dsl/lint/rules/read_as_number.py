"""Digits are read out as one number.

"Your account is four million three hundred thousand and seventeen": nobody can write that down. Account numbers, codes
and references are read digit by digit with `as digits`, telephone numbers in groups with `as phone`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dsl.analysis.kinds import PHONE
from dsl.analysis.program import Program
from dsl.analysis.types import types_of
from dsl.ast import Collect, Digits, Hole
from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import spoken
from dsl.source import Span

_SOUNDS = re.compile(
    r"^(account|zip|postcode|postal_code|reference|code|id)$|_(number|no|id|code|reference|account|zip)$", re.I
)
"""Names of what people write down digit by digit. A bare `number` may be how many."""


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    digits = _entered(program)
    for declaration in program.declarations():
        for each in spoken(declaration):
            for part in each.text.parts if not each.ssml else ():  # markup says for itself how it is read
                if isinstance(part, Hole) and not part.format:
                    wanted = _wanted(program, part.path, digits)
                    if wanted:
                        yield _finding(program, part, wanted)


def _entered(program: Program) -> Mapping[str, Collect]:
    """The values that callers enter as digits."""
    return {
        block.into.text: block
        for block in program.blocks.values()
        if isinstance(block, Collect) and block.into is not None and isinstance(block.kind, Digits) and not block.secret
    }


def _wanted(program: Program, path: tuple[str, ...], digits: Mapping[str, Collect]) -> str:
    """The format that a value needs; "" where it is said as it is."""
    kind = types_of(program).of_path(path)
    if kind is None:
        return ""
    if kind is PHONE:
        return "phone"
    numbered = kind.name in ("text", "number") and _SOUNDS.search(path[-1]) is not None
    return "digits" if numbered or (len(path) == 1 and path[0] in digits and kind.name == "text") else ""


def _finding(program: Program, hole: Hole, wanted: str) -> Diagnostic:
    name = ".".join(hole.path)
    end = hole.span.end - 1
    return RULE.at(
        program.source,
        hole.span,
        f"`{name}` would be read out as one number",
        "nobody can write that down",
        help=f"write `{{{name} as {wanted}}}`",
        fix=Fix(f"read it out as {wanted}", (Edit(Span(end, end), f" as {wanted}"),), "unsafe"),
    )


def _example(hole: str) -> str:
    return script(f"""\
step welcome
    say "You are calling from {{{hole}}}."
    go to sorry
""")


RULE = Rule(
    code="IVR407",
    name="read-as-number",
    severity="warning",
    check=check,
    bad=_example("caller.number"),
    good=_example("caller.number as phone"),
)
