"""The calls of a line are passed on before anybody answers them.

Whoever is rung then has the call, and this side hears no more of it: no script runs, nothing is recorded, queued or
counted, nobody else is tried when nobody answers, and a call that an agent makes on behalf of the line cannot be passed
on at all. For a contact center, answer and `transfer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule


def check(context: Context) -> Iterator[Diagnostic]:
    bindings = context.bindings
    if bindings is None:
        return
    own = PurePosixPath(context.program.source.name).name
    for line, binding in bindings.of("redirects").items():
        bound = bindings.of("lines").get(line)
        if bound is not None and PurePosixPath(bound.value.replace("\\", "/")).name == own:
            yield RULE.at(
                bindings.source,
                binding.span,
                f"callers of `{line}` do not reach this script",
                "passed on before anybody answers",
                help="answer, and let the script transfer; keep this for lines of nobody's contact center",
            )


_SCRIPT = script("""\
step welcome
    say "Thank you for calling."
    go to sorry
""")
_SITE = """\
[lines]
"+14255550123" = "example.ivr"

[teams_users]
anna = "0d7c9d3a-52b4-4c5e-8a57-8c7f9d0e1a2b"
"""

RULE = Rule(
    code="IVR905",
    name="redirected-line",
    severity="warning",
    check=check,
    bad=_SCRIPT,
    site=_SITE.partition("\n[teams")[0] + '\n[redirects]\n"+14255550123" = { teams_user = "anna" }\n',
    good=_SCRIPT,
    good_site=_SITE.partition("\n[teams")[0],
)
