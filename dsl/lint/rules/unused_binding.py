"""The site file binds a name that no script uses.

It is left from a desk that has moved, or the script names another one by mistake. Whoever changes the number in the
site file believes that calls follow it. Told where the site has one script.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from dsl.bindings import KINDS
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.uses import uses
from dsl.lint.walk import complete

_ALSO_FOR_OTHERS = frozenset({"agents", "queues", "experts", "card_services", "notify"})
"""Sections that the engine reads, too, so that a script need not name what is in them."""


def check(context: Context) -> Iterator[Diagnostic]:
    bindings, program = context.bindings, context.program
    if bindings is None or program.flow is None or not complete(program):
        return
    own = PurePosixPath(program.source.name).name
    lines = [PurePosixPath(line.value.replace("\\", "/")).name for line in bindings.of("lines").values()]
    if not lines or set(lines) != {own}:
        return  # other scripts of the site may use what this one does not
    used = {("numbers", binding.value) for binding in bindings.of("service").values()}
    used |= {(use.section, use.name) for declaration in program.declarations() for use in uses(declaration)}
    for kind in KINDS:
        if kind in _ALSO_FOR_OTHERS:
            continue
        for name, binding in bindings.of(kind).items():
            if (kind, name) not in used:
                yield RULE.at(
                    bindings.source,
                    binding.span,
                    f"no script uses `{name}` of `[{kind}]`",
                    "bound for nothing",
                    help="take it out, or name it in a script",
                )


_SCRIPT = script("""\
transfer desk
    to number front_desk
    answered                                -> finish handled
    no answer or busy or declined or failed -> sorry
""")

_SITE = """\
[lines]
"+14255550123" = "example.ivr"

[numbers]
front_desk = "+14255550100"
"""

RULE = Rule(
    code="IVR902",
    name="unused-binding",
    severity="warning",
    check=check,
    bad=_SCRIPT,
    site=_SITE + 'old_desk = "+14255550199"\n',
    good=_SCRIPT,
    good_site=_SITE,
)
