"""A small center, explored whole: everything that callers, agents, their phones and the host can do, with one odd thing
on the way: an order or a report that is late, lost or comes twice, an answer that is lost.

`make explore` walks further: it sets `IVR_EXPLORE`, how many states a walk may have at the most.
"""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from explore import Walk, explore
from small_center import Budget, center

from interpreter.routing import QueueRules, legs, moving
from interpreter.routing.protocol import StopRinging
from interpreter.routing.state import Floor

MOST = int(os.environ.get("IVR_EXPLORE", "30000"))
RING_ALL = QueueRules("sales", strategy="ring all")
WHISPER = QueueRules("sales", whisper="A caller.")

WALKS = {
    "three callers, one odd thing": ("abc", "xy", Budget(1, 0), None),
    "three callers, a decline": ("abc", "xy", Budget(0, 1), None),
    "a caller who leaves, an agent who comes back": ("ab", "xy", Budget(0, 1, 1, 1), None),
    "two callers, one of whom leaves the queue, one odd thing": ("ab", "xy", Budget(1, 0, leaves=1), None),
    "ring all, three callers, a decline": ("abc", "xy", Budget(0, 1), RING_ALL),
    "ring all, two callers, one odd thing": ("ab", "xy", Budget(1, 0), RING_ALL),
    "a whisper, two callers, a refusal": ("ab", "xy", Budget(0, 1), WHISPER),
    "a whisper, one caller, one odd thing, a refusal": ("a", "xy", Budget(1, 1, late=2), WHISPER),
}
FURTHER = {
    "three callers, one odd thing, a decline": ("abc", "xy", Budget(1, 1), None),
    "one caller, two odd things, a decline": ("a", "xy", Budget(2, 1), None),
    "ring all, three callers, one odd thing": ("abc", "xy", Budget(1, 0), RING_ALL),
    "a whisper, two callers, one odd thing": ("ab", "xy", Budget(1, 0, late=2), WHISPER),
}


def walk(name: str) -> Walk:
    """One walk of the lists."""
    calls, agents, budget, rules = {**WALKS, **FURTHER}[name]
    return explore(center(calls, agents, budget, rules), MOST)


@pytest.mark.parametrize("name", [*WALKS, *(FURTHER if "IVR_EXPLORE" in os.environ else ())])
def test_nothing_that_can_happen_breaks_the_rules(name: str) -> None:
    found = walk(name)
    print(f"{name}: {found.states:,} states, {found.steps:,} moves, {found.ends:,} ends")
    assert not found.broken, f"{found.broken}: {found.trail}"
    assert found.whole, "the walk was not finished"
    assert found.ends


def test_a_walk_notices_who_is_freed_when_it_has_rung_long_enough() -> None:
    def ring_due(floor: Floor, name: str, at: float) -> None:
        leg = floor.legs.get(name)
        if leg is not None and leg.state == "ringing":
            floor.done.append(StopRinging(leg.name, leg.call))
            moving.over(floor, leg, at)

    with patch.object(legs, "ring_due", ring_due):
        assert walk("three callers, one odd thing").broken


def test_a_walk_notices_who_is_freed_when_nothing_is_confirmed_in_time() -> None:
    asked = legs.confirm_due

    def confirm_due(floor: Floor, name: str, at: float) -> None:
        leg = floor.legs.get(name)
        if leg is not None and leg.state == "stopping":
            moving.over(floor, leg, at)
        else:
            asked(floor, name, at)

    at_once = patch.object(moving, "given_up", lambda leg: 0.0)
    with patch.object(legs, "confirm_due", confirm_due), at_once:
        assert walk("two callers, one of whom leaves the queue, one odd thing").broken


def test_a_walk_notices_late_answers_that_are_taken_as_they_come() -> None:
    with patch.object(legs, "_is_wanted", lambda floor, leg: True):
        assert walk("ring all, two callers, one odd thing").broken
