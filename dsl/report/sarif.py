"""Findings as SARIF 2.1.0, the interchange format of code scanners.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Plain dictionaries: the format needs no library.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from dsl.diagnostics import Diagnostic, Fix
from dsl.lint import Page, pages
from dsl.source import Source, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(diagnostics: Sequence[Diagnostic], *, colour: bool = False) -> str:
    """One run with every rule that this version has and one result a finding."""
    rules = list(pages().values())
    index = {page.rule.code: number for number, page in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "ivr", "version": _version(), "rules": [_rule(page) for page in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index) for finding in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _version() -> str:
    try:
        return version("ivr")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"


def _rule(page: Page) -> dict[str, Any]:
    rule = page.rule
    first = page.text.split("\n\n")[0].replace("\n", " ")
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": first},
        "fullDescription": {"text": page.text},
        "help": {"text": f"{page.text}\n\nInstead of\n\n{rule.bad}\nwrite\n\n{rule.good}"},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Diagnostic, index: dict[str, int]) -> dict[str, Any]:
    advice = f" Help: {finding.help}." if finding.help else ""
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": {"text": f"{finding.headline}.{advice}"},
        "locations": [_location(finding.source, finding.label.span, finding.label.text)],
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.labels:
        result["relatedLocations"] = [
            _location(label.source or finding.source, label.span, label.text) for label in finding.labels
        ]
    if finding.fix and finding.fix.safety != "display":
        result["fixes"] = [_fix(finding.source, finding.fix)]
    return result


def _location(source: Source, span: Span, text: str) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(source)}, "region": _region(source, span)},
        "message": {"text": text},
    }


def _uri(source: Source) -> str:
    """A relative reference with forward slashes, or a ``file`` URI for an absolute path."""
    path = PurePath(source.name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")


def _region(source: Source, span: Span) -> dict[str, int]:
    start, end = source.place(span.start), source.place(span.end)
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _fix(source: Source, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    change = {"artifactLocation": {"uri": _uri(source)}, "replacements": replacements}
    return {"description": {"text": fix.title}, "artifactChanges": [change]}
