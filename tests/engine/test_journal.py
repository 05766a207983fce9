"""Text of events, effects and calls: everything comes back, older texts read, anything else is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.journal import PROTOCOL, Codec, JournalError, decode_event
from interpreter.protocol import Connected, Effect, Event, Play, PlayAudio, SayText, ToneHeard

VALUES = st.one_of([st.from_type(kind) for kind in (*get_args(Event), *get_args(Effect))])


@given(VALUES)
def test_everything_comes_back(value: Event | Effect) -> None:
    text = PROTOCOL.encode(value)
    assert text.isascii()
    assert "\n" not in text
    # By representation: a number that is not one does not equal itself.
    assert repr(PROTOCOL.decode(text)) == repr(value)


def test_the_text_is_what_it_was() -> None:
    """Stores hold these texts: what is written today must be read for as long as a call is kept."""
    play = Play("op1", (SayText("Grüße"), PlayAudio("jingle")), "de-DE")
    text = (
        '{"$":"Play","op":"op1","prompts":[{"$":"SayText","text":"Gr\\u00fc\\u00dfe","language":"","voice":"","ssml":false},'
        '{"$":"PlayAudio","name":"jingle"}],"language":"de-DE","voice":"","loop":false,"interrupts":false}'
    )
    assert PROTOCOL.encode(play) == text
    assert PROTOCOL.decode(text) == play
    earlier = text.replace(',"language":"","voice":"","ssml":false', "").replace(',"loop":false,"interrupts":false', "")
    assert PROTOCOL.decode(earlier) == play  # written before a sentence had a language of its own
    assert PROTOCOL.decode(earlier.replace(',"voice":""', "")) == play  # written before Play had a voice


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not readable"),
        ("{", "not readable"),
        ("[" * 100_000, "not readable"),
        ("[]", "not a kept value"),
        ('"text"', "not a kept value"),
        ("{}", "unknown class None"),
        ('{"$":"Path","op":"x"}', "unknown class 'Path'"),
        ('{"$":["Play"]}', "unknown class"),
        ('{"$":"Connected","at":1.0}', "Connected: .*missing 1 required positional argument: 'op'"),
        ('{"$":"Connected","at":1.0,"op":"a","was_once":1}', "Connected: .*unexpected keyword argument 'was_once'"),
    ],
)
def test_what_does_not_read(text: str, message: str) -> None:
    with pytest.raises(JournalError, match=message):
        PROTOCOL.decode(text)


def test_an_effect_is_no_event() -> None:
    assert decode_event(PROTOCOL.encode(ToneHeard(1.0, 2, "#"))) == ToneHeard(1.0, 2, "#")
    with pytest.raises(JournalError, match="Play is not an event"):
        decode_event(PROTOCOL.encode(Play("op1", (), "en-US")))


@dataclass(frozen=True, slots=True)
class Empty:
    pass


@dataclass(frozen=True, slots=True)
class One:
    inner: Empty | tuple[tuple[int, str], ...] | None


def test_classes_of_any_number_of_fields() -> None:
    codec = Codec[One](One)
    for value in (One(Empty()), One(((1, "a"), (2, "b"))), One(())):
        assert codec.decode(codec.encode(value)) == value
    with pytest.raises(TypeError, match="Connected is not among"):
        codec.encode(Connected(1.0, "op"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="two classes are named One"):
        Codec[object](One, tuple[_other_one()])  # type: ignore[misc]


def _other_one() -> type:
    @dataclass(frozen=True)
    class One:
        pass

    return One
