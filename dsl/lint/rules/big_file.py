"""A file has more than 1,000 lines, its tests not counted.

Nobody reads such a file to its end, so that the same menu is written a second time further down. `use` takes blocks
of other files in.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsl.ast import Test
from dsl.bundle import section_starts
from dsl.diagnostics import Diagnostic
from dsl.lint.example import script
from dsl.lint.rule import Context, Rule
from dsl.source import Span

MOST = 1000
"""Lines."""


def check(context: Context) -> Iterator[Diagnostic]:
    source = context.program.source
    starts = (0, *section_starts(source))
    tests = [each.span for each in context.program.declarations() if isinstance(each, Test)]
    for start, end in zip(starts, (*starts[1:], len(source.text)), strict=True):
        lines = source.text.count("\n", start, end)
        if lines > MOST:  # tests stand one under the other; nobody reads them from top to bottom
            lines -= sum(
                source.text.count("\n", each.start, each.end) + 2 for each in tests if start <= each.start < end
            )
        if lines > MOST:
            first = source.text.find("\n", start)
            yield RULE.at(
                source,
                Span(start, first),
                f"the file has {lines:,} lines",
                f"more than {MOST:,}",
                help="move blocks that belong together into files of their own, and take them in with `use`",
            )


_BLOCK = """\
step hello
    say "Thank you for calling."
    go to sorry
"""

RULE = Rule(
    code="IVR903",
    name="big-file",
    severity="warning",
    check=check,
    bad=script(_BLOCK + "\n" * MOST),
    good=script(_BLOCK),
)
