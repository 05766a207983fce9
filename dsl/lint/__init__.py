"""All findings of all rules about one script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dsl.analysis.program import Program
from dsl.bindings import Bindings
from dsl.diagnostics import Diagnostic
from dsl.lint.allow import Named, kept
from dsl.lint.doubt import certain
from dsl.lint.rule import Context, Page, Rule, pages
from dsl.lint.rules.useless_allow import RULE as USELESS
from dsl.lint.walk import complete

__all__ = ["Page", "Rule", "lint", "pages"]


def lint(program: Program, bindings: Bindings | None = None, reading: Iterable[Diagnostic] = ()) -> list[Diagnostic]:
    """Run every rule, and leave out the findings that the author keeps and those that a finding of ``reading`` may have
    caused. The order is that of the rules; the caller sorts."""
    context = Context(program, bindings)
    found = (finding for page in pages().values() if page.rule.check for finding in page.rule.check(context))
    left, unused = kept(certain(found, program, reading), program.source, context.allows)
    if complete(program):  # else what a comment keeps may stand on a line that could not be read
        left += _useless(program, unused, bindings)
    return left


def _useless(program: Program, unused: Iterable[Named], bindings: Bindings | None) -> Iterator[Diagnostic]:
    for named in unused:
        if named.rule is not None and not (bindings is None and named.rule.site):  # it speaks only beside a site file
            yield USELESS.at(
                program.source,
                named.span,
                f"there is no `{named.text}` here to keep",
                "this rule finds nothing on the line",
                help="take the comment out",
            )
