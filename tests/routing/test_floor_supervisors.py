"""The soft tone that tells a caller of a supervisor: once, and only of one who is heard."""

from __future__ import annotations

import pytest
from floor_rig import Rig, floor

from interpreter.routing import QueueRules, handle
from interpreter.routing.protocol import AgentAsks, Chime, Due, Person, Watch


def talking() -> Rig:
    """A caller who talks to ann."""
    r = Rig(floor(QueueRules("sales")))
    r.agent("ann")
    r.enter("a")
    r.answer("ann")
    return r


def chimes(r: Rig, seconds: float = 5.0) -> list[float]:
    """When a tone is heard from now on, in seconds."""
    begun, until, found = r.now, r.now + seconds, list[float]()
    while r.floor.timers:
        due, name, number = min((due, name, number) for name, (number, due) in r.floor.timers.items())
        if due > until:
            break
        r.now = max(r.now, due)
        found += [r.now - begun for each in handle(r.floor, Due(r.now, name, number)) if isinstance(each, Chime)]
    r.now = until
    return found


def eva(r: Rig, how: str, tone: bool = True) -> None:
    r.send(Watch(r.now, "eva", Person("eva"), "a", how, tone))  # type: ignore[arg-type]


def test_a_soft_tone_tells_once_that_a_supervisor_is_heard() -> None:
    r = talking()
    eva(r, "barge")
    assert chimes(r) == [], "the phone rings"
    r.answer("eva")
    assert chimes(r) == [0.5]
    eva(r, "barge")
    assert chimes(r) == [], "heard already"


@pytest.mark.parametrize("there", [True, False])
def test_who_listened_and_then_speaks_is_told_by_the_tone(there: bool) -> None:
    r = talking()
    eva(r, "monitor")
    if there:
        r.answer("eva")
        assert chimes(r) == [], "nobody is told of who only listens"
    eva(r, "barge")
    if not there:
        assert chimes(r) == []
        r.answer("eva")
    assert chimes(r) == [0.5]


def test_who_goes_back_to_listening_before_the_phone_is_picked_up_is_told_by_nothing() -> None:
    r = talking()
    eva(r, "barge")
    eva(r, "monitor")
    r.answer("eva")
    assert chimes(r) == []


def test_without_the_setting_there_is_no_tone() -> None:
    r = talking()
    eva(r, "barge", tone=False)
    r.answer("eva")
    assert chimes(r) == []


def test_a_caller_on_hold_hears_the_tone_when_the_hold_is_over() -> None:
    r = talking()
    r.send(AgentAsks(r.now, "ann", "hold"))
    eva(r, "barge")
    r.answer("eva")
    assert chimes(r) == []
    r.send(AgentAsks(r.now, "ann", "unhold"))
    assert chimes(r) == [0.5]
    r.send(AgentAsks(r.now, "ann", "hold"))
    r.send(AgentAsks(r.now, "ann", "unhold"))
    assert chimes(r) == [], "once"
