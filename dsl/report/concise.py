"""One line a finding, for editors, ``grep`` and people with many files."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic
from dsl.report.frame import visible


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """``path:line:column: error[IVR201] unknown-target: headline (help)``. Never coloured: it is made to be cut up."""
    return "".join(f"{_line(finding)}\n" for finding in diagnostics)


def _line(finding: Diagnostic) -> str:
    place = finding.source.place(finding.label.span.start)
    help = f" ({finding.help})" if finding.help else ""
    text = f"{finding.severity}[{finding.code}] {finding.name}: {finding.headline}{help}"
    return visible(f"{finding.source.name}:{place.line}:{place.column}: {text}")
