"""Why a line could not be read, in the words of its author.

A decision list: the cheap and certain explanations first, the parser's own list of what could stand here last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Source, Span
from dsl.spell import listed, nearest
from dsl.syntax.findings import finding, not_built
from dsl.syntax.words import LINES, PLANNED, keyword_text, phrase

_STRING = re.compile(r'"(\\[^\r\n]|[^"\\\r\n])*"')


@dataclass(frozen=True, slots=True)
class Trouble:
    """Where reading stopped. ``kind`` is the declaration (or ``when``) that the line stands in, ``""`` for its first
    line.

    ``found`` is what stood there, ``terminals`` what could have.
    """

    source: Source
    line: Span
    found: Span
    kind: str
    terminals: frozenset[str]

    @property
    def text(self) -> str:
        return self.source.slice(self.line)

    def find(self, position: int, length: int) -> Span:
        """A span from a position within the line."""
        return Span(self.line.start + position, self.line.start + position + length)


def explain(trouble: Trouble) -> Diagnostic:
    """The one message for a line that could not be read."""
    for reason in _REASONS:
        diagnostic = reason(trouble)
        if diagnostic is not None:
            return diagnostic
    return _expected(trouble)


def _code(text: str) -> str:
    """The line with its texts blanked out (their length kept) and its comment cut off."""
    blanked = _STRING.sub(lambda m: '"' + " " * (len(m.group()) - 2) + '"', text)
    return blanked.split(";")[0]


def _typographic_quote(trouble: Trouble) -> Diagnostic | None:
    match = re.search("[\u201c\u201d\u201e\u00ab\u00bb]", _code(trouble.text))
    if match is None:
        return None
    edits = tuple(
        Edit(trouble.find(m.start(), 1), '"')
        for m in re.finditer("[\u201c\u201d\u201e\u00ab\u00bb]", _code(trouble.text))
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


def _open_quote(trouble: Trouble) -> Diagnostic | None:
    blanked = _STRING.sub(lambda m: " " * len(m.group()), trouble.text)
    position = blanked.find('"')
    if position < 0 or ";" in blanked[:position]:
        return None
    rest = trouble.text[position:]
    return finding(
        trouble.source,
        "IVR100",
        "a text has no closing quote",
        trouble.find(position, len(rest.rstrip())),
        "the text starts here and does not end on this line",
        help='close the text with `"`; a quote inside a text is written `\\"`',
    )


def _foreign_comment(trouble: Trouble) -> Diagnostic | None:
    match = re.match(r"(//|#|--|/\*)", trouble.text) or re.search(r"\s(//|# )", _code(trouble.text))
    if match is None:
        return None
    mark = match.group().strip()
    span = trouble.find(match.end() - len(match.group().lstrip()), len(mark))
    return finding(
        trouble.source,
        "IVR100",
        f"`{mark}` does not start a comment",
        span,
        "here",
        help="a comment starts with `;`",
        fix=Fix("make it a comment", (Edit(span, ";"),), "safe"),
    )


def _foreign_arrow(trouble: Trouble) -> Diagnostic | None:
    code = _code(trouble.text)
    match = re.search("=>|\u2192|\u2013>|\u2014>|-->|- >|~>", code)
    if match is None:
        return None
    span = trouble.find(match.start(), len(match.group()))
    return finding(
        trouble.source,
        "IVR100",
        f"`{match.group()}` is not an arrow",
        span,
        "here",
        help="write `->`",
        fix=Fix("write `->`", (Edit(span, "->"),), "safe"),
    )


def _colon(trouble: Trouble) -> Diagnostic | None:
    code = _code(trouble.text).rstrip()
    if not code.endswith(":"):
        return None
    span = trouble.find(len(code) - 1, 1)
    return finding(
        trouble.source,
        "IVR100",
        "a line does not end with a colon",
        span,
        "this colon",
        help="leave it out: the indentation makes the block",
        fix=Fix("remove the colon", (Edit(span, ""),), "safe"),
    )


def _bad_name(trouble: Trouble) -> Diagnostic | None:
    """The first line of a declaration: only its name can be wrong in an interesting way."""
    if trouble.kind:
        return None
    match = re.match(r"([a-z]+)([ \t]+)([^\s;\"]+)", trouble.text)
    if match is None or re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", match.group(3)):
        return None
    bad = match.group(3)
    good = re.sub(r"[^A-Za-z0-9_]+", "_", bad).strip("_") or "name"
    good = f"block_{good}" if good[0].isdigit() else good
    span = trouble.find(match.start(3), len(bad))
    return finding(
        trouble.source,
        "IVR110",
        f"`{bad}` is not a name",
        span,
        "letters, digits and `_`, not starting with a digit",
        help=f"for example `{good}`",
    )


def _option_without_input(trouble: Trouble) -> Diagnostic | None:
    match = re.match(r"((?:press|say)[ \t]*)?->", trouble.text) if trouble.kind == "menu" else None
    if match is None:
        return None
    word = trouble.text.split("->")[0].strip()
    missing = {"press": "a key", "say": "a phrase in quotes"}.get(word, "`press` and a key")
    return finding(
        trouble.source,
        "IVR304",
        "an option has neither a key nor a phrase",
        trouble.find(0, match.end()),
        f"{missing} belongs before the arrow",
        help='write `press 1 -> BLOCK` or `press 1 or say "billing" -> BLOCK`',
    )


def _first_word(trouble: Trouble) -> Diagnostic | None:
    """A line whose first word is not known where it stands."""
    known = LINES.get(trouble.kind, ())
    match = re.match(r"[A-Za-z_][A-Za-z0-9_]*", trouble.text)
    if match is None or not known:
        return None
    word = match.group()
    span = trouble.find(0, len(word))
    if any(k.split()[0] == word for k in known):
        return _second_word(trouble, known)
    if trouble.kind in ("collect", "transfer") and "->" in _code(trouble.text):
        return None
    if word in PLANNED:
        return not_built(trouble.source, word, span)
    home = [kind for kind, words in LINES.items() if any(k.split()[0] == word for k in words)]
    close = _near_line(trouble.text, known)
    if home and close is None:
        return finding(
            trouble.source,
            "IVR107",
            f"`{word}` does not belong in a `{trouble.kind}`",
            span,
            f"only in a {listed(home)}",
            help=f"a line of a `{trouble.kind}` starts with {listed(known)}",
        )
    suggestion = f"did you mean `{close[1]}`?" if close else f"a line of a `{trouble.kind}` starts with {listed(known)}"
    fix = Fix(f"write `{close[1]}`", (Edit(trouble.find(0, close[0]), close[1]),), "safe") if close else None
    return finding(
        trouble.source,
        "IVR106",
        f"a `{trouble.kind}` has no line that starts with `{word}`",
        span,
        "not known here",
        help=suggestion,
        fix=fix,
    )


def _near_line(text: str, known: tuple[str, ...]) -> tuple[int, str] | None:
    """The known beginning of a line that ``text`` was meant to start with, and how many characters stand for it."""
    for count in (3, 2, 1):
        match = re.match(r"[A-Za-z_]+" + r"[ \t]+[A-Za-z_]+" * (count - 1) + r"(?![A-Za-z_])", text)
        if match is None:
            continue
        close = nearest(match.group(), [k for k in known if len(k.split()) == count])
        if close is not None:
            return len(match.group()), close
    return None


def _second_word(trouble: Trouble, known: tuple[str, ...]) -> Diagnostic | None:
    """``no imput``: the first word is right, the phrase is not."""
    if any(re.match(rf"{re.escape(k)}(?![A-Za-z0-9_])".replace(r"\ ", r"[ \t]+"), trouble.text) for k in known):
        return None
    close = _near_line(trouble.text, tuple(k for k in known if " " in k))
    if close is None:
        return None
    span = trouble.find(0, close[0])
    return finding(
        trouble.source,
        "IVR106",
        f"a `{trouble.kind}` has no line that starts with `{trouble.source.slice(span)}`",
        span,
        "not known here",
        help=f"did you mean `{close[1]}`?",
        fix=Fix(f"write `{close[1]}`", (Edit(span, close[1]),), "safe"),
    )


def _misspelt_keyword(trouble: Trouble) -> Diagnostic | None:
    """A word where a keyword could stand that is close to it."""
    rest = trouble.source.text[trouble.found.start : trouble.line.end]
    phrases = [text for terminal in trouble.terminals if (text := keyword_text(terminal))]
    close = _near_line(rest, tuple(phrases))
    if close is None or close[1] == rest[: close[0]]:
        return None
    span = Span(trouble.found.start, trouble.found.start + close[0])
    return finding(
        trouble.source,
        "IVR106",
        f"`{trouble.source.slice(span)}` is not known here",
        span,
        "this word",
        help=f"did you mean `{close[1]}`?",
        fix=Fix(f"write `{close[1]}`", (Edit(span, close[1]),), "safe"),
    )


def _planned_word(trouble: Trouble) -> Diagnostic | None:
    word = trouble.source.slice(trouble.found)
    return not_built(trouble.source, word, trouble.found) if word in PLANNED else None


def _missing_arrow(trouble: Trouble) -> Diagnostic | None:
    if "_ARROW" not in trouble.terminals or "->" in _code(trouble.text):
        return None
    at_end = trouble.found.start >= trouble.line.end or not trouble.source.slice(trouble.found).strip()
    if at_end:
        return finding(
            trouble.source,
            "IVR100",
            "the line does not say where the call goes",
            Span(trouble.line.end - 1, trouble.line.end),
            "`->` and a destination belong behind this",
            help="add `-> ` and the name of a block, or `finish` and a result",
        )
    return finding(
        trouble.source,
        "IVR100",
        "`->` is missing before the destination",
        trouble.found,
        "`->` belongs before this",
        help="write `->` before the destination",
        fix=Fix("insert `->`", (Edit(Span(trouble.found.start, trouble.found.start), "-> "),), "safe"),
    )


def _foreign_character(trouble: Trouble) -> Diagnostic | None:
    character = trouble.source.text[trouble.found.start : trouble.found.start + 1]
    if not character or character.isspace() or re.match(r'[\w"*#+\-<>=.,()]', character, re.ASCII):
        return None
    return finding(
        trouble.source,
        "IVR100",
        f"`{character}` is not part of the language",
        Span(trouble.found.start, trouble.found.start + 1),
        "this character",
        help=f"{_wanted(trouble)} could stand here",
    )


def _expected(trouble: Trouble) -> Diagnostic:
    found = trouble.source.slice(trouble.found).strip()
    if not found:
        end = Span(max(trouble.line.start, trouble.line.end - 1), trouble.line.end)
        return finding(
            trouble.source, "IVR100", "the line is not complete", end, "ends here", help=f"add {_wanted(trouble)}"
        )
    if trouble.terminals <= {"_NL", "_INDENT", "_DEDENT", "$END"}:
        return finding(
            trouble.source,
            "IVR100",
            f"`{found}` is too much for this line",
            trouble.found,
            "the line was complete before this",
            help="take it out, or put it on a line of its own",
        )
    return finding(
        trouble.source,
        "IVR100",
        f"`{found}` cannot stand here",
        trouble.found,
        f"expected {_wanted(trouble)}",
    )


def _wanted(trouble: Trouble) -> str:
    hidden = {"_NL", "$END", "_DEDENT", "WS", "COMMENT"} if len(trouble.terminals) > 1 else set()
    phrases = sorted({phrase(terminal) for terminal in trouble.terminals - hidden})
    if len(phrases) > 6:
        phrases = [p for p in phrases if p.startswith("a ")] or phrases[:6]
    return " or ".join([", ".join(phrases[:-1]), phrases[-1]]) if len(phrases) > 1 else "".join(phrases)


_REASONS: tuple[Callable[[Trouble], Diagnostic | None], ...] = (
    _typographic_quote,
    _open_quote,
    _foreign_comment,
    _foreign_arrow,
    _colon,
    _bad_name,
    _option_without_input,
    _first_word,
    _planned_word,
    _misspelt_keyword,
    _missing_arrow,
    _foreign_character,
)
