"""Findings as workflow commands, which GitHub shows beside the changed lines.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Sequence

from dsl.diagnostics import Diagnostic


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """``::error title=…,file=…,line=…::text``, one line a finding."""
    return "".join(f"{_command(finding)}\n" for finding in diagnostics)


def _command(finding: Diagnostic) -> str:
    start = finding.source.place(finding.label.span.start)
    end = finding.source.place(finding.label.span.end)
    fields = {
        "title": f"{finding.code} {finding.name}",
        "file": finding.source.name,
        "line": str(start.line),
        "endLine": str(end.line),
    }
    if start.line == end.line:  # GitHub refuses columns for a place over several lines
        fields |= {"col": str(start.column), "endColumn": str(end.column)}
    listed = ",".join(f"{key}={_escaped(value, property=True)}" for key, value in fields.items())
    help = f"\nhelp: {finding.help}" if finding.help else ""
    return f"::{finding.severity} {listed}::{_escaped(finding.headline + help)}"


def _escaped(text: str, *, property: bool = False) -> str:
    """The escapes of ``@actions/core``'s command.ts; a lone surrogate has no UTF-8 form and is replaced."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
