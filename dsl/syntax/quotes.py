"""Quotes that are missing, or not those of the language."""

from __future__ import annotations

import re

from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Span
from dsl.syntax.findings import finding
from dsl.syntax.trouble import STRING, Trouble


def typographic_quote(trouble: Trouble) -> Diagnostic | None:
    match = re.search("[\u201c\u201d\u201e\u00ab\u00bb]", trouble.code)
    if match is None:
        return None
    edits = tuple(
        Edit(trouble.find(m.start(), 1), '"') for m in re.finditer("[\u201c\u201d\u201e\u00ab\u00bb]", trouble.code)
    )
    return finding(
        trouble.source,
        "IVR100",
        "a typographic quote does not open or close a text",
        trouble.find(match.start(), 1),
        "this quote",
        help='use the straight quote `"`',
        fix=Fix("use straight quotes", edits, "safe"),
    )


def open_quote(trouble: Trouble) -> Diagnostic | None:
    blanked = STRING.sub(lambda m: " " * len(m.group()), trouble.text)
    position = blanked.find('"')
    if position < 0 or ";" in blanked[:position]:
        return None
    words = trouble.text[trouble.at : position]
    if "STRING" in trouble.terminals and re.match(r"\w", words):
        return finding(
            trouble.source,
            "IVR100",
            "a text has no opening quote",
            trouble.find(trouble.at, len(words) + 1),
            "the text ends here and does not begin with a quote",
            help='open the text with `"`',
            fix=Fix("open the text", (Edit(Span(trouble.found.start, trouble.found.start), '"'),), "safe"),
        )
    rest = trouble.text[position:].rstrip()
    if "\r" in rest:  # half a line break of Windows, copied with the text
        span = trouble.find(position + rest.index("\r"), 1)
        fix = Fix("take the character out", (Edit(span, ""),), "safe")
        headline = "an invisible line break (U+000D) stands in a text"
        return finding(trouble.source, "IVR100", headline, span, "here", help="take it out", fix=fix)
    end = trouble.line.start + position + len(rest)
    plain = not re.search(r"->|;|cannot be interrupted", rest)
    return finding(
        trouble.source,
        "IVR100",
        "a text has no closing quote",
        trouble.find(position, len(rest)),
        "the text starts here and does not end on this line",
        help='close the text with `"`; a quote inside a text is written `\\"`',
        fix=Fix("close the text at the end of the line", (Edit(Span(end, end), '"'),), "unsafe") if plain else None,
    )


def no_quotes(trouble: Trouble) -> Diagnostic | None:
    """``say Thank you`` and ``say 'Thank you'``."""
    if "STRING" not in trouble.terminals or not re.match(r"['{]|[^\W\d]", trouble.rest):
        return None
    if trouble.terminals - {"STRING", "FILE", "SSML", "LOCALE", "EXACTLY"} and not trouble.rest.startswith(("'", "{")):
        return None
    listed = r"|," if trouble.kind in ("collect", "hours") else ""
    words = re.split(rf"\s*(?:->|;{listed})|\s+cannot be interrupted", trouble.rest)[0].rstrip()
    span = trouble.find(trouble.at, len(words))
    single = re.fullmatch(r"'(.*)'", words)
    text = (single.group(1) if single else words.strip("'")).replace('"', '\\"')
    return finding(
        trouble.source,
        "IVR100",
        "a text does not stand between quotes",
        span,
        "single quotes do not make a text" if words.startswith("'") else "read as words of the language",
        help=f'write `"{text}"`',
        fix=Fix(f'write `"{text}"`', (Edit(span, f'"{text}"'),), "safe" if single else "unsafe"),
    )
