"""What planned callers and targets do: the words of plans and behaviours, read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from emulator.fields import KEYS
from emulator.model import Action, Moment

What = Literal[
    "accept", "decline", "busy", "no answer", "fail", "ask", "voicemail", "no permission", "no licence", "unreachable"
]
PlanItem = Mapping[str, Any] | Action
_SECONDS = r" after (\d+(?:\.\d+)?) ?s(?:econds?)?"
_BEHAVIOUR = re.compile(
    rf"(accept|decline|busy|no answer|ignore|fail|ask|voicemail|no permission|no licence|unreachable)(?:{_SECONDS})?"
    rf"(?:,? (?:then )?hangs? up{_SECONDS})?"
)
_DEFAULTS = {"accept": 1.0, "decline": 1.0, "voicemail": 20.0}
GREETING = "Please leave a message after the tone."
VOICEMAIL_SECONDS = 30.0
"""How long a voicemail listens to nobody."""
_MOMENTS = (*get_args(Moment), "answer")
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
    """Read `accept`, `accept after 3 s`, `accept after 3 s, hang up after 40 s`, `voicemail after 20 s`, `decline`,
    `busy`, `no answer`, `fail`, `no permission`, `no licence`, `unreachable` or `ask` (the phone page decides).

    A voicemail answers, speaks its greeting, presses nothing, and hangs up after 30 s unless told when."""
    found = _BEHAVIOUR.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise PlanError(
            f"{text!r} is not a behaviour: write accept, decline, busy, no answer, fail, no permission, no "
            "licence, unreachable, ask or voicemail, then maybe "
            "`after 3 s`; accept and voicemail also `, hang up after 40 s`"
        )
    word = "no answer" if found[1] == "ignore" else found[1]
    actions, stays = read_plan(plan), float(found[3]) if found[3] else None
    if word == "voicemail":
        if actions:
            raise PlanError("a voicemail follows no plan: it speaks its greeting and presses nothing")
        actions, stays = (Action("speak", GREETING, "answer"),), VOICEMAIL_SECONDS if stays is None else stays
    if stays is not None:
        if word not in ("accept", "ask", "voicemail"):
            raise PlanError(f"{text!r}: who does not take a call cannot hang it up")
        # Before the plan: what waits for the answer must not wait behind what waits for a question.
        actions = (Action("hang_up", when="answer", after=stays), *actions)
    return Behaviour(cast(What, word), float(found[2]) if found[2] else _DEFAULTS.get(word, 0.5), actions)


def read_plan(items: Sequence[PlanItem]) -> tuple[Action, ...]:
    """Read a caller plan: one action an item, such as `{"press": "7"}` or `{"hang_up": true, "when": "play"}`.

    `when` (or `at`) names the moment: `wait` (the default), `prompt`, `play`, `transfer`, `ring`, `answer`; `after` the
    seconds from it."""
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
    if when is not None and when not in _MOMENTS:
        raise PlanError(f"{when!r} is not a moment: {', '.join(_MOMENTS)}")
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
