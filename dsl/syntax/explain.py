"""Why a line could not be read, in the words of its author.

A decision list: the cheap and certain explanations first, the parser's own list of what could stand here last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Span
from dsl.spell import listed, nearest
from dsl.syntax import foreign, quotes, routes
from dsl.syntax.findings import finding, not_built, unsupported
from dsl.syntax.habits import habit
from dsl.syntax.pledges import promise
from dsl.syntax.trouble import Trouble
from dsl.syntax.words import ELSEWHERE, LINES, OUTCOMES, PLANNED, ROUTED, UNSUPPORTED, WEEKDAYS, keyword_text


def explain(trouble: Trouble) -> Diagnostic:
    """The one message for a line that could not be read."""
    for reason in _REASONS:
        diagnostic = reason(trouble)
        if diagnostic is not None:
            return _changing(diagnostic, trouble)
    return _expected(trouble)


def _changing(diagnostic: Diagnostic, trouble: Trouble) -> Diagnostic:
    """Without a fix that would write what stands there already."""
    edits = diagnostic.fix.edits if diagnostic.fix is not None else ()
    if edits and all(trouble.source.slice(edit.span) == edit.text for edit in edits):
        return replace(diagnostic, fix=None)
    return diagnostic


def _bad_name(trouble: Trouble) -> Diagnostic | None:
    """The first line of a declaration: only its name can be wrong in an interesting way."""
    match = re.match(r"([a-z]+)(?:[ \t]+([^\s;\"]+)((?:[ \t]+[A-Za-z0-9_]+)*))?[ \t]*(?:;|$)", trouble.text)
    if trouble.kind or match is None:
        return None
    kind, bad, more = match.groups()
    if kind in ("use", "prompts", "test", "promise"):
        return None
    if bad is None:
        return finding(
            trouble.source,
            "IVR110",
            f"{_a(kind)} has no name",
            trouble.find(0, len(kind)),
            "a name belongs behind this",
            help=f"for example `{kind} main`",
        )
    if kind == "flow" and more and more.strip() == "outbound":
        more = None  # a word of its own, which is right
    whole = bad + (more or "")
    good = re.sub(r"[^A-Za-z0-9_]+", "_", whole).strip("_") or "main"
    good = f"{kind}_{good}" if good[0].isdigit() else good
    if good == whole:
        return None
    span = trouble.find(match.start(2), len(whole))
    last = nearest(more.split()[-1], ("outbound",)) if more and kind == "flow" else None
    if last and len(more.split()) == 1:
        at = trouble.find(match.start(3) + len(more) - len(more.lstrip()), len(more.strip()))
        fix = Fix(f"write `{last}`", (Edit(at, last),), "safe")
        return finding(
            trouble.source,
            "IVR106",
            f"`{more.strip()}` is not known here",
            at,
            "this word",
            help=f"did you mean `{last}`?",
            fix=fix,
        )
    label = "a name is one word" if more else "letters, digits and `_`, not starting with a digit"
    return finding(trouble.source, "IVR110", f"`{whole}` is not a name", span, label, help=f"for example `{good}`")


def _glued(trouble: Trouble) -> Diagnostic | None:
    """``press1``."""
    match = re.match(r"([a-z]+)(?=[0-9])", trouble.text)
    if match is None or match.group() not in LINES.get(trouble.kind, ()):
        return None
    word = re.match(r"\w+", trouble.text)
    assert word is not None
    gap = Span(trouble.line.start + match.end(), trouble.line.start + match.end())
    return finding(
        trouble.source,
        "IVR100",
        f"a space is missing in `{word.group()}`",
        trouble.find(0, word.end()),
        "two words",
        help=f"write `{match.group()} {word.group()[match.end() :]}`",
        fix=Fix("insert the space", (Edit(gap, " "),), "safe"),
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
    # Nobody writes a line of a test where calls are told what to do.
    home = [kind for kind, words in LINES.items() if kind != "test" and any(k.split()[0] == word for k in words)]
    if trouble.kind == "data" and re.match(r"\w+[ \t]*\(", trouble.text):
        return None  # a look-up begins with its name
    routed = trouble.kind in ROUTED and "->" in trouble.code
    if routes.begins_with_outcome(trouble) or (routed and not home):
        return None  # an outcome: its name is checked later, so it is not what cannot be read
    if word in PLANNED:
        return not_built(trouble.source, word, span)
    if word in UNSUPPORTED:
        return unsupported(trouble.source, word, span)
    other = ELSEWHERE.get(word.lower())
    close = None if other in known else _near_line(trouble.text, known) or _half(word, known)
    if home and close is None:
        return finding(
            trouble.source,
            "IVR107",
            f"`{word}` does not belong in {_a(trouble.kind)}",
            span,
            f"only in {listed(home)}",
            help=_starts(trouble.kind, known),
        )
    meant = close[1] if close else _meant(word, known)
    suggestion = f"did you mean `{meant}`?" if meant else _starts(trouble.kind, known)
    fix = Fix(f"write `{close[1]}`", (Edit(trouble.find(0, close[0]), close[1]),), "safe") if close else None
    if fix is None and meant:
        fix = Fix(f"write `{meant}`", (Edit(span, meant),), "unsafe")
    return finding(
        trouble.source,
        "IVR106",
        f"{_a(trouble.kind)} has no line that starts with `{word}`",
        span,
        "not known here",
        help=suggestion,
        fix=fix,
    )


def _half(word: str, known: tuple[str, ...]) -> tuple[int, str] | None:
    """``expert billing`` for ``with expert billing``."""
    whole = [each for each in known if word in each.split()[1:] and len(word) > 2]
    return (len(word), whole[0]) if len(whole) == 1 else None


def _a(kind: str) -> str:
    """A declaration with its article; opening hours have none."""
    return f"`{kind}`" if kind == "hours" else f"a `{kind}`"


MOST_LISTED = 8
"""Words in a list of what could stand somewhere: nobody reads more."""


def _starts(kind: str, known: tuple[str, ...]) -> str:
    outcomes = ", or with an outcome and `->`" if kind in ROUTED else ""
    if len(known) > MOST_LISTED:
        some = ", ".join(f"`{word}`" for word in known[:MOST_LISTED])
        return f"a line of {_a(kind)} starts with {some} and others{outcomes}"
    if not known:
        return f"a line of {_a(kind)} starts with an outcome and `->`"
    return f"a line of {_a(kind)} starts with {listed(known)}{outcomes}"


def _meant(word: str, known: tuple[str, ...]) -> str | None:
    """The word of this language for one of another, or for an abbreviation."""
    longer = [k for k in known if len(word) >= 3 and k.startswith(word.lower())]
    other = ELSEWHERE.get(word.lower())
    return longer[0] if len(longer) == 1 else other if other in known else None


def _near_line(text: str, known: tuple[str, ...]) -> tuple[int, str] | None:
    """The known beginning of a line that ``text`` was meant to start with, and how many characters stand for it."""
    for count in (3, 2, 1):
        match = re.match(r"[A-Za-z_]+" + r"[ \t]+[A-Za-z_]+" * (count - 1) + r"(?![A-Za-z0-9_])", text)
        if match is None:
            continue
        glued = match.group().casefold().replace("_", "")
        close = next((k for k in known if k.replace(" ", "") == glued and k != match.group()), None)
        close = close or nearest(match.group(), [k for k in known if len(k.split()) == count])
        if close is not None:
            return len(match.group()), close
    return None


def _second_word(trouble: Trouble, known: tuple[str, ...]) -> Diagnostic | None:
    """``no imput``: the first word is right, the phrase is not."""
    words = re.findall(r"[A-Za-z_]+", trouble.code)
    begun = [k for k in known if re.match(rf"{re.escape(k)}(?![A-Za-z0-9_])".replace(r"\ ", r"[ \t]+"), trouble.text)]
    seconds = [k.split()[1] for k in known if " " in k and k.split()[0] == words[0]]
    if any(" " in k for k in begun) or (begun and not nearest("".join(words[1:2]), seconds)):
        return None
    options = [k for k in known if k.split()[0] == words[0]]
    sharing = [k for k in options if words[1:2] and words[1] in k.split()]
    close = _near_line(trouble.text, tuple(k for k in known if " " in k))
    best = close[1] if close else (sharing or options)[0] if len(sharing) == 1 or len(options) == 1 else None
    span = trouble.find(0, close[0]) if close else trouble.find(0, len(words[0]))
    return finding(
        trouble.source,
        "IVR106",
        f"{_a(trouble.kind)} has no line that starts with `{' '.join(trouble.source.slice(span).split())}` alone"
        if close is None
        else f"{_a(trouble.kind)} has no line that starts with `{trouble.source.slice(span)}`",
        span,
        "not known here",
        help=f"did you mean `{best}`?" if best else f"did you mean {listed(options)}?",
        fix=Fix(f"write `{best}`", (Edit(span, best),), "safe") if best and close else None,
    )


def _misspelt_when(trouble: Trouble) -> Diagnostic | None:
    """``when hour support``: the second word decides which kind of `when` it is."""
    match = re.match(r"when[ \t]+([A-Za-z_]+)[ \t]+[A-Za-z_]+", trouble.text)
    close = nearest(match.group(1), ("hours", "switch")) if match and len(match.group(1)) > 2 else None
    if match is None or close is None or close == match.group(1):
        return None
    span = trouble.find(match.start(1), len(match.group(1)))
    return finding(
        trouble.source,
        "IVR106",
        f"`when {match.group(1)}` is not known here",
        span,
        "this word",
        help=f"did you mean `when {close}`?",
        fix=Fix(f"write `{close}`", (Edit(span, close),), "safe"),
    )


def _misspelt_keyword(trouble: Trouble) -> Diagnostic | None:
    """A word where a keyword could stand that is close to it."""
    rest = trouble.source.text[trouble.found.start : trouble.line.end]
    phrases = [text for terminal in trouble.terminals if (text := keyword_text(terminal))]
    phrases += WEEKDAYS if "WEEKDAY" in trouble.terminals else ()
    close = _near_line(rest, tuple(phrases))
    if close is None or close[1] == rest[: close[0]] or close[0] < 3:
        return None
    if trouble.source.text[trouble.found.start - 1 : trouble.found.start].isalnum():
        return None  # the rest of a word that was cut in two: `490sof silence`
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


def _no_destination(trouble: Trouble) -> Diagnostic | None:
    code = trouble.code.rstrip()
    if not code.endswith("->"):
        return None
    return finding(
        trouble.source,
        "IVR100",
        "the arrow leads nowhere",
        trouble.find(len(code) - 2, 2),
        "a destination belongs behind this",
        help="write the name of a block, or `finish` and a result",
    )


_NEEDS_LINES = {
    "when hours": ("has no cases", "`open -> BLOCK`"),
    "when": ("has no cases", '`is "gold" -> BLOCK` and `otherwise -> BLOCK`'),
    "brief": ("hands over nothing", '`topic "Invoice"`'),
    "run": ("leads nowhere", "`OUTCOME -> BLOCK`"),
}


def _no_cases(trouble: Trouble) -> Diagnostic | None:
    """A statement with lines of its own, and nothing below it."""
    if "_INDENT" not in trouble.terminals or trouble.rest.strip():
        return None
    word = re.match(r"when[ \t]+hours\b|[a-z]+", trouble.text)
    kind = " ".join(word.group().split()) if word else "when"
    outcome = OUTCOMES.get(kind, ("OUTCOME",))[0]
    what, example = _NEEDS_LINES.get(kind, ("leads nowhere", f"`{outcome} -> BLOCK`"))
    name = "when" if kind == "when hours" else kind
    return finding(
        trouble.source,
        "IVR100",
        f"a `{name}` {what}",
        trouble.line,
        "nothing is indented below it",
        help=f"add lines such as {example}, indented by 8 spaces",
    )


def _expected(trouble: Trouble) -> Diagnostic:
    found = trouble.source.slice(trouble.found).strip()
    if not found:
        end = Span(max(trouble.line.start, trouble.line.end - 1), trouble.line.end)
        return finding(
            trouble.source, "IVR100", "the line is not complete", end, "ends here", help=f"add {trouble.wanted}"
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
        f"expected {trouble.wanted}",
        help=f"take it out, or write {trouble.wanted} before it" if trouble.wanted else "take it out",
    )


_REASONS: tuple[Callable[[Trouble], Diagnostic | None], ...] = (
    quotes.typographic_quote,
    foreign.comment,
    quotes.open_quote,
    foreign.arrow,
    foreign.colon,
    foreign.brace,
    foreign.bare_file,
    _bad_name,
    promise,
    _option_without_input,
    _glued,
    habit,
    foreign.bare_key,
    foreign.open_weekday,
    _first_word,
    foreign.bare_number,
    foreign.dash_for_to,
    foreign.unit_apart,
    routes.outcome_without_unit,
    foreign.number_word,
    foreign.assignment,
    foreign.comma_for_or,
    foreign.clock,
    foreign.locale,
    foreign.bare_digits,
    foreign.quoted_name,
    _misspelt_when,
    _planned_word,
    _misspelt_keyword,
    quotes.no_quotes,
    foreign.character,
    foreign.missing_name,
    _no_destination,
    _no_cases,
    routes.half_arrow,
    routes.missing_arrow,
    routes.keyword_as_name,
)
