"""What planned callers and targets do: the words of plans and behaviours, read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from emulator.fields import KEYS
from emulator.model import Action, Moment

What = Literal["accept", "decline", "busy", "no answer", "fail", "ask"]
PlanItem = Mapping[str, Any] | Action
_BEHAVIOUR = re.compile(r"(accept|decline|busy|no answer|ignore|fail|ask)(?: after (\d+(?:\.\d+)?) ?s(?:econds?)?)?")
_KINDS = ("press", "speak", "silent", "hang_up")


class PlanError(ValueError):
    """A plan or a behaviour that says nothing the emulator can do."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a target does by itself, and after how many seconds of ringing; `plan` is what it does once connected."""

    what: What
    after: float
    plan: tuple[Action, ...] = ()


def read_behaviour(text: str, plan: Sequence[PlanItem] = ()) -> Behaviour:
    """Read `accept`, `accept after 3 s`, `decline`, `busy`, `no answer`, `fail` or `ask` (the phone page decides)."""
    found = _BEHAVIOUR.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise PlanError(
            f"{text!r} is not a behaviour: write accept, decline, busy, no answer, fail or ask, then maybe `after 3 s`"
        )
    word = "no answer" if found[1] == "ignore" else found[1]
    default = 1.0 if word in ("accept", "decline") else 0.5
    return Behaviour(cast(What, word), float(found[2]) if found[2] else default, read_plan(plan))


def read_plan(items: Sequence[PlanItem]) -> tuple[Action, ...]:
    """Read a caller plan: one action an item, such as `{"press": "7"}` or `{"hang_up": true, "when": "play"}`.

    `when` (or `at`) names the moment: `wait` (the default), `prompt`, `play`, `transfer`, `ring`; `after` the seconds
    from it."""
    return tuple(item if isinstance(item, Action) else _read(item) for item in items)


def _read(item: Mapping[str, Any]) -> Action:
    unknown = set(item) - {*_KINDS, "at", "when", "after"}
    kinds = [kind for kind in _KINDS if kind in item]
    if unknown or len(kinds) != 1:
        raise PlanError(f"a plan item has exactly one of {', '.join(_KINDS)}, and maybe when and after: {dict(item)!r}")
    kind = kinds[0]
    value = item[kind]
    if kind in ("press", "speak") and not isinstance(value, str):
        raise PlanError(f"{kind} needs a text: {dict(item)!r}")
    if kind in ("silent", "hang_up") and value is not True:
        raise PlanError(f"{kind} is written with true: {dict(item)!r}")
    if kind == "press":
        read_keys(value)
    when = item.get("when", item.get("at"))
    if when is not None and when not in get_args(Moment):
        raise PlanError(f"{when!r} is not a moment: {', '.join(get_args(Moment))}")
    after = item.get("after")
    if after is not None and (isinstance(after, bool) or not isinstance(after, int | float) or after < 0):
        raise PlanError(f"after is a number of seconds: {dict(item)!r}")
    text = value if isinstance(value, str) else ""
    return Action(cast(Any, kind), text, when, None if after is None else float(after))


def read_keys(keys: str) -> tuple[str, ...]:
    """The tone names of keys such as `1234#`."""
    names = []
    for key in keys.lower():
        if key not in KEYS:
            raise PlanError(f"{key!r} is not on the keypad: {' '.join(KEYS)}")
        names.append(KEYS[key])
    return tuple(names)
