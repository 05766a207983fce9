"""Reading fields of JSON that others wrote: the value, or a `Malformed` that says what was wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Malformed:
    """A body, or one element of it, that does not have the documented shape. ``reason`` is for a log."""

    reason: str


class BadFieldError(Exception):
    """Raised and caught inside a parser only: a field is absent or of the wrong type."""


Fields = Mapping[str, Any]


def elements(body: bytes) -> list[Any] | Malformed:
    """The elements of a JSON array, or the one object that stands alone.

    A key that occurs twice keeps its last value: the service has been seen to repeat ``sequenceNumber``.
    """
    try:
        value = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        return Malformed(f"not JSON: {error}")
    if isinstance(value, dict):
        return [value]
    return value if isinstance(value, list) else Malformed("neither an object nor an array")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def text(fields: Fields, name: str, default: str | None = None) -> str:
    """A text; ``default`` stands for an absent or null one, and without a default it is required."""
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise BadFieldError(f"{name} is {_kind(value)}, not text")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            # JSON can smuggle in half a surrogate pair, which no store and no log can write.
            raise BadFieldError(f"{name} is not valid Unicode") from None
    return value


def number(fields: Fields, name: str, default: int | None = None) -> int:
    """A whole number; ``default`` stands for an absent or null one, and without a default it is required."""
    value = fields.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadFieldError(f"{name} is {_kind(value)}, not a whole number")
    return value


def table(fields: Fields, name: str, required: bool = False) -> Fields:
    """An object; an absent or null one is empty unless ``required``."""
    value = fields.get(name)
    if value is None and not required:
        return {}
    if not isinstance(value, dict):
        raise BadFieldError(f"{name} is {_kind(value)}, not an object")
    return value


def array(fields: Fields, name: str) -> list[Any]:
    """An array; an absent or null one is empty."""
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadFieldError(f"{name} is {_kind(value)}, not an array")
    return value


def _kind(value: Any) -> str:
    return "absent" if value is None else f"a {type(value).__name__}"
