"""All findings of all rules about one script."""

from __future__ import annotations

from dsl.analysis.program import Program
from dsl.bindings import Bindings
from dsl.diagnostics import Diagnostic
from dsl.lint.rule import Context, Page, Rule, pages

__all__ = ["Page", "Rule", "lint", "pages"]


def lint(program: Program, bindings: Bindings | None = None) -> list[Diagnostic]:
    """Run every rule. The order is that of the rules; the caller sorts."""
    context = Context(program, bindings)
    return [finding for page in pages().values() if page.rule.check for finding in page.rule.check(context)]
