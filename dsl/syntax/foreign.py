"""Habits of other languages in a line that could not be read: comments, arrows, colons, braces, commas.

Each function explains one of them, or gives ``None``.
"""

from __future__ import annotations

import re
import unicodedata

from dsl.diagnostics import Diagnostic, Edit, Fix
from dsl.source import Span
from dsl.syntax.findings import finding
from dsl.syntax.trouble import Trouble
from dsl.syntax.words import WEEKDAYS


def comment(trouble: Trouble) -> Diagnostic | None:
    match = re.match(r"(//|#|--|/\*)", trouble.text) or re.search(r"\s(//|# )", trouble.code)
    if match is None:
        return None
    mark = match.group().strip()
    if mark == "#" and re.match(r" *(or\b|,|->|hidden|anywhere|$)", trouble.code[match.end() :]):
        return None  # the key
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


def arrow(trouble: Trouble) -> Diagnostic | None:
    code = trouble.code
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


def colon(trouble: Trouble) -> Diagnostic | None:
    code = trouble.code.rstrip()
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


def character(trouble: Trouble) -> Diagnostic | None:
    found = trouble.rest[:1]
    if not found or found in " \t\r\n\f" or re.match(r'[\w"*#+\-<>=.,()]', found, re.ASCII):
        return None
    here = trouble.find(trouble.at, 1)
    if _unseen(found):  # copied from a web page or a word processor
        # All that follow it, as they come: each for itself would be one more round of repairs.
        here = trouble.find(
            trouble.at, next((at for at, each in enumerate(trouble.rest) if not _unseen(each)), len(trouble.rest))
        )
        fix = Fix("replace it by a space", (Edit(here, " "),), "safe")
        what = f"an invisible character (U+{ord(found):04X})"
        return finding(
            trouble.source, "IVR100", f"{what} is not part of the language", here, "here", help="type a space", fix=fix
        )
    return finding(
        trouble.source,
        "IVR100",
        f"`{found}` is not part of the language",
        here,
        "this character",
        help=f"{trouble.wanted} belongs here" if trouble.wanted else "take it out",
    )


def _unseen(character: str) -> bool:
    return character not in " \t\r\n\f" and unicodedata.category(character)[0] in "ZC"


def brace(trouble: Trouble) -> Diagnostic | None:
    match = re.search(r"\{\s*$|^\}\s*$", trouble.code)
    if match is None:
        return None
    return finding(
        trouble.source,
        "IVR100",
        "braces do not make a block",
        trouble.find(match.start(), 1),
        "this brace",
        help="leave it out: the indentation makes the block",
        fix=Fix("remove the brace", (Edit(trouble.find(match.start(), 1), ""),), "safe"),
    )


def assignment(trouble: Trouble) -> Diagnostic | None:
    """``ring = 25s`` and ``ring: 25s``."""
    match = re.match(r"[=:]\s*(?=\S)", trouble.rest)
    if match is None or trouble.at == 0 or "_EQUALS" in trouble.terminals or trouble.rest.startswith("=>"):
        return None
    mark = trouble.rest[0]
    sign = trouble.find(trouble.at, 1)
    if mark == "=" and "IS" in trouble.terminals:
        both = trouble.find(trouble.at, len(match.group().rstrip()) + trouble.rest.startswith("=="))
        return _instead(
            trouble, both, "is", f"`{trouble.source.slice(both)}` does not compare", "values are compared with words"
        )
    if mark == ":" and "_ARROW" in trouble.terminals:
        return _instead(trouble, sign, " ->", "`:` is not an arrow", "`->` belongs here")
    glued = trouble.text[trouble.at - 1 : trouble.at] not in (" ", "\t")
    line = trouble.text[: trouble.at].rstrip() + " " + trouble.rest[match.end() :]
    edit = Edit(trouble.find(trouble.at, match.end()), " " if glued else "")
    return finding(
        trouble.source,
        "IVR100",
        f"`{mark}` does not belong between a word and its value",
        trouble.find(trouble.at, 1),
        "this sign",
        help=f"leave it out: `{line}`",
        fix=Fix(f"remove the `{mark}`", (edit,), "safe"),
    )


def comma_for_or(trouble: Trouble) -> Diagnostic | None:
    """``no answer, busy -> there``."""
    if not trouble.rest.startswith(",") or "_OR" not in trouble.terminals:
        return None
    span = trouble.find(trouble.at, 1)
    return _instead(trouble, span, " or", "a comma does not join alternatives", "this comma")


def dash_for_to(trouble: Trouble) -> Diagnostic | None:
    """``09:00-17:00``, ``4-8``, ``monday-friday``."""
    match = re.match("[-\u2013]\\s*", trouble.rest)
    if match is None or "TO" not in trouble.terminals or trouble.rest.startswith("->"):
        return None
    blank = re.search(r"\s*$", trouble.text[: trouble.at])
    assert blank is not None
    span = trouble.find(blank.start(), match.end() + len(blank.group()))
    fix = Fix("write `to`", (Edit(span, " to "),), "safe")
    here = trouble.find(trouble.at, 1)
    return finding(
        trouble.source, "IVR100", "a dash does not make a range", here, "this dash", help="write `to`", fix=fix
    )


_UNITS = {
    "ms": "ms",
    "millisecond": "ms",
    "s": "s",
    "sec": "s",
    "second": "s",
    "m": "m",
    "min": "m",
    "minute": "m",
    "h": "h",
    "hour": "h",
    "d": "d",
    "day": "d",
}


def unit_apart(trouble: Trouble) -> Diagnostic | None:
    """``25 s`` and ``25 seconds``, noticed at the number or behind it."""
    begin = re.search(r"(?:[0-9]+[ \t]*)?$", trouble.text[: trouble.at])
    assert begin is not None
    match = re.match(r"([0-9]+)[ \t]*([A-Za-z]+)", trouble.text[begin.start() :])
    unit = match.group(2).lower() if match else ""
    short = _UNITS.get(unit) or _UNITS.get(unit.rstrip("s"))
    if match is None or short is None:
        return None
    span = trouble.find(begin.start(), match.end())
    if trouble.source.slice(span) == match.group(1) + short:
        return None  # it is one, where none belongs
    headline = f"`{trouble.source.slice(span)}` is not a duration"
    return _instead(trouble, span, match.group(1) + short, headline, "the unit stands at the number")


_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(trouble: Trouble) -> Diagnostic | None:
    """``after three tries``."""
    word = re.match(r"[A-Za-z]+", trouble.rest)
    if word is None or "INT" not in trouble.terminals or word.group().lower() not in _NUMBERS:
        return None
    span = trouble.find(trouble.at, word.end())
    number = str(_NUMBERS.index(word.group().lower()))
    return _instead(trouble, span, number, f"`{word.group()}` is not a number here", "numbers are written in digits")


def open_weekday(trouble: Trouble) -> Diagnostic | None:
    """``open monday 09:00 to 17:00``."""
    match = re.match(rf"open[ \t]+(?={'|'.join(WEEKDAYS)}|every)", trouble.text)
    if trouble.kind != "hours" or match is None:
        return None
    return finding(
        trouble.source,
        "IVR100",
        "`open` begins a line for dates, not for weekdays",
        trouble.find(0, len("open")),
        "this word",
        help="leave it out: a weekday with its times says when it is open",
        fix=Fix("remove `open`", (Edit(trouble.find(0, match.end()), ""),), "safe"),
    )


def bare_key(trouble: Trouble) -> Diagnostic | None:
    """``1 -> billing`` in a menu, ``-> desk`` in a step."""
    missing = {"menu": r"[0-9*#]", "step": r"->"}.get(trouble.kind)
    match = re.match(missing, trouble.text) if missing else None
    if match is None:
        return None
    if trouble.kind == "step":
        return _instead(
            trouble, trouble.find(0, 2), "go to", "an arrow alone does not end a step", "a step has no outcomes"
        )
    here = trouble.find(0, match.end())
    headline, label = "an option of a `menu` begins with `press`", "a key without its word"
    return _instead(trouble, here, f"press {match.group()}", headline, label)


def _instead(trouble: Trouble, span: Span, text: str, headline: str, label: str) -> Diagnostic:
    """A sign or a word that plainly stands for another one."""
    fix = Fix(f"write `{text.strip()}`", (Edit(span, text),), "safe")
    return finding(trouble.source, "IVR100", headline, span, label, help=f"write `{text.strip()}`", fix=fix)


def clock(trouble: Trouble) -> Diagnostic | None:
    """``9am to 5pm`` or ``9 to 17``, noticed at the number or behind it."""
    half = re.match(r"[ap]\.?m\b", trouble.rest, re.I)
    number = re.search(r"[0-9][0-9:.]*[ \t]*$", trouble.text[: trouble.at]) if half else None
    begin = number.start() if number else trouble.at
    pattern = r"([0-9]{1,2})(?:[:.]?([0-9]{2}))?[ \t]*([ap])?\.?m?\.?(?![A-Za-z0-9])"
    match = re.match(pattern, trouble.text[begin:], re.I)
    if match is None or not (number or "CLOCK_TIME" in trouble.terminals):
        return None
    hour = int(match.group(1)) % 12 + 12 * (match.group(3).lower() == "p") if match.group(3) else int(match.group(1))
    time = f"{hour:02d}:{match.group(2) or '00'}"
    return finding(
        trouble.source,
        "IVR100",
        f"`{match.group().rstrip()}` is not a time of the day",
        trouble.find(begin, len(match.group().rstrip())),
        "a time has hours and minutes, on a clock of 24 hours",
        help=f"write `{time}`",
        fix=Fix(f"write `{time}`", (Edit(trouble.find(begin, len(match.group().rstrip())), time),), "unsafe"),
    )


def bare_number(trouble: Trouble) -> Diagnostic | None:
    """``to number +14255550100``."""
    match = re.match(r"[+(]?[0-9][0-9 ()./-]*", trouble.rest)
    if match is None:
        return None
    if trouble.kind in ("callback", "dial") and re.match(r"number\b", trouble.text):
        span = trouble.find(trouble.at, len(match.group().rstrip()))
        return finding(
            trouble.source,
            "IVR100",
            "a telephone number is not a number to count with",
            span,
            "a value belongs here",
            help="name the value that holds it, such as `caller.number`",
        )
    if not re.match(r"to[ \t]+(number|teams|agent)\b", trouble.text):
        return None
    return finding(
        trouble.source,
        "IVR100",
        "a script transfers to a name, not to a number",
        trouble.find(trouble.at, len(match.group().rstrip())),
        "a name belongs here",
        help="write a name such as `front_desk`, and bind it to the number in the site file",
    )


_LANGUAGES = {"english": "en-US", "spanish": "es-US", "french": "fr-CA", "german": "de-DE", "italian": "it-IT"}


def locale(trouble: Trouble) -> Diagnostic | None:
    """``prompts spanish``, ``language en_us`` and ``languages "en-US"``."""
    if "LOCALE" not in trouble.terminals or "NAME" in trouble.terminals or trouble.terminals & {"SSML", "FILE"}:
        return None
    word = re.match(r"\"?([A-Za-z]{2,3})[-_]([A-Za-z]{2})\"?(?![A-Za-z])|[A-Za-z]+", trouble.rest)
    if word is None:
        return None
    known = (
        f"{word.group(1).lower()}-{word.group(2).upper()}" if word.group(1) else _LANGUAGES.get(word.group().lower())
    )
    if known == word.group():
        return None  # what follows it is wrong
    span = trouble.find(trouble.at, word.end())
    return finding(
        trouble.source,
        "IVR100",
        f"`{word.group()}` is not how a language is written",
        span,
        "a language and its region belong here",
        help=f"write `{known}`" if known else "write for example `en-US`",
        fix=Fix(f"write `{known}`", (Edit(span, known),), "safe" if word.group(1) else "unsafe") if known else None,
    )


def bare_digits(trouble: Trouble) -> Diagnostic | None:
    """``send digits 1, wait 2s``."""
    word = re.match(r"[0-9*#]+(?![A-Za-z0-9_])", trouble.rest)
    if word is None or "STRING" not in trouble.terminals or {"INT", "_NL"} & trouble.terminals:
        return None
    span = trouble.find(trouble.at, word.end())
    return _instead(trouble, span, f'"{word.group()}"', "digits to send stand between quotes", "without quotes")


def quoted_name(trouble: Trouble) -> Diagnostic | None:
    """``through "stripe"``."""
    word = re.match(r'"([A-Za-z_][A-Za-z0-9_]*)"', trouble.rest)
    if word is None or "NAME" not in trouble.terminals or "STRING" in trouble.terminals:
        return None
    span = trouble.find(trouble.at, word.end())
    return _instead(trouble, span, word.group(1), "a name stands without quotes", "a text, not a name")


def bare_file(trouble: Trouble) -> Diagnostic | None:
    """``use common.ivr`` and ``use 'common.ivr'``."""
    word = re.match(r"use[ \t]+('?)([^\s\"';]+)\1", trouble.text) if trouble.kind == "" else None
    if word is None:
        return None
    begin = word.start(1)
    span = trouble.find(begin, word.end() - begin)
    return _instead(trouble, span, f'"{word.group(2)}"', "the name of a file stands between quotes", "without quotes")


def missing_name(trouble: Trouble) -> Diagnostic | None:
    """``notify "A call has come."``: nobody is named."""
    word = re.match(r'"', trouble.rest)
    if word is None or "NAME" not in trouble.terminals or "STRING" in trouble.terminals:
        return None
    before = trouble.text[: trouble.at].split()
    return finding(
        trouble.source,
        "IVR100",
        f"`{before[-1]}` has no name" if before else "a name is missing",
        trouble.find(0, len(trouble.text[: trouble.at].rstrip())),
        "a name belongs behind this",
        help="write one word that is not a text in quotes",
    )
