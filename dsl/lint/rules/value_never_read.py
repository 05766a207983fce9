"""A value is kept and never used.

Either something was forgotten, such as the sentence that says it, or the caller waits for a look-up that nobody needs.
What a caller has entered is not counted here: it may be wanted in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.analysis.reading import read_names
from dsl.ast import Lookup, Recall, Set, Step
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.lint.walk import complete


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if not complete(program):
        return
    read = read_names(program)
    told: set[str] = set()
    for declaration in program.declarations():
        names = []
        if isinstance(declaration, Step):
            names += [each.target for each in declaration.statements if isinstance(each, Set | Lookup | Recall)]
        for name in names:
            if name.text not in read and name.text not in told:
                told.add(name.text)
                yield RULE.at(
                    program.source,
                    name.span,
                    f"nothing reads `{name.text}`",
                    "kept here, and never used",
                    help="use it, or take it out",
                )


RULE = Rule(
    code="IVR128",
    name="value-never-read",
    severity="warning",
    check=check,
    bad=script("""\
step welcome
    set visits = 1
    say "Thank you for calling."
    go to sorry
"""),
    good=script("""\
step welcome
    set visits = 1
    say "Thank you for visit {visits}."
    go to sorry
"""),
)
