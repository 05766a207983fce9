"""Frames of web sockets: read in any case of letters, never raising, and telling nothing of what is in them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.azure import frames
from interpreter.azure.fields import Malformed
from interpreter.azure.frames import Audio, AudioBegins, Key, Said, TranscriptBegins, Unknown, parse

PCM = bytes(range(256)) * 2 + bytes(128)
DATA = base64.b64encode(PCM).decode()

# As the wire contract has them, section 8.
METADATA = (
    '{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"89e8cb59","encoding":"PCM","sampleRate":16000,'
    '"channels":1,"length":640}}'
)
AUDIO = (
    '{"kind":"AudioData","audioData":{"timestamp":"2026-09-15T11:36:07.993Z","participantRawID":"4:+15551230001",'
    f'"data":"{DATA}","silent":false}}}}'
)
TRANSCRIPT = (
    '{"kind":"TranscriptionMetadata","transcriptionMetadata":{"subscriptionId":"s","locale":"en-US",'
    '"callConnectionId":"cc-1","correlationId":"x","speechRecognitionModelEndpointId":null}}'
)
SAID = (
    '{"kind":"TranscriptionData","transcriptionData":{"text":"hello","format":"display","confidence":0.92,'
    '"offset":1234500000,"duration":9000000,"words":[{"text":"hello","offset":1234500000,"duration":9000000}],'
    '"participantRawID":"4:+15551230001","resultStatus":"Final"}}'
)


def renamed(text: str, change: Any) -> str:
    """A frame with all its names changed."""

    def plain(value: Any) -> Any:
        return {change(name): plain(inner) for name, inner in value.items()} if isinstance(value, dict) else value

    frame = json.loads(text)
    return json.dumps(plain({**frame, "kind": change(frame["kind"])}))


@pytest.mark.parametrize("change", [str, str.lower, str.upper, str.swapcase])
def test_frames_of_the_contract_are_read_in_any_case_of_letters(change: Any) -> None:
    assert parse(renamed(METADATA, change)) == AudioBegins("89e8cb59", 16_000, 1)
    assert parse(renamed(AUDIO, change)) == Audio("4:+15551230001", PCM, False)
    assert parse(renamed(TRANSCRIPT, change)) == TranscriptBegins("s", "en-US", "cc-1")
    assert parse(renamed(SAID, change)) == Said("4:+15551230001", "hello", 1_234_500_000, 0.9, 0.92, True)


def test_mixed_sound_names_nobody() -> None:
    assert parse(json.dumps({"kind": "AudioData", "audioData": {"data": DATA, "silent": True}})) == Audio("", PCM, True)


def test_a_part_of_a_sentence_is_told_from_a_whole_one() -> None:
    part = {"text": "hel", "resultStatus": "Intermediate", "words": None}
    said = parse(json.dumps({"kind": "TranscriptionData", "transcriptionData": part}))
    assert isinstance(said, Said)
    assert not said.final


def test_which_key_it_was_is_not_kept() -> None:
    key = parse('{"kind":"DtmfData","dtmfData":{"data":"5"}}')
    assert key == Key()
    assert "5" not in repr(key)


BAD: dict[str, tuple[str | bytes, object]] = {
    "no JSON": ("hello", Malformed("not JSON")),
    "not an object": ("[1]", Malformed("not an object")),
    "no kind": ("{}", Malformed("it has no kind")),
    "a kind of the wrong type": ('{"kind": 5}', Malformed("it has no kind")),
    "a kind that nobody knows": ('{"kind":"VideoData","videoData":{}}', Unknown("videodata")),
    "a very long kind": (json.dumps({"kind": "x" * 500}), Unknown("x" * frames.LONGEST_KIND)),
    "a kind without its table": ('{"kind":"AudioData"}', Malformed("audiodata without its table")),
    "no base64": ('{"kind":"AudioData","audioData":{"data":"?"}}', Malformed("audiodata: data is not base64")),
    "base64 of other letters": (
        '{"kind":"AudioData","audioData":{"data":"\u0080"}}', Malformed("audiodata: data is not base64"),
    ),
    "half a sample": ('{"kind":"AudioData","audioData":{"data":"AAAA"}}', Malformed("audiodata: half a sample")),
    "text that is none": (
        '{"kind":"TranscriptionData","transcriptionData":{"text":7}}', Malformed("transcriptiondata: text is not text"),
    ),
    "a number that is none": (
        '{"kind":"TranscriptionData","transcriptionData":{"text":"a","offset":"soon"}}',
        Malformed("transcriptiondata: offset is not a number"),
    ),
    "a number that no clock has": (
        '{"kind":"TranscriptionData","transcriptionData":{"text":"a","offset":1e999}}',
        Malformed("transcriptiondata: offset is not a number"),
    ),
    "too deep": ("[" * 100_000, Malformed("not JSON")),
    "not UTF-8": (b"\xff\xfe\xfa", Malformed("not JSON")),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_frame_is_told_as_such(name: str) -> None:
    text, found = BAD[name]
    assert parse(text) == found


def test_half_a_surrogate_pair_can_be_stored() -> None:
    said = parse('{"kind":"TranscriptionData","transcriptionData":{"text":"\\ud800 hello"}}')
    assert isinstance(said, Said)
    assert said.text.encode() == b"? hello"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
KINDS = ("audioData", "AudioMetadata", "transcriptionData", "TranscriptionMetadata", "dtmfData", "other")
FIELDS = ("data", "silent", "text", "offset", "duration", "participantRawID", "resultStatus", "sampleRate", "locale")


@given(kind=st.sampled_from(KINDS), inside=JSON | st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_whatever_arrives_parsing_never_raises(kind: str, inside: Any) -> None:
    found = parse(json.dumps({"kind": kind, kind: inside}))
    if isinstance(found, Said):
        found.text.encode()


def test_frames_of_ours_are_what_the_samples_send() -> None:
    assert json.loads(frames.sound(PCM))["audioData"] == {"data": DATA}
    assert json.loads(frames.STOP_AUDIO) == {"kind": "StopAudio", "audioData": None, "stopAudio": {}}
