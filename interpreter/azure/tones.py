"""The service's names of the keys, and ours."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.azure.fields import BadFieldError

TONES: Mapping[str, str] = {
    "zero": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "pound": "#",
    "asterisk": "*",
    "a": "A",
    "b": "B",
    "c": "C",
    "d": "D",
}


def character(tone: object) -> str:
    """One of ours. Raises `BadFieldError`."""
    found = TONES.get(tone.lower()) if isinstance(tone, str) else None
    if found is None:
        raise BadFieldError(f"{tone!r} is no tone")
    return found
