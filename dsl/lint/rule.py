"""What a rule is. One file in `dsl.lint.rules` is one rule; the folder is the registry.

A rule's module opens with its manual page, in this order: what it is, why it matters to a caller, and nothing else (the
examples follow as data). It then gives ``RULE``, whose ``bad`` example must produce exactly this finding and whose
``good`` example must produce nothing at all. The code, `ivr explain`, the reference pages and the tests all read
that one file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from types import ModuleType

from dsl.analysis.program import Program
from dsl.bindings import Bindings
from dsl.diagnostics import Diagnostic, Fix, Label, Severity
from dsl.lint.allow import Allow, allows
from dsl.source import Source, Span


@dataclass(frozen=True)
class Context:
    """What a rule looks at. ``bindings`` is ``None`` when the script is linted without a site file."""

    program: Program
    bindings: Bindings | None = None

    @cached_property
    def allows(self) -> tuple[Allow, ...]:
        """The comments by which the author keeps findings."""
        return allows(self.program.source, {code: page.rule for code, page in pages().items()})


Check = Callable[[Context], Iterator[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's facts. ``check`` is ``None`` for findings that come out of reading the text, and for the one about an
    ``allow`` that keeps nothing, which needs all others first.

    ``site`` is the site file of the examples (TOML), ``good_site`` the one of the good example where it differs.
    ``always``: it cannot be suppressed.
    """

    code: str
    name: str
    severity: Severity
    bad: str
    good: str
    check: Check | None = None
    site: str = ""
    good_site: str = ""
    always: bool = False

    def at(
        self,
        source: Source,
        span: Span,
        headline: str,
        label: str,
        *,
        labels: tuple[Label, ...] = (),
        note: str = "",
        help: str = "",
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding of this rule."""
        return Diagnostic(
            self.code, self.name, self.severity, headline, source, Label(span, label), labels, note, help, fix
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A rule with its manual page, which is its module's docstring."""

    rule: Rule
    text: str


@cache
def pages() -> dict[str, Page]:
    """Every rule by code, in the order of the codes."""
    from dsl.lint import rules

    found: dict[str, Page] = {}
    for info in pkgutil.iter_modules(rules.__path__):
        module: ModuleType = importlib.import_module(f"{rules.__name__}.{info.name}")
        rule = module.RULE
        if rule.code in found:
            raise AssertionError(f"{rule.code} stands in two files of dsl/lint/rules")
        found[rule.code] = Page(rule, (module.__doc__ or "").strip())
    return dict(sorted(found.items()))
