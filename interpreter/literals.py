"""Values as a plan or a stand-in writes them: ``"Ana"``, ``35.00 USD``, ``2026-11-26``, ``09:00``, ``30s``, ``yes``."""

from __future__ import annotations

import re

from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value

FORMS = '"text", 12, 35.00 USD, 2026-11-26, 09:00, 30s, yes or ("a", "b")'
"""What a value looks like, for messages."""
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_ITEM = re.compile(
    r"""
      "(?P<text>[^"]*)"
    | (?P<money>-?[0-9]+(?:\.[0-9]+)?)[ ](?P<currency>[A-Z]{3})\b
    | (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})
    | (?P<hours>[0-9]{1,2}):(?P<minutes>[0-9]{2})
    | (?P<count>[0-9]+(?:\.[0-9]+)?)(?P<unit>ms|s|m|h|d)\b
    | (?P<number>-?[0-9]+(?:\.[0-9]+)?)
    | (?P<yes>yes|no)\b
    | \((?P<list>[^()]*)\)
    """,
    re.VERBOSE,
)
_FIELD = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s+")


class BadValue(ValueError):  # noqa: N818 - says what the text is
    """A text that is no value. It says what could stand there."""


def read_value(text: str) -> Value:
    """One value. Raises `BadValue`."""
    text = text.strip()
    match = _ITEM.match(text)
    if match is None or match.end() != len(text):
        raise BadValue(
            f'`{text}` is not a value; write "text", 12, 35.00 USD, 2026-11-26, 09:00, 30s, yes or ("a", "b")'
        )
    return _value(match)


def _value(match: re.Match[str]) -> Value:
    if match["text"] is not None:
        return match["text"]
    if match["money"]:
        return Money(match["money"], match["currency"])
    if match["day"]:
        return Day(match["day"])
    if match["hours"]:
        return TimeOfDay(int(match["hours"]) * 60 + int(match["minutes"]))
    if match["unit"]:
        return Seconds(float(match["count"]) * _UNITS[match["unit"]])
    if match["number"]:
        return float(match["number"])
    if match["yes"]:
        return match["yes"] == "yes"
    inner = match["list"].strip()
    return Items(tuple(read_value(part) for part in _parts(inner)))


def _parts(text: str) -> list[str]:
    """The parts between commas; a comma in quotes is none."""
    return [part for part in re.findall(r'(?:"[^"]*"|[^,"])+', text) if part.strip()]


def read_fields(text: str) -> tuple[tuple[str, Value], ...]:
    """``id "7", name "Ana"``: named values. Raises `BadValue`."""
    found: list[tuple[str, Value]] = []
    rest = text.strip()
    while rest:
        name = _FIELD.match(rest)
        value = _ITEM.match(rest, name.end()) if name else None
        if name is None or value is None:
            raise BadValue(f'`{rest}` is not a named value; write `name "Ana"`, with commas between several')
        found.append((name[1], _value(value)))
        rest = rest[value.end() :].strip()
        if rest and not rest.startswith(","):
            raise BadValue(f"a comma belongs before `{rest}`")
        rest = rest[1:].strip()
    return tuple(found)
