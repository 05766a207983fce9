"""Findings as workflow commands, which GitHub shows beside the changed lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic
from dsl.report.frame import visible


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """``::error title=…,file=…,line=…::text``, one line a finding."""
    return "".join(f"{_command(finding)}\n" for finding in diagnostics)


def _command(finding: Diagnostic) -> str:
    start = finding.source.place(finding.label.span.start)
    end = finding.source.place(finding.label.span.end)
    fields = {
        "title": f"{finding.code} {finding.name}",
        "file": visible(finding.source.name),
        "line": str(start.line),
        "endLine": str(end.line),
    }
    if start.line == end.line:  # GitHub refuses columns for a place over several lines
        fields |= {"col": str(start.column), "endColumn": str(end.column)}
    listed = ",".join(f"{key}={_escaped(value, property=True)}" for key, value in fields.items())
    help = f"\nhelp: {visible(finding.help)}" if finding.help else ""
    return f"::{finding.severity} {listed}::{_escaped(visible(finding.headline) + help)}"


def _escaped(text: str, *, property: bool = False) -> str:
    """The escapes of ``@actions/core``'s command.ts."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
