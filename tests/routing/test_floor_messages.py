"""Messages after the tone: which key ends one."""

from __future__ import annotations

import pytest
from floor_rig import MONDAY, floor

from interpreter.routing import handle
from interpreter.routing.protocol import (
    Beep,
    Due,
    Effect,
    Event,
    Listen,
    Listened,
    Recording,
    StopRecording,
    TakeMessage,
)


def after_key(key: str, stop: str) -> tuple[Effect, ...]:
    """What follows from a key while a message is recorded."""
    known = floor()
    done: tuple[Effect, ...] = ()
    events: tuple[Event, ...] = (
        TakeMessage(MONDAY, "a/1", "box", stop=stop),
        Recording(MONDAY + 0.2, "floor.1", "active", "r"),
        Listened(MONDAY + 8.0, "floor.1:1", "key", key),
    )
    for event in events:
        done = handle(known, event)
    return done


def test_the_key_that_the_caller_was_told_ends_a_message() -> None:
    assert StopRecording("floor.1", "a", "r") in after_key("#", "#")


@pytest.mark.parametrize(("key", "stop"), [("5", "#"), ("#", ""), ("*", "#")])
def test_another_key_is_part_of_the_message(key: str, stop: str) -> None:
    done = after_key(key, stop)
    assert not [each for each in done if isinstance(each, StopRecording)]
    [listen] = [each for each in done if isinstance(each, Listen)]
    assert (listen.step, listen.text, listen.speech) == ("floor.1:2", ".", True)


def beeps(up_to: float, ends: float = 0.0) -> list[float]:
    """When the caller hears that a message of at most so many seconds is almost full, in seconds after the tone."""
    known, found = floor(), list[float]()
    handle(known, TakeMessage(MONDAY, "a/1", "box", up_to=up_to, stop="#"))
    handle(known, Recording(MONDAY, "floor.1", "active", "r"))
    if ends:
        handle(known, Listened(MONDAY + ends, "floor.1:1", "key", "#"))
    while known.timers:
        due, name, number = min((due, name, number) for name, (number, due) in known.timers.items())
        found += [due - MONDAY for each in handle(known, Due(due, name, number)) if isinstance(each, Beep)]
    return found


def test_a_soft_tone_comes_ten_seconds_before_the_longest_message_is_full() -> None:
    assert beeps(180.0) == [170.0]
    assert beeps(180.0, ends=60.0) == [], "it has ended before"
    assert beeps(15.0) == [], "a short one is not interrupted"
