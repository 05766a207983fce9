"""What a data function answers, checked against what the script expects of it, and made values.

A type of the script is one of JSON's: text and telephone numbers are strings, numbers are numbers, ``yes or no`` is
true or false, a list is an array. Money is ``{"amount": "35.00", "currency": "USD"}`` or ``"35.00 USD"``, a date
``"2026-11-26"``, a time ``"09:00"``, a duration a number of seconds.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from interpreter.protocol import Day, Items, Money, Seconds, TimeOfDay, Value

Expects = tuple[tuple[str, str], ...]


class WrongShape(ValueError):  # noqa: N818 - says what the answer is
    """The answer is not what the script expects. The text names the fields, never their values."""


class _MoneyShape(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    amount: Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


def _money(value: Any) -> Any:
    if isinstance(value, str) and (match := re.fullmatch(r"(\S+) ([A-Z]{3})", value.strip())):
        return {"amount": match[1], "currency": match[2]}
    if isinstance(value, dict) and isinstance(value.get("amount"), int | float):
        return {**value, "amount": f"{value['amount']:.2f}"}
    return value


def _day(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def _clock(value: str) -> str:
    hours, minutes = value.split(":")
    if not (0 <= int(hours) < 24 and 0 <= int(minutes) < 60):
        raise ValueError("not a time")
    return value


_Text = Annotated[str, Field(strict=True)]
_KINDS: dict[str, Any] = {
    "text": _Text,
    "secret": _Text,
    "number": Annotated[float, Field(strict=True, allow_inf_nan=False)],
    "duration": Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)],
    "yes_no": Annotated[bool, Field(strict=True)],
    "phone": Annotated[str, Field(strict=True, pattern=r"^\+[1-9][0-9]{6,14}$")],
    "money": Annotated[_MoneyShape, BeforeValidator(_money)],
    "date": Annotated[str, Field(strict=True, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_day)],
    "time": Annotated[str, Field(strict=True, pattern=r"^[0-9]{1,2}:[0-9]{2}$"), AfterValidator(_clock)],
}


def _type_of(kind: str) -> Any:
    """The shape of a type as a script writes it; ``KeyError`` for an unknown one, which the linter has refused."""
    if kind.startswith("list of "):
        return list[_type_of(kind.removeprefix("list of "))]  # type: ignore[misc]
    if kind.startswith("one of "):
        return Literal[tuple(re.findall(r'"([^"]*)"', kind))]
    return _KINDS[kind]


@lru_cache(maxsize=512)
def _model(expects: Expects) -> type[BaseModel]:
    fields: dict[str, Any] = {f"f_{name}": (_type_of(kind), Field(alias=name)) for name, kind in expects}
    return create_model("Answer", __config__=ConfigDict(extra="ignore"), **fields)


def read_answer(answer: Any, expects: Expects, renamed: dict[str, str]) -> tuple[tuple[str, Value], ...]:
    """The expected fields of an answer as values. ``renamed`` says under which name the answer has a field.

    Raises `WrongShape`.
    """
    if not isinstance(answer, dict):
        raise WrongShape("the answer is not an object")
    picked = {name: answer[renamed.get(name, name)] for name, _ in expects if renamed.get(name, name) in answer}
    try:
        found = _model(expects).model_validate(picked)
    except ValidationError as error:
        wrong = sorted({str(each["loc"][0]) for each in error.errors(include_input=False)})
        raise WrongShape(f"wrong or missing: {', '.join(wrong)}") from None
    return tuple((name, _value(getattr(found, f"f_{name}"), kind)) for name, kind in expects)


def _value(value: Any, kind: str) -> Value:
    if kind.startswith("list of "):
        inner = kind.removeprefix("list of ")
        return Items(tuple(_value(each, inner) for each in value))
    match kind:
        case "money":
            return Money(f"{float(value.amount):.2f}" if "." not in value.amount else value.amount, value.currency)
        case "date":
            return Day(value)
        case "time":
            hours, minutes = value.split(":")
            return TimeOfDay(int(hours) * 60 + int(minutes))
        case "duration":
            return Seconds(float(value))
        case "number":
            return float(value)
        case _:
            plain: str | bool = value
            return plain


def as_json(value: Value) -> Any:
    """A value as it is sent: the same shapes as those of answers."""
    match value:
        case Money():
            return {"amount": value.amount, "currency": value.currency}
        case Day():
            return value.iso
        case TimeOfDay():
            return f"{value.minutes // 60:02d}:{value.minutes % 60:02d}"
        case Seconds():
            return value.value
        case Items():
            return [as_json(each) for each in value.values]
        case float() if value.is_integer():
            return int(value)
        case str() | bool() | float() | None:
            return value
        case _:
            raise TypeError(f"a {type(value).__name__} is not sent to a data function")


def as_text(value: Value) -> str:
    """A value as it stands in an address."""
    plain = as_json(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, dict):
        return f"{plain['amount']} {plain['currency']}"
    return ",".join(str(each) for each in plain) if isinstance(plain, list) else str(plain)
