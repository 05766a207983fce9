"""Why a line with an outcome could not be read: ``no answer or busy -> sorry``.

Each function explains one mistake, or gives ``None``.
"""

from __future__ import annotations

import re

from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Span
from dsl.syntax.findings import finding
from dsl.syntax.trouble import STRING, Trouble
from dsl.syntax.words import LINES, OUTCOMES, ROUTED

_OWN = ("run", "when hours")
"""Where the author's own outcomes may stand: what a sub-flow gives, and breaks."""


def begins_with_outcome(trouble: Trouble) -> bool:
    """Whether a line begins with an outcome of the block or the statement that it stands in."""
    return trouble.kind in ROUTED and _outcome_at(trouble.kind, trouble.code, 0) is not None


def _outcome_at(kind: str, code: str, at: int) -> int | None:
    """Where the outcome that begins at a place ends."""
    rest = code[at:]
    for outcome in sorted(OUTCOMES.get(kind, ()), key=len, reverse=True):
        words = r"[ \t]+".join(outcome.split())
        if match := re.match(rf"{words}(?![A-Za-z0-9_])", rest):
            return at + match.end()
    own = re.match(r"[A-Za-z_][A-Za-z0-9_]*", rest) if kind in _OWN else None
    return at + own.end() if own and own.group() not in LINES.get(kind, ()) else None


def keyword_as_name(trouble: Trouble) -> Diagnostic | None:
    """``gives limit``: a word of the language where a name belongs."""
    if not trouble.keyword or "NAME" not in trouble.terminals:
        return None
    word = trouble.source.slice(trouble.found)
    homes = [kind for kind, words in LINES.items() if any(each.split()[0] == word for each in words)]
    label = f"it begins a line of a `{homes[0]}`" if homes else "a word of the language"
    return finding(
        trouble.source,
        "IVR110",
        f"`{word}` cannot be a name",
        trouble.found,
        label,
        help=f"choose another name, such as `{word}_{'reached' if word == 'limit' else 'it'}`",
    )


def outcome_without_unit(trouble: Trouble) -> Diagnostic | None:
    """``waited 10``."""
    number = re.match(r"[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.])", trouble.rest)
    if number is None or trouble.kind not in ROUTED or not {"DURATION", "_ARROW"} <= trouble.terminals:
        return None
    return finding(
        trouble.source,
        "IVR104",
        "a duration needs a unit",
        trouble.find(trouble.at, number.end()),
        "seconds, minutes or hours?",
        help=f"write `{number.group()}m` for minutes, or `{number.group()}s` for seconds",
        fix=Fix(f"write `{number.group()}m`", (Edit(trouble.find(trouble.at + number.end(), 0), "m"),), "unsafe"),
    )


def half_arrow(trouble: Trouble) -> Diagnostic | None:
    """``busy > sorry`` and ``busy - sorry``."""
    sign = re.match(r"[>\-\u2013\u2014](?=[ \t]*[A-Za-z_])", trouble.rest)
    if sign is None or "_ARROW" not in trouble.terminals or "->" in trouble.code:
        return None
    span = trouble.find(trouble.at, 1)
    return finding(
        trouble.source,
        "IVR100",
        f"`{sign.group()}` is not an arrow",
        span,
        "here",
        help="write `->`",
        fix=Fix("write `->`", (Edit(span, "->"),), "safe"),
    )


def missing_arrow(trouble: Trouble) -> Diagnostic | None:
    if "_ARROW" not in trouble.terminals or "->" in trouble.code:
        return None
    found = trouble.found
    at_end = found.start >= trouble.line.end or not trouble.source.slice(found).strip()
    bare = _destination(trouble) if at_end or not trouble.keyword else None
    if at_end and bare is None:
        return finding(
            trouble.source,
            "IVR100",
            "the line does not say where the call goes",
            Span(trouble.line.end - 1, trouble.line.end),
            "`->` and a destination belong behind this",
            help="add `-> ` and the name of a block, or `finish` and a result",
        )
    found = bare or found
    return finding(
        trouble.source,
        "IVR100",
        "`->` is missing before the destination",
        found,
        "`->` belongs before this",
        help="write `->` before the destination",
        fix=Fix("insert `->`", (Edit(Span(found.start, found.start), "-> "),), "safe"),
    )


_LAST = re.compile(
    r"((?:finish|give|go[ \t]+to)[ \t]+[A-Za-z_][A-Za-z0-9_]*|hang[ \t]+up|go[ \t]+back|[A-Za-z_][A-Za-z0-9_]*)[ \t]*$"
)


def _destination(trouble: Trouble) -> Span | None:
    """The last words of ``no answer or busy sorry``, which were read as more words of the outcome."""
    code = STRING.sub(lambda text: " " * len(text.group()), trouble.code)
    last = _LAST.search(code)
    if last is None or trouble.kind not in ROUTED:
        return None
    begin = max((match.end() for match in re.finditer(r"\bor[ \t]+", code)), default=0)
    end = _outcome_at(trouble.kind, code, begin)
    if end is None or end > last.start():
        return None
    return trouble.find(last.start(), len(last.group(1)))
