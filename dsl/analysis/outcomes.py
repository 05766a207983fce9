"""The closed outcome sets: the one table that the linter, the machine and the manual read.

Every verb ends in exactly one outcome of its set, and a script must say where each of them goes.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsl.ast import Hours


@dataclass(frozen=True, slots=True)
class Outcome:
    """A way in which a verb ends, in the words of a script."""

    name: str
    meaning: str


COLLECT = (Outcome("accepted", "the caller gave as many digits as asked for"),)

TRANSFER = (
    Outcome("answered", "the target took the call; the caller has left this line"),
    Outcome("no answer", "it rang and nobody answered"),
    Outcome("busy", "the target is in another call"),
    Outcome("declined", "the target refused the call"),
    Outcome("failed", "the call could not be put through: wrong number, no permission, network or host"),
)

HOURS = (
    Outcome("open", "the time is inside the opening hours"),
    Outcome("holiday", "the day is one of the named holidays"),
    Outcome("closed", "none of the others"),
)

EMERGENCY = Outcome("emergency", "the emergency switch of these hours is on; tested before anything else")

VERBS: dict[str, tuple[Outcome, ...]] = {"collect": COLLECT, "transfer": TRANSFER, "when hours": HOURS}
"""The sets that do not depend on a declaration. A menu's outcomes are its own options and ``after N tries``."""


def hours_outcomes(hours: Hours | None) -> tuple[Outcome, ...]:
    """What ``when hours`` can give: the fixed three, ``emergency`` and each named break where the hours have them."""
    if hours is None:
        return HOURS
    breaks = dict.fromkeys(pause.name.text for pause in hours.breaks)
    named = tuple(Outcome(name, f"inside the break `{name}`") for name in breaks)
    return (*((EMERGENCY,) if hours.emergency else ()), HOURS[0], HOURS[1], *named, HOURS[2])
