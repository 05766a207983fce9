"""A value goes along in no header, as the site file binds it.

`brief` attaches a value to whoever takes the call. The details of a Teams auto attendant (`teams = …`) only come in: to
go out, a name needs a SIP header, for telephones, or a VoIP header, for Teams and agents.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Brief, Step
from dsl.diagnostics import Diagnostic, Label
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    bound = context.bindings.of("attached") if context.bindings is not None else {}
    for block in context.program.declarations():
        for statement in block.statements if isinstance(block, Step) else ():
            for line in statement.lines if isinstance(statement, Brief) else ():
                binding = bound.get(line.field.text) if line.attached else None
                if binding is None or {"sip", "voip"} & set(binding.value.split()):
                    continue
                assert context.bindings is not None
                yield RULE.at(
                    context.program.source,
                    line.span,
                    f"`{line.field.text}` goes along in no header",
                    "nobody is handed this value",
                    labels=(Label(binding.span, "only comes in", context.bindings.source),),
                    help=f"give `{line.field.text}` a `voip` or a `sip` header there, or take the line out",
                )


_BLOCKS = script("""\
step welcome
    brief
        attached topic "Invoice"
    go to sorry
""")

RULE = Rule(
    code="IVR904",
    name="attached-without-header",
    severity="warning",
    check=check,
    bad=_BLOCKS,
    good=_BLOCKS,
    site="""\
[attached]
topic = { teams = "topic" }
""",
    good_site="""\
[attached]
topic = { teams = "topic", voip = "topic" }
""",
)
