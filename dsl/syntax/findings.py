"""Findings of reading: their codes and names in one place, so that the pages of `dsl.lint.rules` can be checked
against it."""

from __future__ import annotations

from dsl.diagnostics import Diagnostic, Fix, Label
from dsl.source import Source, Span
from dsl.syntax.words import PLANNED, UNSUPPORTED

CODES = {
    "IVR100": "syntax-error",
    "IVR101": "language-version",
    "IVR104": "duration-without-unit",
    "IVR105": "given-twice",
    "IVR106": "unknown-word",
    "IVR107": "misplaced-word",
    "IVR110": "invalid-name",
    "IVR114": "wrong-indentation",
    "IVR115": "tab-used",
    "IVR190": "not-built-yet",
    "IVR191": "unsupported-by-host",
    "IVR304": "option-without-input",
}


def finding(
    source: Source,
    code: str,
    headline: str,
    span: Span,
    label: str,
    *,
    labels: tuple[Label, ...] = (),
    note: str = "",
    help: str = "",
    fix: Fix | None = None,
) -> Diagnostic:
    """An error found while reading. Everything that the reader cannot read is an error."""
    return Diagnostic(code, CODES[code], "error", headline, source, Label(span, label), labels, note, help, fix)


def not_built(source: Source, word: str, span: Span) -> Diagnostic:
    """The refusal of a word that a later version of the language will know."""
    return finding(
        source,
        "IVR190",
        f"`{word}` is not built yet",
        span,
        f"part of a later version: {PLANNED[word]}",
        help="take it out until this version of `ivr` knows it",
    )


def unsupported(source: Source, word: str, span: Span) -> Diagnostic:
    """The refusal of a word for what the host of the calls has no request for."""
    return finding(
        source,
        "IVR191",
        f"`{word}` is not possible on this host",
        span,
        UNSUPPORTED[word],
        help="an agent hears `whisper` of `[queues]`, the target of a transfer `accept`, before the caller is joined"
        if word == "whisper"
        else "take it out; supervisors monitor a call, or barge in, by the API",
    )
