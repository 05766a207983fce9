"""Messages after the tone: which key ends one."""

from __future__ import annotations

import pytest
from floor_rig import MONDAY, floor

from interpreter.routing import Floor, handle
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
    Tell,
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


def reviewed(*decisions: str) -> tuple[Floor, list[str]]:
    """A message that is reviewed: each decision is a key, or "" for silence. What the call was told at last."""
    known, told, step = floor(), list[str](), 0

    def send(event: Event) -> None:
        told.extend(each.outcome for each in handle(known, event) if isinstance(each, Tell))

    send(TakeMessage(MONDAY, "a/1", "box", stop="#", quiet=4.0, review="Press 1 to send."))
    for number, decision in enumerate(decisions):
        at = MONDAY + 20 * number
        send(Recording(at, "floor.1", "active", f"r{number}"))
        send(Listened(at + 10, f"floor.1:{(step := step + 1)}", "key", "#"))
        if known.messages["floor.1"].state == "review":
            send(Listened(at + 15, f"floor.1:{(step := step + 1)}", "key" if decision else "silence", decision))
    return known, told


def test_silence_at_the_review_sends_the_message() -> None:
    assert reviewed("")[1] == ["saved"]
    assert reviewed("1")[1] == ["saved"]


def test_a_message_is_recorded_again_three_times_and_then_sent_as_it_is() -> None:
    assert reviewed("3", "3")[1] == []
    known, told = reviewed("3", "3", "3", "not asked")
    assert told == ["saved"]
    assert known.messages["floor.1"].recording == "r3"
