"""A small center, explored whole: everything that three callers, two agents, their phones and the host can do.

`IVR_EXPLORE` is how many states a walk may have at the most; `make explore` walks further, with something odd on the
way: an order or a report that is late, lost or comes twice, an answer that is lost.
"""

from __future__ import annotations

import os

import pytest
from explore import explore
from small_center import Budget, center

from interpreter.routing import QueueRules

MOST = int(os.environ.get("IVR_EXPLORE", "0"))
RING_ALL = QueueRules("sales", strategy="ring all")
WHISPER = QueueRules("sales", whisper="A caller.")

WHOLE = {
    "three callers": ("abc", "xy", Budget(0, 0), None),
    "a caller who leaves, an agent who comes back": ("ab", "xy", Budget(0, 1, 1, 1), None),
    "ring all": ("ab", "xy", Budget(0, 1), RING_ALL),
    "a whisper": ("ab", "xy", Budget(0, 0), WHISPER),
}


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_that_can_happen_breaks_the_rules(name: str) -> None:
    calls, agents, budget, rules = WHOLE[name]
    walk = explore(center(calls, agents, budget, rules), 60_000)
    assert not walk.broken, f"{walk.broken}: {walk.trail}"
    assert walk.whole, "the walk was not finished"
    assert walk.ends


ODD = {
    "one caller, two agents": ("a", "xy", Budget(1, 1), None),
    "two callers, one agent": ("ab", "x", Budget(1, 0), None),
    "three callers, two agents": ("abc", "xy", Budget(1, 1), None),
    "ring all": ("a", "xy", Budget(1, 1), RING_ALL),
    "a whisper": ("a", "x", Budget(1, 1), WHISPER),
}


@pytest.mark.parametrize("name", ODD)
def test_one_odd_thing_breaks_nothing_as_far_as_was_walked(name: str) -> None:
    calls, agents, budget, rules = ODD[name]
    walk = explore(center(calls, agents, budget, rules), MOST or 1_500)
    print(f"{name}: {walk.states:,} states, {walk.steps:,} moves{', everything' if walk.whole else ''}")
    assert not walk.broken, f"{walk.broken}: {walk.trail}"
