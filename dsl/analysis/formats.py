"""How values can be read out: ``{balance as money}``. What each format says is `interpreter.spoken`'s; a test compares
the two tables."""

from __future__ import annotations

FORMATS: dict[str, tuple[str, ...]] = {
    "text": ("text", "phone", "one_of"),
    "digits": ("text", "number", "phone", "one_of"),
    "number": ("number", "text"),
    "ordinal": ("number", "text"),
    "money": ("money",),
    "date": ("date",),
    "short_date": ("date",),
    "weekday": ("date",),
    "time": ("time",),
    "duration": ("duration",),
    "phone": ("phone", "text"),
    "list": ("list",),
    "yes_no": ("yes_no",),
}
"""Each format with the kinds of value that it takes."""
