"""Findings as one JSON array, for tools: places in lines and columns from 1, and in character offsets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.report import text
from dsl.source import Source, Span


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """An array of objects; ``rendered`` is what a person would have seen. ASCII, so no terminal can be misled."""
    return json.dumps([_finding(finding) for finding in diagnostics], indent=2) + "\n"


def _finding(finding: Diagnostic) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "headline": finding.headline,
        "file": finding.source.name,
        "place": place(finding.source, finding.label.span),
        "label": finding.label.text,
        "labels": [_label(finding, label) for label in finding.labels],
        "note": finding.note,
        "help": finding.help,
        "fix": _fix(finding.source, finding.fix) if finding.fix else None,
        "rendered": text.render([finding]).rstrip("\n"),
    }


def place(source: Source, span: Span) -> dict[str, Any]:
    """A span for machines: both ends as line and column (from 1, the end exclusive) and as offsets."""
    start, end = source.place(span.start), source.place(span.end)
    return {
        "start": {"line": start.line, "column": start.column, "offset": span.start},
        "end": {"line": end.line, "column": end.column, "offset": span.end},
    }


def _label(finding: Diagnostic, label: Label) -> dict[str, Any]:
    source = label.source or finding.source
    return {"file": source.name, "place": place(source, label.span), "text": label.text}


def _fix(source: Source, fix: Fix) -> dict[str, Any]:
    edits = [{"place": place(source, edit.span), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safety": fix.safety, "edits": edits}
