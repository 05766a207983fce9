"""Messages after the tone: which key ends one."""

from __future__ import annotations

import pytest
from floor_rig import MONDAY, floor

from interpreter.routing import handle
from interpreter.routing.protocol import Effect, Event, Listen, Listened, Recording, StopRecording, TakeMessage


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
