"""The address of a data function has a hole that cannot be filled.

The site file writes `{number}` where an argument belongs. When the function has no such argument, nothing stands there,
and every look-up asks for somebody else or for nobody. An argument that is a secret never stands in an address: every
server on the way would write it down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.spell import listed, nearest

_HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def check(context: Context) -> Iterator[Diagnostic]:
    bindings, program = context.bindings, context.program
    for name, binding in bindings.of("data").items() if bindings is not None else ():
        function = program.functions.get(name)
        if bindings is None or function is None:
            continue
        kinds = {parameter.name.text: parameter.type.name for parameter in function.parameters}
        for hole in dict.fromkeys(_HOLE.findall(binding.value)):
            if kinds.get(hole) == "secret":
                headline, label = f"the secret `{hole}` would stand in an address", "it would be written down"
                advice = 'send it in a body: `method = "POST"` and `body = "json"`'
            elif hole not in kinds:
                close = nearest(hole, kinds)
                headline, label = f"`{name}` has no argument `{hole}`", "nothing would stand in the address"
                advice = f"did you mean `{{{close}}}`?" if close else _advice(list(kinds))
            else:
                continue
            labels = (Label(function.name.span, "these are its arguments", program.source),)
            yield RULE.at(bindings.source, binding.span, headline, label, labels=labels, help=advice)


def _advice(known: list[str]) -> str:
    return f"its arguments are {listed(known, 'and')}" if known else "it has no arguments: take the hole out"


_SCRIPT = script("""\
step welcome
    lookup customer = crm.by_phone(caller.number) within 1s
        found "Welcome back, {customer.name}." -> sorry
        not found or failed                    -> sorry

data crm
    by_phone(number phone) gives name text
""")

_SITE = """\
[data.crm.by_phone]
url = "https://crm.contoso.com/customers?phone={%s}"
"""

RULE = Rule(
    code="IVR611",
    name="hole-in-address",
    severity="error",
    check=check,
    bad=_SCRIPT,
    site=_SITE % "nubmer",
    good=_SCRIPT,
    good_site=_SITE % "number",
)
