"""Voice activity: a voice is told from silence, from steady noise and from a click."""

from __future__ import annotations

import array
import math
import random
from collections.abc import Iterator

import pytest

from interpreter.media.voice import GONE, LEAST, LOUD, Voice, loudness

SAMPLES = 320


def tone(height: float) -> bytes:
    return array.array("h", [int(height * math.sin(place / 6.4)) for place in range(SAMPLES)]).tobytes()


def noise(height: float, seed: int) -> bytes:
    dice = random.Random(seed)
    return array.array("h", [int(dice.uniform(-height, height)) for _ in range(SAMPLES)]).tobytes()


def begins(*stretches: tuple[bytes, int]) -> list[int]:
    """The frames with which a voice begins."""
    voice, found, place = Voice(), [], 0
    for pcm, count in stretches:
        for _ in range(count):
            if voice.hear(loudness(pcm)):
                found.append(place)
            place += 1
    return found


SILENCE, SPEECH, CLICK = bytes(2 * SAMPLES), tone(6_000), tone(20_000)


def test_loudness_is_the_mean_amplitude() -> None:
    assert loudness(SILENCE) == 0.0
    assert loudness(tone(10_000)) == pytest.approx(10_000 * 2 / math.pi, rel=0.1)
    assert loudness(b"") == 0.0
    assert loudness(b"\x01\x00") == 1.0
    assert loudness(array.array("h", [-32_768] * 8).tobytes()) == 32_768.0


def test_a_voice_is_noticed_within_a_fifth_of_a_second_and_once() -> None:
    assert begins((SILENCE, 50), (SPEECH, 100)) == [50 + LOUD - 1]


def test_a_pause_between_words_is_none_between_voices() -> None:
    assert len(begins((SPEECH, 40), (SILENCE, GONE - 5), (SPEECH, 40))) == 1
    assert len(begins((SPEECH, 40), (SILENCE, GONE + 20), (SPEECH, 40))) == 2


def test_a_click_is_no_voice() -> None:
    assert begins((SILENCE, 50), (CLICK, LOUD - 1), (SILENCE, 50)) == []


def test_steady_noise_is_no_voice_and_a_voice_above_it_is_one() -> None:
    def hum() -> Iterator[tuple[bytes, int]]:
        yield from ((noise(500, seed), 1) for seed in range(200))

    assert begins(*hum()) == []
    found = begins(*hum(), (SPEECH, 30))
    assert found == [200 + LOUD - 1]


def test_what_is_softer_than_any_voice_is_none() -> None:
    assert begins((tone(LEAST), 200)) == []


def test_whoever_stands_in_noise_for_long_is_heard_when_it_ends() -> None:
    voice = Voice()
    for _ in range(3_000):  # a minute of noise as loud as speech
        voice.hear(3_000.0)
    for _ in range(50):
        voice.hear(100.0)
    assert any(voice.hear(3_000.0) for _ in range(10))
