"""A comment says that something is still to do.

What was to be done before callers come is easily forgotten when they have come. Do it, or write it where it is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span

_COMMENT = re.compile(r'^(?:[^";\n]|"(?:[^"\\\n]|\\.)*")*;(?P<text>[^\n]*)', re.M)
_TODO = re.compile(r"\b(TODO|FIXME|XXX|TBD)\b")


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    for comment in _COMMENT.finditer(source.text):
        found = _TODO.search(comment.group("text"))
        if found is not None:
            start = comment.start("text") + found.start()
            yield RULE.at(
                source,
                Span(start, start + len(found.group())),
                f"a comment says `{found.group()}`",
                "not done yet",
                help="do it, or take the comment out",
            )


def _example(comment: str) -> str:
    return script(f"""\
step welcome
    ; {comment}
    say "Thank you for calling."
    go to sorry
""")


RULE = Rule(
    code="IVR806",
    name="todo-left",
    severity="warning",
    check=check,
    bad=_example("TODO: ask the lawyers"),
    good=_example("The lawyers want these words."),
)
